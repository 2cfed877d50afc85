"""What a feed's codes mean, written out once more for the naive judge; only what its feeds send.

Drugs and vital signs by name, laboratory values by LOINC or name. Units are not converted: a value in another
unit than the one here is of no use.
"""

ANTIBACTERIALS = [
    "amikacin", "ampicillin", "ampicillin_sulbactam", "azithromycin", "aztreonam", "cefazolin", "cefepime",
    "cefotaxime", "cefoxitin", "ceftazidime", "ceftriaxone", "cefuroxime", "ciprofloxacin", "clindamycin",
    "daptomycin", "ertapenem", "erythromycin", "gentamicin", "imipenem_cilastatin", "levofloxacin", "linezolid",
    "meropenem", "metronidazole", "moxifloxacin", "nafcillin", "oxacillin", "penicillin_g",
    "piperacillin_tazobactam", "streptomycin", "tobramycin", "trimethoprim_sulfamethoxazole",
    "unspecified_antibacterial", "vancomycin",
]  # fmt: skip
"""Antifungals and antivirals are none."""

CRYSTALLOIDS = ["sodium_chloride_0_9", "lactated_ringers", "plasma_lyte", "unspecified_crystalloid"]
"""Half-strength saline and dextrose are no resuscitation fluids."""

VASOPRESSORS = ["norepinephrine", "epinephrine", "phenylephrine", "vasopressin", "dopamine", "angiotensin_ii"]
"""Dobutamine and milrinone are inotropes and not among them."""

BROAD_ALONE = [
    "ampicillin_sulbactam", "cefepime", "cefotaxime", "ceftaroline", "ceftazidime", "ceftriaxone", "doripenem",
    "ertapenem", "imipenem_cilastatin", "levofloxacin", "meropenem", "moxifloxacin", "piperacillin_tazobactam",
    "ticarcillin_clavulanate",
]  # fmt: skip
"""SEP-1's monotherapy table."""

BROAD_TOGETHER = (
    ["amikacin", "gentamicin", "streptomycin", "tobramycin", "aztreonam", "ciprofloxacin"],
    [
        "ampicillin", "cefazolin", "cefoxitin", "cefuroxime", "clindamycin", "daptomycin", "linezolid", "nafcillin",
        "oxacillin", "penicillin_g", "vancomycin", "azithromycin", "erythromycin",
    ],
)  # fmt: skip
"""SEP-1's combination table: one of each."""

BLOOD_CULTURES = ["600-7", "17934-1", "17928-3", "88462-7", "blood_culture"]
STERILE_CULTURES = ["606-4", "611-4", "610-6", "612-2", "csf_culture", "pleural_fluid_culture", "tissue_culture"]
OTHER_CULTURES = ["630-4", "624-7", "6460-0", "6462-6", "625-4", "urine_culture", "sputum_culture"]

LABS = {
    "lactate": ["32693-4", "2524-7", "2518-9", "2519-7", "59032-3", "14118-4", "30241-4", "32133-1"],
    "wbc": ["804-5", "6690-2", "26464-8"],
    "bands": ["763-3", "764-1", "26508-2"],
    "creatinine": ["2160-0", "38483-4"],
    "bilirubin": ["1975-2", "42719-5"],
    "platelets": ["777-3", "26515-7"],
    "inr": ["5895-7", "6301-6", "34714-6"],
    "aptt": ["3173-2", "14979-9"],
}
VITALS = [
    "heart_rate", "respiratory_rate", "temperature", "systolic_bp", "diastolic_bp", "mean_arterial_pressure",
    "spo2", "weight",
]  # fmt: skip

STEPS = {
    "arrive": "arrived",
    "triage": "triaged",
    "admit": "admitted",
    "move": "moved",
    "discharge": "discharged",
    "died": "died",
    "transfer_in": "transferred_in",
    "transfer_out": "transferred_out",
}
"""Events of `raw.adt` that are steps of a stay."""


def lab_of(code):
    """The quantity of a laboratory code; None where it is of no use."""
    return next((name for name, codes in LABS.items() if code == name or code in codes), None)


def specimen_of(code):
    """What a culture's code was taken from; None where it is no culture."""
    for specimen, codes in (("blood", BLOOD_CULTURES), ("sterile", STERILE_CULTURES), ("other", OTHER_CULTURES)):
        if code in codes:
            return specimen
    return None


def drug_kind_of(name):
    """What a drug is; None where no measure asks for it."""
    for kind, names in (
        ("antibacterial", ANTIBACTERIALS),
        ("crystalloid", CRYSTALLOIDS),
        ("vasopressor", VASOPRESSORS),
    ):
        if name in names:
            return kind
    return None
