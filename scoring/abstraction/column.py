"""The columns of an abstraction file that a measure may read."""

import re
from enum import StrEnum


class Column(StrEnum):
    """A column by its name in the header."""

    FACILITY_ID = "facility_id"
    CASE_ID = "case_id"
    PCN = "pcn"
    MRN = "mrn"
    UPI = "upi"
    DATE_OF_BIRTH = "date_of_birth"
    ADMISSION = "admission_datetime"
    DISCHARGE = "discharge_datetime"
    DISCHARGE_STATUS = "discharge_status"
    EARLIEST = "earliest_datetime"
    TRIAGE = "triage_datetime"
    PROTOCOL = "protocol_datetime"
    PROTOCOL_INITIATED_IN_ED = "protocol_initiated_in_ed"
    EXCLUDED_FROM_PROTOCOL = "excluded_from_protocol"
    EXCLUDED = "excluded_datetime"
    TRANSFER_IN = "transfer_in"
    TRANSFER_OUT = "transfer_out"
    ANTIBIOTICS_START = "antibiotics_start_datetime"
    BLOOD_CULTURES_OBTAINED = "blood_cultures_obtained"
    BLOOD_CULTURES_OBTAINED_AT = "blood_cultures_obtained_datetime"
    PEDIATRIC_FLUIDS = "pediatric_fluids"
    FLUIDS_COMPLETED = "fluids_completed_datetime"
    LACTATE_REPORTED = "lactate_reported_datetime"
    LACTATE_LEVEL = "lactate_level"
    REPEAT_LACTATE = "repeat_lactate_datetime"
    SEPTIC_SHOCK = "septic_shock"
    VASOPRESSOR_START = "vasopressor_start_datetime"
    DIED_IN_HOSPITAL = "died_in_hospital"
    PROTOCOL_INITIATED = "protocol_initiated"
    EXCLUDED_REASON = "excluded_reason"
    BROAD_SPECTRUM = "broad_spectrum"
    FLUIDS_INDICATED = "fluids_indicated"
    ADULT_FLUIDS = "adult_fluids"
    VASOPRESSORS_INDICATED = "vasopressors_indicated"
    SEVERITY = "severity"
    ASSESSMENT = "assessment_datetime"
    FIRST_BOLUS = "first_bolus_datetime"
    THIRD_BOLUS = "third_bolus_datetime"
    DEATH = "death_datetime"

    @property
    def is_instant(self) -> bool:
        """Whether it holds a date with its time of day."""
        return self.value.endswith("_datetime")


NAMES = frozenset({Column.FACILITY_ID, Column.CASE_ID, Column.PCN, Column.MRN, Column.UPI})
"""Who and where: compared as written, never judged."""

IDENTITY = (*sorted(NAMES), Column.DATE_OF_BIRTH, Column.ADMISSION, Column.DISCHARGE)
"""What every measure needs, to tell whose visit a row is and when."""

FLAGS = frozenset(
    {
        Column.PROTOCOL_INITIATED_IN_ED,
        Column.EXCLUDED_FROM_PROTOCOL,
        Column.TRANSFER_IN,
        Column.TRANSFER_OUT,
        Column.BLOOD_CULTURES_OBTAINED,
        Column.SEPTIC_SHOCK,
        Column.DIED_IN_HOSPITAL,
        Column.PROTOCOL_INITIATED,
        Column.BROAD_SPECTRUM,
        Column.FLUIDS_INDICATED,
        Column.VASOPRESSORS_INDICATED,
    }
)
"""1 for yes, 0 for no, blank for unknown."""

CODES = {
    Column.DISCHARGE_STATUS: re.compile(r"[0-9]{1,2}"),
    Column.EXCLUDED_REASON: re.compile("advance_directive|declined|contraindication|research"),
    Column.SEVERITY: re.compile("sepsis|severe_sepsis|septic_shock"),
}
"""Codes that the file's definition gives a column, whatever a measure asks for; of a discharge any as in UB-04."""

NUMBERS = frozenset({Column.LACTATE_LEVEL})
"""Measured values, each in the unit that the form prescribes."""

CODED = frozenset(column for column in Column if not column.is_instant) - {*IDENTITY, *NUMBERS}
"""Flags and other codes: what a row says in words of the form."""
