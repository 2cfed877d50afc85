"""Patients made up for the laws: facts with versions, receipts and repeats, close around the boundaries."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from schemas.clinical import (
    Act,
    ActName,
    ClockTick,
    Coverage,
    Culture,
    Domain,
    DrugClass,
    Link,
    Medication,
    Merge,
    Observation,
    Patient,
    Quantity,
    Specimen,
    Visit,
    VisitStep,
)

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
END = START + timedelta(days=40)
"""After the last event, clock, grace and lapse of any generated patient."""

# Mostly one morning, with seconds; sometimes hours or days away, where look-backs and lapses lie.
minutes = st.integers(0, 200) | st.sampled_from([-1440, -360, -60, 360, 361, 420, 1440, 4320, 4321, 6000])
moments = st.builds(
    lambda minute, second: START + timedelta(minutes=minute, seconds=second), minutes, st.sampled_from([0, 0, 0, 30])
)
delays = st.sampled_from([0, 0, 0, 1, 5, 59, 61, 130, 400]).map(lambda minute: timedelta(minutes=minute))
lengths = st.sampled_from([0, 10, 30, 60, 90]).map(lambda minute: timedelta(minutes=minute))
encounters = st.sampled_from(["E1", "E1", "E1", "E2", None])
values = {
    Quantity.LACTATE: [1.8, 2.0, 2.1, 4.5, None],
    Quantity.HEART_RATE: [80.0, 90.0, 120.0],
    Quantity.TEMPERATURE: [37.0, 39.0, 35.0],
    Quantity.SYSTOLIC_BP: [120.0, 80.0],
    Quantity.WBC: [8.0, 14.0],
    Quantity.WEIGHT: [10.0, 20.0, None],
    Quantity.MEAN_ARTERIAL_PRESSURE: [80.0, 60.0],
    Quantity.SPO2: [97.0],
    Quantity.RESPIRATORY_RATE: [16.0, 24.0],
    Quantity.DIASTOLIC_BP: [60.0, 20.0],
    Quantity.PAO2: [60.0, 90.0],
    Quantity.FIO2: [0.21, 0.6],
    Quantity.PLATELETS: [80.0, 200.0],
    Quantity.GCS_TOTAL: [9.0, 15.0],
}
OFTEN = [
    ActName.PROTOCOL_STARTED,
    ActName.PROTOCOL_STARTED,
    ActName.PROTOCOL_STARTED,
    ActName.SEPSIS_DOCUMENTED,
    ActName.SEPTIC_SHOCK_DOCUMENTED,
    ActName.SEPSIS_RULED_OUT,
    ActName.SEPSIS_TRIAGE_FORM,
    ActName.INFECTION_SUSPECTED,
    ActName.REASSESSMENT,
    ActName.PEWS,
]
SPECIAL = {ActName.TIME_ZERO_OVERRIDDEN}
"""Acts that need more than a time; they have a strategy of their own."""
ACTS = [*OFTEN, *(act for act in ActName if act not in SPECIAL)]


@st.composite
def observations(draw):
    quantity = draw(st.sampled_from(sorted(values)))
    return Observation, {"quantity": quantity, "value": draw(st.sampled_from(values[quantity]))}, "collected_at"


SUBSTANCES = {
    DrugClass.ANTIBACTERIAL: ["meropenem", "gentamicin", "vancomycin", "doxycycline"],
    DrugClass.CRYSTALLOID: ["ringer"],
    DrugClass.VASOPRESSOR: ["norepinephrine", "epinephrine", "phenylephrine"],
}


@st.composite
def medications(draw):
    drug_class = draw(
        st.sampled_from(
            [DrugClass.ANTIBACTERIAL, DrugClass.ANTIBACTERIAL, DrugClass.CRYSTALLOID, DrugClass.CRYSTALLOID,
             DrugClass.VASOPRESSOR]
        )
    )  # fmt: skip
    route = draw(st.sampled_from(["iv", "iv", "io", "im", "oral"]))
    is_fluid = drug_class is DrugClass.CRYSTALLOID
    fields = {
        "substance": draw(st.sampled_from(SUBSTANCES[drug_class])),
        "drug_class": drug_class,
        "route": route,
        "volume_ml": draw(st.sampled_from([100.0, 200.0, 400.0, 600.0, None])) if is_fluid else None,
        "infusion_id": draw(st.sampled_from([None, None, "bag"])) if is_fluid else None,
    }
    return Medication, fields, "started_at"


cultures = st.sampled_from(list(Specimen)).map(lambda specimen: (Culture, {"specimen": specimen}, "collected_at"))
acts = st.builds(
    lambda act, score: (Act, {"act": act, "value": score}, "happened_at"),
    st.sampled_from(ACTS),
    st.sampled_from([None, 2.0, 3.0]),
)
MEASURES = [None, None, "nys-ped-1h/spec-2015", "sep1-like/1", "sep-9/1"]
overrides = st.builds(
    lambda moment, measure, actor: (
        Act,
        {
            "act": ActName.TIME_ZERO_OVERRIDDEN,
            "time_zero": moment,
            "measure": measure,
            "actor": actor,
            "reason": "seen",
        },
        "happened_at",
    ),
    moments,
    st.sampled_from(MEASURES),
    st.sampled_from(["Jones", None]),
)
visits = st.builds(
    lambda step, unit, status: (Visit, {"step": step, "unit": unit, "discharge_status": status}, "happened_at"),
    st.sampled_from(list(VisitStep)),
    st.sampled_from([None, "ED", "ICU"]),
    st.sampled_from([None, "01", "20"]),
)
coverages = st.sampled_from([Domain.MEDICATIONS, Domain.FLUIDS]).map(
    lambda domain: (Coverage, {"domain": domain}, "started_at")
)
births = st.sampled_from([date(2015, 1, 1), date(1960, 1, 1), date(2008, 3, 2), None]).map(
    lambda born: (Patient, {"birth_date": born}, None)
)
links = st.just((Link, {"into_encounter_id": "E2"}, "happened_at"))
merges = st.just((Merge, {"into_patient_id": "P2"}, "happened_at"))
kinds = st.one_of(
    acts, acts, medications(), medications(), cultures, observations(), observations(), visits, births, coverages,
    links, overrides,
)  # fmt: skip


def _timed(draw, model, at, clocked):
    """Times of a version whose act was at `at`."""
    times = {clocked: at} if clocked else {}
    if model in {Medication, Coverage} and draw(st.booleans()):
        times["completed_at"] = at + draw(lengths)
    if model in {Medication, Culture} and draw(st.integers(0, 9)) == 0:
        return {"ordered_at": at}
    return times


@st.composite
def facts(draw, name, of=kinds):
    """All versions of one fact, the plain one first."""
    model, fields, clocked = draw(of)
    common = {
        "fact_id": name,
        "source": draw(st.sampled_from(["simulated", "simulated", "simulated", "mimic3"])),
        "facility_id": "F1",
        "patient_id": "P1",
        "encounter_id": None if model in {Patient, Merge} else "E1" if model is Link else draw(encounters),
        "day_only": model is not Patient and draw(st.integers(0, 11)) == 0,
    }
    versions = []
    for number in range(draw(st.sampled_from([1, 1, 1, 1, 2, 3]))):
        at = draw(moments)
        if common["day_only"]:
            at = at.replace(hour=0, minute=0, second=0)
        times = _timed(draw, model, at, clocked)
        received_at = max([at, *times.values(), *(each.received_at for each in versions)]) + draw(delays)
        retracted = number > 0 and draw(st.booleans())
        version = draw(st.sampled_from([number, number, 0]))
        versions.append(
            model(
                **common | fields | times, event_id=f"{name}/{number}", version=version, received_at=received_at,
                retracted=retracted, recorded_at=draw(st.sampled_from([None, received_at])),
            )
        )  # fmt: skip
    return versions


@st.composite
def patients(draw, most=9, *, merging=False):
    """A patient's messages in the order in which they were received, without repeats."""
    several = [draw(facts(f"f{number}")) for number in range(draw(st.integers(1, most)))]
    if merging:
        several.append(draw(facts("merge", merges)))
    messages = [version for versions in several for version in versions]
    return sorted(messages, key=lambda each: (each.received_at, each.event_id))


def tick(at):
    """Time itself, for the generated patient."""
    return ClockTick(facility_id="F1", patient_id="P1", at=at)
