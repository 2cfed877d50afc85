"""What a file that was read comes to: the measure, the form, its name, and what the whole of it refuses."""

import tomllib

import pytest

from scoring.measure_file.conventions_file import read_conventions_file
from scoring.measure_file.example import inline
from scoring.measure_file.reading import read_measure_file
from scoring.rules import named_rules
from site_files import changed, shipped

PED = "nys-ped-1h"


def written(**body):
    """A body as a file, a key a line."""
    return "".join(f"{key} = {inline(value)}\n" for key, value in body.items())


def read(text):
    return read_measure_file(text, {})


def faults(text):
    return [str(fault) for fault in read(text).faults if not fault.is_warning]


def test_a_file_for_both_is_a_measure_and_a_form_of_one_name():
    file = read(shipped(PED))

    assert file.is_good
    assert file.measure.identifier == file.form.identifier == file.identifier == "nys-ped-1h/spec-2015"


def test_a_file_for_streams_has_no_form():
    file = read(shipped("sep1-like"))

    assert (file.identifier, file.form) == ("sep1-like/1", None)
    assert file.measure is not None


def test_a_file_for_forms_has_no_measure_of_a_stream():
    file = read(changed(shipped(PED), 'judged_from = ["stream", "abstraction"]', 'judged_from = ["abstraction"]'))

    assert file.is_good
    assert (file.measure, file.form.identifier, file.identifier) == (
        None,
        "nys-ped-1h/spec-2015",
        "nys-ped-1h/spec-2015",
    )


def test_a_file_with_a_fault_has_no_name():
    file = read(changed(shipped(PED), 'clocked = "started"\n', ""))

    assert not file.is_good
    assert (file.measure, file.form, file.identifier) == (None, None, None)


def test_where_nothing_says_what_it_is_judged_from_the_rest_is_looked_at_all_the_same():
    text = changed(shipped(PED), 'judged_from = ["stream", "abstraction"]', "judged_from = []")

    assert "elements.antibiotics.clocked: is missing" in str(faults(changed(text, 'clocked = "started"\n', "")))


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        (0, []),
        (1, ["is uncertain ([M?])"]),
        (2, ["is uncertain, and so are 1 more ([M?])"]),
        (3, ["is uncertain, and so are 2 more ([M?])"]),
    ],
)
def test_sources_that_are_uncertain_are_told_in_one_warning(marks, said):
    """On the line of the first; what is no source may have the mark."""
    text = shipped(PED).replace("[M?]", "").replace('title = "', 'title = "[M?] ', 1)
    text = text.replace('source = "', 'source = "[M?] ', marks)
    told = [fault for fault in read(text).faults if "uncertain" in fault.what]

    remedy = "confirm it, or keep the mark: `timezero measures show` tells everybody"
    assert [fault.what for fault in told] == said
    assert {fault.remedy for fault in told} <= {remedy}
    assert all(fault.is_warning and "[M?]" in text.splitlines()[fault.line - 1] for fault in told)


def test_what_the_whole_refuses_is_said_where_nothing_else_says_it():
    """A time zero written out, of a section that is not there; a warning beside it says nothing of that."""
    severe = next(rule for rule in named_rules() if rule.name == "severe_sepsis").terms.time_zero
    zero = {"rule": "septic_shock", "source": "s", "severe_sepsis": severe.model_dump(mode="json", exclude_none=True)}
    body = tomllib.loads(shipped("ed-sepsis-triage"))
    text = written(**body | {"time_zero": zero})

    assert "the section [shock] is missing" in str(faults(text))


def test_what_one_key_says_better_is_not_said_of_the_whole():
    text = changed(shipped("ssc-hour1-2018"), "[initial_lactate]\n", "[initial_lactat]\n")

    assert not any(line.startswith("file:") for line in faults(text))


def test_a_rule_of_two_that_is_not_known_names_the_one_that_was_meant():
    text = changed(shipped("nys-adult-6h-public-2015"), 'rule = "septic_shock"', 'rule = "septic_shok"')

    assert 'population[2].rule: "septic_shok" is not known here; write "septic_shock"' in faults(text)


def test_what_is_nested_too_deeply_is_not_read():
    deep = [faults(f"id = {'[' * depth}{']' * depth}") for depth in (250, 90_000)]

    assert deep == [["file: is nested too deeply; write it flatter: no key of the vocabulary needs that"]] * 2


def test_groups_of_substances_that_are_none_are_not_stumbled_over():
    text = changed(shipped("sep1-like"), "[elements.broad_spectrum]\n", "[elements.broad_spectrum]\ntogether = [3]\n")

    assert "elements.broad_spectrum.together[1]: must be a list" in str(faults(text))


@pytest.mark.parametrize(("rule", "said"), [("septic_shock", 0), ("triage", 1)])
def test_a_section_in_place_of_the_one_that_a_rule_of_the_catalogue_brings_is_asked_for(rule, said):
    """Taken out, the catalogue's would count."""
    low = tomllib.loads(shipped("sep1-like"))["hypotension"]
    body = tomllib.loads(shipped("ed-sepsis-triage")) | {"time_zero": {"rule": "named", "name": rule}}

    assert str(read(written(**body | {"hypotension": low})).faults).count("is asked for by nothing") == said


@pytest.mark.parametrize("depth", [100, 240, 300, 2000, 100_000])
def test_no_depth_is_too_deep_to_be_told(depth):
    text = f"{shipped('sep1-like')}\nx = {'[' * depth}{']' * depth}\n"

    assert not read_measure_file(text, {}).is_good
    assert not read_measure_file(f"x = {'{y = ' * depth}1{'}' * depth}\n", {}).is_good
    assert read_conventions_file(f"x = {'[' * depth}{']' * depth}\n").conventions is None


def test_where_a_table_of_tables_belongs_one_is_shown():
    (said,) = [each for each in faults("elements = 3\n") if each.startswith("elements:")]

    assert said.startswith("elements: must be a table and is 3; write elements = { ")
