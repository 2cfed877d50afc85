"""What somebody should look at in a row of an abstraction file. A warning changes no verdict."""

from typing import NamedTuple

from scoring.abstraction.column import Column


class Warned(NamedTuple):
    """A warning of one row.

    Attributes:
        name: Which; one of these, or the reason of a measure's own.
        column: The column to look at; None where it is about the row.
    """

    name: str
    column: Column | None = None


NO_CASE_ID = "no_case_id"
REPEATED_CASE_ID = "repeated_case_id"
NO_FACILITY_ID = "no_facility_id"
UNREADABLE_DATETIME = "unreadable_datetime"
MIXED_OFFSETS = "mixed_offsets"
BLANK_DATETIME = "blank_datetime"
DISCHARGE_NOT_AFTER_ADMISSION = "discharge_not_after_admission"
BORN_AFTER_ADMISSION = "born_after_admission"
ACT_BEFORE_BIRTH = "act_before_birth"
UNKNOWN_FLAG = "unknown_flag"
UNKNOWN_CODE = "unknown_code"
UNREADABLE_NUMBER = "unreadable_number"
BLANK_CONDITION = "blank_condition"
OUTSIDE_PERIOD = "outside_period"

MEANINGS = {
    NO_CASE_ID: "has no `case_id`",
    REPEATED_CASE_ID: "has the `case_id` of an earlier row of its facility; both count",
    NO_FACILITY_ID: "has no `facility_id`; it is not compared with others, so the same visit may count twice",
    UNREADABLE_DATETIME: "has a date or a time that is not written as said above; it is dropped (`bad_datetime`)",
    MIXED_OFFSETS: "has times with an offset beside times without; it is dropped (`bad_datetime`)",
    BLANK_DATETIME: "has no time of admission or of discharge; it is dropped (`bad_datetime`)",
    DISCHARGE_NOT_AFTER_ADMISSION: "has a discharge before or in the minute of the admission; it is dropped "
    "(`bad_datetime`)",
    BORN_AFTER_ADMISSION: "has a date of birth after its day of admission; it is judged as a child's",
    ACT_BEFORE_BIRTH: "has a time of arrival, treatment or death before its date of birth; it counts as it stands",
    UNKNOWN_FLAG: "has a flag that is neither 0 nor 1; it counts as not given",
    UNKNOWN_CODE: "has a code that neither the measure nor the file's definition names; it counts as none of "
    "those that the measure asks for",
    UNREADABLE_NUMBER: "has a measured value that is no number; it counts as not given",
    BLANK_CONDITION: "is out of the population, not asked for an element, or counted as a no, because a flag or code "
    "is blank or cannot be read",
    OUTSIDE_PERIOD: "has a discharge outside of the dates for which the measure was made; it is judged all the same",
}
"""Of every file, whatever the measure: how a row is that has the warning."""
