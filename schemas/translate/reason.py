"""Why a message was rejected or ignored, and how a translator says so."""

from datetime import timedelta
from enum import StrEnum
from typing import NoReturn


class RejectReason(StrEnum):
    """Every reason for which a message is not understood."""

    TOO_LARGE = "too_large"
    BAD_ENCODING = "bad_encoding"
    """Not UTF-8."""
    BAD_JSON = "bad_json"
    BAD_SCHEMA = "bad_schema"
    """JSON, but not as the schema that it names says."""
    UNKNOWN_SCHEMA = "unknown_schema"
    """Names no schema or format that is known here."""
    UNKNOWN_TABLE = "unknown_table"
    BAD_ROW = "bad_row"
    """A row with more or fewer fields than its table has columns."""
    NO_PATIENT = "no_patient"
    NO_ENCOUNTER = "no_encounter"
    MISSING_TIME = "missing_time"
    BAD_TIME = "bad_time"
    NAIVE_TIME = "naive_time"
    """A local time from a source that declares no zone."""
    IMPLAUSIBLE_TIME = "implausible_time"
    """Outside the years that the source's profile allows, or the end of a dose before its start."""
    FUTURE_TIME = "future_time"
    """Later than it was received, or received later than our clock shows, by more than the source's profile allows."""
    BAD_VALUE = "bad_value"
    UNKNOWN_UNIT = "unknown_unit"
    IMPLAUSIBLE_VALUE = "implausible_value"
    MISSING_FIELD = "missing_field"
    """Something that this kind of message cannot do without."""


class IgnoreReason(StrEnum):
    """Every reason for which a message is understood and of no use here."""

    UNMAPPED_CODE = "unmapped_code"
    """A code that is in no table of codes: it belongs on the unmapped-code report."""
    NOT_USED = "not_used"
    """A code, table or event that is known, and that no measure asks for."""
    NO_VALUE = "no_value"
    """A vital sign without a value says nothing."""
    NOT_COLLECTED = "not_collected"
    """Ordered, not drawn yet."""
    NOT_A_CULTURE = "not_a_culture"
    NOT_ANTIBACTERIAL = "not_antibacterial"
    """Given against fungi or viruses."""
    CARRIER_FLUID = "carrier_fluid"
    """What a drug was dissolved in; the drug is a row of its own."""
    NOTHING_GIVEN = "nothing_given"
    """A charted rate or amount of zero, or none."""
    CALCULATED_DUPLICATE = "calculated_duplicate"
    """The same measurement in another unit, computed by the chart."""
    COPY_OF_LAB_RESULT = "copy_of_lab_result"
    """A laboratory result copied into the chart, later."""
    NO_CAREUNIT = "no_careunit"
    """A discharge row of `transfers`; the discharge itself stands in `admissions`."""
    LATER_VISIT = "later_visit"
    """A return after discharge; it belongs to no visit that is followed here."""


class RefusedError(Exception):
    """A message cannot be translated. Its text names fields and types, never a value."""

    def __init__(self, reason: RejectReason, detail: str = "", ahead: timedelta | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail
        self.ahead = ahead


class OfNoUseError(Exception):
    """A message is understood and of no use here."""

    def __init__(self, reason: IgnoreReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def refuse(reason: RejectReason, detail: str = "") -> NoReturn:
    """Give up on this message.

    Raises:
        RefusedError: Always.
    """
    raise RefusedError(reason, detail)


def ignore(reason: IgnoreReason) -> NoReturn:
    """Put this message aside as of no use.

    Raises:
        OfNoUseError: Always.
    """
    raise OfNoUseError(reason)
