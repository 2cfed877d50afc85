"""What each column of an abstraction file holds, in words."""

from scoring.abstraction.column import FLAGS, NAMES, NUMBERS, Column

MEANINGS = {
    Column.FACILITY_ID: "the hospital that reports the case; rates are told by it, PCN and MRN are compared within it",
    Column.CASE_ID: "your own name of the case; its line of the results has it",
    Column.PCN: "patient control number: the hospital's number of the account of a visit [M]",
    Column.MRN: "medical record number: the hospital's number of the person",
    Column.UPI: "unique personal identifier: the state's number of the person [M]",
    Column.DATE_OF_BIRTH: "of the patient; age is taken at admission",
    Column.ADMISSION: "begin of the stay",
    Column.DISCHARGE: "end of the stay, also by death; a case belongs to its quarter",
    Column.DISCHARGE_STATUS: "UB-04 code of the discharge, of one or two digits; 20: died",
    Column.EARLIEST: "arrival in the emergency department; blank where the protocol was started elsewhere",
    Column.TRIAGE: "triage in the emergency department; blank where the protocol was started elsewhere",
    Column.PROTOCOL: "start of the sepsis protocol; for `cha` the time zero that the institution chose",
    Column.PROTOCOL_INITIATED_IN_ED: "the protocol was started in the emergency department",
    Column.EXCLUDED_FROM_PROTOCOL: "the patient was excluded from the protocol",
    Column.EXCLUDED: "when that was",
    Column.TRANSFER_IN: "came from another acute care hospital",
    Column.TRANSFER_OUT: "went to another acute care hospital",
    Column.ANTIBIOTICS_START: "start of the first antibiotic",
    Column.BLOOD_CULTURES_OBTAINED: "blood cultures were obtained",
    Column.BLOOD_CULTURES_OBTAINED_AT: "when that was",
    Column.PEDIATRIC_FLUIDS: "code of the fluids given; 0, 1 and 2 qualify, what they mean could not be opened",
    Column.FLUIDS_COMPLETED: "end of the volume that is required, not its start",
    Column.LACTATE_REPORTED: "report of the first lactate, not its collection",
    Column.LACTATE_LEVEL: "its value in mmol/L",
    Column.REPEAT_LACTATE: "the lactate after it",
    Column.SEPTIC_SHOCK: "the patient had septic shock",
    Column.VASOPRESSOR_START: "start of the first vasopressor",
    Column.DIED_IN_HOSPITAL: "died in the stay",
    Column.PROTOCOL_INITIATED: "the protocol was started, anywhere",
    Column.EXCLUDED_REASON: "why excluded: `advance_directive`, `declined`, `contraindication` or `research`",
    Column.BROAD_SPECTRUM: "the antibiotics were broad enough",
    Column.FLUIDS_INDICATED: "fluids were indicated",
    Column.ADULT_FLUIDS: "code of the fluids given; 0, 1 and 2 qualify, as for children [M?]",
    Column.VASOPRESSORS_INDICATED: "vasopressors were indicated",
    Column.SEVERITY: "`sepsis`, `severe_sepsis` or `septic_shock`",
    Column.ASSESSMENT: "when a full set of vital signs was complete",
    Column.FIRST_BOLUS: "start of the first crystalloid bolus",
    Column.THIRD_BOLUS: "start of the third",
    Column.DEATH: "death, also after the stay",
}


def kind_of(column: Column) -> str:
    """How its fields are written, in a word."""
    if column.is_instant:
        return "time"
    if column is Column.DATE_OF_BIRTH:
        return "date"
    kinds = {"text": NAMES, "flag": FLAGS, "number": NUMBERS}
    return next((kind for kind, columns in kinds.items() if column in columns), "code")
