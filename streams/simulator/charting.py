"""A course is written down: orders, acts and results, each in its time, with the errors that are put right later."""

from dataclasses import dataclass
from datetime import datetime

from schemas.clinical import QUANTITY_UNITS, ActName, DrugClass, Quantity, Specimen
from schemas.raw import AdtEvent, RawStatus
from streams.simulator.chart import Chart, Charted, Drug, Lab
from streams.simulator.course import BloodTest, Course, CultureTaken, Dose, Infusion, Part, Reading, Statement, Step
from streams.simulator.lag_table import LagTable

LACTATE_LOINC = "2524-7"
CULTURES = {Specimen.BLOOD: "600-7", Specimen.STERILE: "606-4", Specimen.OTHER: "630-4"}
"""LOINC by what is cultured: blood, cerebrospinal fluid, urine."""
_ORDER, _DONE, _ENDED = 0, 1, 2
_WHOLE = 100


@dataclass(slots=True)
class Scribe:
    """Writes a course into a chart.

    Attributes:
        numbers: From when on the stay has which number, in time order.
        without_number: Laboratory messages of the emergency department carry no number of the stay.
    """

    chart: Chart
    course: Course
    numbers: tuple[tuple[datetime, str], ...]
    without_number: bool = False

    def write(self) -> None:
        """Everything that happened."""
        for step in self.course.steps:
            self._step(step)
        for statement in self.course.statements:
            self._statement(statement)
        for reading in self.course.readings:
            self._reading(reading)
        for test in self.course.tests:
            self._test(test)
        for culture in self.course.cultures:
            self._culture(culture)
        for dose in self.course.doses:
            self._dose(dose)
        for infusion in self.course.infusions:
            self._infusion(infusion)
        self._weight()

    def entry(
        self, fact: str, at: datetime, recorded_at: datetime, version: int = 0, status: RawStatus = RawStatus.FINAL
    ) -> Charted:
        """An entry under the number that the stay had when it happened."""
        return Charted(fact, recorded_at, version, status, self.number_at(at))

    def number_at(self, at: datetime) -> str:
        """The number that the stay had; before the first, the first."""
        begun = [number for since, number in self.numbers if since <= at]
        return begun[-1] if begun else self.numbers[0][1]

    def known_after(self, recorded_at: datetime) -> datetime:
        """When what was written at `recorded_at` is found to be wrong."""
        corrections = self.chart.practice.corrections
        return recorded_at + self.chart.dice.between(corrections.known_after_share, corrections.known_after_minutes)

    def _step(self, step: Step) -> None:
        fields = {"unit": step.unit, "discharge_status": step.discharge_status}
        name = step.event.value.replace("_", "-")
        self.chart.visit(self.entry(name, step.at, step.at), step.event, step.at, **fields)

    def _statement(self, statement: Statement) -> None:
        lags = self.chart.practice.lag
        lag = lags.ventilation if statement.act is ActName.MECHANICAL_VENTILATION else lags.acts
        wrong_at = self._wrongly(statement.at)
        version = 0
        if wrong_at is not None:
            recorded_at = self.chart.after(wrong_at, lag)
            self._say(self.entry(statement.name, statement.at, recorded_at), statement, wrong_at)
            known_at = self.known_after(max(recorded_at, statement.at))
            entry = self.entry(statement.name, statement.at, known_at, version + 1, RawStatus.CORRECTED)
        else:
            entry = self.entry(statement.name, statement.at, self.chart.after(statement.at, lag))
        self._say(entry, statement, statement.at)

    def _say(self, entry: Charted, statement: Statement, at: datetime) -> None:
        self.chart.act(entry, statement.act, at, statement.value, statement.reason)

    def _wrongly(self, at: datetime) -> datetime | None:
        """A time that is first written in place of the right one; mostly none."""
        corrections, dice = self.chart.practice.corrections, self.chart.dice
        if not dice.chance(corrections.time_moved):
            return None
        return max(self.numbers[0][0], at + dice.minutes(corrections.moved_minutes))

    def _reading(self, reading: Reading) -> None:
        chart, code, unit = self.chart, reading.quantity.value, QUANTITY_UNITS[reading.quantity]
        entry = self.entry(reading.name, reading.at, reading.charted_at)
        if reading.corrected_at is not None:
            wrong = round(reading.value * chart.dice.measured(chart.practice.corrections.wrong_vital_sign, 2))
            chart.vital(entry, code, min(wrong, _WHOLE) if unit == "%" else wrong, unit, reading.at)
            entry = self.entry(reading.name, reading.at, reading.corrected_at, 1, RawStatus.CORRECTED)
        chart.vital(entry, code, reading.value, unit, reading.at)

    def _weight(self) -> None:
        """The weight, unless nobody takes it; now and then wrong first, in pounds taken for kilograms."""
        at, chart = self.course.weighed_at, self.chart
        if at is None:
            return
        entry = self.entry("weight", at, chart.after(at, chart.practice.lag.weights))
        if chart.dice.chance(chart.practice.corrections.weight_corrected):
            chart.vital(entry, "weight", round(self.course.weight_kg / 2, 1), "kg", at)
            entry = self.entry("weight", at, self.known_after(entry.recorded_at), 1, RawStatus.CORRECTED)
        chart.vital(entry, "weight", self.course.weight_kg, "kg", at)

    def _test(self, test: BloodTest) -> None:
        """Ordered, drawn, resulted; now and then a draw at a wrong time, or a result that is corrected."""
        chart, dice, corrections = self.chart, self.chart.dice, self.chart.practice.corrections
        code, unit = self._assay(test.quantity)
        bare, number = Lab(code), self._laboratory_number(test.collected_at)
        if test.ordered_at is not None:
            chart.lab(
                Charted(test.name, test.ordered_at, _ORDER, encounter_id=number), bare, {"ordered_at": test.ordered_at}
            )
        if dice.chance(chart.practice.treatment.second_dose):
            drawn_at = self._wrongly(test.collected_at) or test.collected_at
            entry = Charted(test.name, drawn_at, _DONE, encounter_id=number)
            chart.lab(entry, bare, {"ordered_at": test.ordered_at, "collected_at": drawn_at})
        times = {"ordered_at": test.ordered_at, "collected_at": test.collected_at, "resulted_at": test.resulted_at}
        result = Lab(code, test.value, unit)
        if dice.chance(corrections.value_corrected):
            wrong = Lab(code, round(test.value * dice.measured(corrections.wrong_result, 2), 1), unit)
            chart.lab(Charted(test.name, test.resulted_at, _ENDED, encounter_id=number), wrong, times)
            known_at = self.known_after(test.resulted_at)
            entry = Charted(test.name, known_at, _ENDED + 1, RawStatus.CORRECTED, number)
            chart.lab(entry, result, times)
        else:
            chart.lab(Charted(test.name, test.resulted_at, _ENDED, encounter_id=number), result, times)

    def _assay(self, quantity: Quantity) -> tuple[str, str]:
        if quantity is Quantity.LACTATE:
            return LACTATE_LOINC, QUANTITY_UNITS[quantity]
        assay = getattr(self.chart.practice.laboratory, quantity.value)
        return assay.loinc, assay.unit

    def _laboratory_number(self, at: datetime) -> str | None:
        admitted_at = self.course.step_at(AdtEvent.ADMIT)
        outside = self.without_number and (admitted_at is None or at < admitted_at)
        return None if outside else self.number_at(at)

    def _culture(self, culture: CultureTaken) -> None:
        lab = Lab(
            CULTURES[culture.specimen], specimen=culture.specimen.value if culture.specimen is Specimen.BLOOD else None
        )
        number = self.number_at(culture.collected_at or culture.ordered_at)
        ordered = Charted(culture.name, culture.ordered_at, _ORDER, encounter_id=number)
        self.chart.lab(ordered, lab, {"ordered_at": culture.ordered_at})
        at = culture.collected_at
        if at is None:
            self._cancel_order(culture.name, lab, culture.ordered_at, number)
            return
        lag = self.chart.practice.lag.cultures
        for entry, told_at in self._written(culture.name, at, lag):
            times = {"ordered_at": culture.ordered_at, "collected_at": told_at}
            self.chart.lab(entry, lab, times, day_only=culture.day_only)

    def _cancel_order(self, name: str, lab: Lab, ordered_at: datetime, number: str) -> None:
        if self.chart.dice.chance(self.chart.practice.treatment.second_dose):
            entry = Charted(name, self.known_after(ordered_at), _DONE, RawStatus.CANCELLED, number)
            self.chart.lab(entry, lab, {"ordered_at": ordered_at})

    def _written(self, name: str, at: datetime, lag: LagTable) -> list[tuple[Charted, datetime]]:
        """The entries that say when something was done: one, or a wrong one and its correction."""
        wrong_at = self._wrongly(at)
        if wrong_at is None:
            return [(self.entry(name, at, self.chart.after(at, lag), _DONE), at)]
        first = self.entry(name, at, self.chart.after(wrong_at, lag), _DONE)
        known_at = self.known_after(max(first.recorded_at, at))
        return [(first, wrong_at), (self.entry(name, at, known_at, _DONE + 1, RawStatus.CORRECTED), at)]

    def _dose(self, dose: Dose) -> None:
        drug = Drug(dose.drug, dose.route)
        number = self.number_at(dose.started_at or dose.ordered_at)
        ordered = Charted(dose.name, dose.ordered_at, _ORDER, encounter_id=number)
        self.chart.medication(ordered, drug, {"ordered_at": dose.ordered_at})
        if dose.started_at is None:
            return
        lag = self.chart.practice.lag.medications
        for entry, told_at in self._written(dose.name, dose.started_at, lag):
            times = {"ordered_at": dose.ordered_at, "started_at": told_at}
            self.chart.medication(entry, drug, times, day_only=dose.day_only)

    def _infusion(self, infusion: Infusion) -> None:
        """Each part of it, its start and its end; one that was rewritten is charted as a whole and taken back."""
        number = self.number_at(infusion.started_at)
        bare = Drug(infusion.drug, "iv", infusion=infusion.name)
        ordered = Charted(infusion.part_name(0), infusion.ordered_at, _ORDER, encounter_id=number)
        self.chart.medication(ordered, bare, {"ordered_at": infusion.ordered_at})
        if infusion.rewritten:
            self._whole_that_was_not(infusion)
        for place, part in enumerate(infusion.parts):
            self._part(infusion, infusion.part_name(place), part)

    def _part(self, infusion: Infusion, name: str, part: Part) -> None:
        lags = self.chart.practice.lag
        drug = Drug(infusion.drug, "iv", part.volume_ml, infusion.name)
        fluid = infusion.drug_class is DrugClass.CRYSTALLOID
        begun = self.entry(
            name, part.started_at, self.chart.after(part.started_at, lags.acts if fluid else lags.vasopressors), _DONE
        )
        self.chart.medication(begun, drug, {"started_at": part.started_at})
        recorded_at = self.chart.after(part.completed_at, lags.boluses if fluid else lags.acts)
        ended = self.entry(name, part.started_at, recorded_at, _ENDED)
        times = {"started_at": part.started_at, "completed_at": part.completed_at}
        self.chart.medication(ended, drug, times)

    def _whole_that_was_not(self, infusion: Infusion) -> None:
        name = f"{infusion.name}-whole"
        volume_ml = infusion.volume_ml if infusion.drug_class is DrugClass.CRYSTALLOID else None
        drug = Drug(infusion.drug, "iv", volume_ml, infusion.name)
        times = {"started_at": infusion.started_at, "completed_at": infusion.completed_at}
        recorded_at = self.chart.after(infusion.completed_at, self.chart.practice.lag.boluses)
        self.chart.medication(self.entry(name, infusion.started_at, recorded_at, _DONE), drug, times)
        taken_back = self.entry(
            name, infusion.started_at, self.known_after(recorded_at), _ENDED, RawStatus.ENTERED_IN_ERROR
        )
        self.chart.medication(taken_back, drug, times)
