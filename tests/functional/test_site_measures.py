"""A hospital's own measures by the command: checked, shown, and judged beside those that ship."""

import json
import os

import pytest

from abstraction_form import CHILD, write_cases
from command_line import run, say
from scoring.rules import SiteRules, load_rules, offered_measures, shipped_measures, shipped_texts
from site_files import shipped
from streams.engine import ScoringEngine
from streams.site_measures import NO_SITE, SiteFilesError, read_site
from streams.worker_settings import WorkerSettings
from timezero.doctor import Health, check_measures
from timezero.settings import Settings, load_settings

OWN = "our-hour/2026"


def own(name="nys-ped-1h", version="2026", **changes):
    """The text of a measure that ships, as a hospital's own."""
    text = shipped(name)
    for key, value in {"id": '"our-hour"', "version": f'"{version}"', **changes}.items():
        line = next(row for row in text.splitlines() if row.startswith(f"{key} = "))
        text = text.replace(line, f"{key} = {value}", 1)
    return text


@pytest.fixture
def site(tmp_path):
    """A folder with one measure."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "hour.toml").write_text(own(), encoding="utf-8")
    return folder


@pytest.fixture
def broken(site):
    """The folder with a second file that cannot be used."""
    (site / "worse.toml").write_text(own(version="2027").replace('act = "antibiotic"', 'act = "antibiotik"'))
    return site


def said_of(path):
    return f'{path}:51: elements.antibiotics.act: "antibiotik" is not known here; write "antibiotic"'


@pytest.fixture
def feed(tmp_path, capsys):
    say(capsys, "simulate", "--seed", "7", "--children", "12", "--adults", "0", "--out", tmp_path / "department")
    return tmp_path / "department" / "feed.ndjson"


def test_a_good_file_is_one_line(site, capsys):
    said = say(capsys, "measures", "check", site / "hour.toml")

    assert (said.code, said.out) == (0, f"{site}/hour.toml: {OWN}, good\n")
    assert all(": warning: " in line for line in said.err.splitlines())


def test_a_folder_is_all_its_files(broken, capsys):
    said = say(capsys, "measures", "check", broken)

    assert said.code == 2
    assert said.out == f"{broken}/hour.toml: {OWN}, good\n"
    assert said_of(broken / "worse.toml") in said.err.splitlines()


def test_a_program_is_told_the_same(broken, capsys):
    said = say(capsys, "measures", "check", broken, "--json")
    good, bad = json.loads(said.out)

    assert (said.code, said.err) == (2, "")
    assert (good["good"], good["id"], bad["good"], bad["id"]) == (True, OWN, False, None)
    assert [fault for fault in bad["faults"] if fault["severity"] == "error"] == [
        {
            "line": 51,
            "key": "elements.antibiotics.act",
            "what": '"antibiotik" is not known here',
            "remedy": 'write "antibiotic"',
            "severity": "error",
        }
    ]


@pytest.mark.parametrize("name", sorted(shipped_texts()))
def test_every_file_that_ships_is_good(name, tmp_path, capsys):
    file = tmp_path / "shipped.toml"
    file.write_text(shipped_texts()[name], encoding="utf-8")
    said = say(capsys, "measures", "check", file)

    assert (said.code, said.out) == (0, f"{file}: {name}, good\n")


def test_an_identifier_is_given_once(site, capsys):
    (site / "again.toml").write_text(own(), encoding="utf-8")
    (site / "shipped.toml").write_text(own(id='"nys-ped-1h"', version="spec-2015", title='"ours"'), encoding="utf-8")
    said = say(capsys, "measures", "check", site)
    remedy = "choose another version, or another id"
    clashes = [line for line in said.err.splitlines() if ": version: " in line]

    assert clashes == [
        f"{site}/hour.toml:4: version: {OWN} is the identifier of the measure in again.toml; {remedy}",
        f"{site}/shipped.toml:4: version: nys-ped-1h/spec-2015 is the identifier of a measure that ships; {remedy}",
    ]


def test_a_copy_of_a_measure_that_ships_cannot_judge_beside_it(site, capsys):
    (site / "copy.toml").write_text(shipped("nys-ped-1h"), encoding="utf-8")

    assert say(capsys, "measures", "check", site).code == 0
    assert say(capsys, "measures", "list", "--measures-dir", site).code == 2


def test_the_encoding_is_utf_8_with_or_without_its_mark(site, capsys):
    (site / "hour.toml").write_bytes(b"\xef\xbb\xbf" + own(title='"Stunde für Stunde"').encode())
    good = say(capsys, "measures", "check", site)
    (site / "hour.toml").write_bytes(own(title='"Stunde für Stunde"').encode("latin-1"))
    bad = say(capsys, "measures", "check", site)

    assert good.out.endswith(f"{OWN}, good\n")
    assert bad.err == f"{site}/hour.toml:5: file: is not UTF-8; save it in this encoding\n"


@pytest.mark.parametrize("arguments", [("check", "EMPTY"), ("check", "NOWHERE"), ("list", "--measures-dir", "EMPTY"),
                                       ("list", "--measures-dir", "NOWHERE"), ("show", "x/1"), ("check",)])  # fmt: skip
def test_what_is_not_there_is_one_sentence(arguments, tmp_path, capsys):
    (tmp_path / "EMPTY").mkdir()
    said = say(capsys, "measures", *(tmp_path / each if each.isupper() else each for each in arguments))

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("timezero: ")
    assert said.err.count("\n") == 1


def test_own_measures_are_listed_and_shown_beside_those_that_ship(site, capsys):
    listed = json.loads(say(capsys, "measures", "list", "--measures-dir", site, "--json").out)
    shown = say(capsys, "measures", "show", OWN, "--measures-dir", site, "--format", "html").out

    assert {"id": OWN, "judged_from": ["stream", "abstraction"]}.items() <= next(
        each for each in listed if each["id"] == OWN
    ).items()
    assert len(listed) == len(shipped_texts()) + 1
    assert "this hospital&#x27;s own measure" in shown or "this hospital's own measure" in shown


def test_the_folder_may_be_named_by_the_environment(site, capsys, monkeypatch):
    monkeypatch.setenv("TIMEZERO_MEASURES_DIR", str(site))

    assert OWN in say(capsys, "measures", "list").out
    assert load_settings({"TIMEZERO_MEASURES_DIR": str(site)}).worker.measures_dir == site


def test_an_own_measure_judges_a_replayed_feed(site, feed, tmp_path, capsys):
    """The same rules under another name give the same verdicts."""
    for measure, out in (("nys-ped-1h/spec-2015", "shipped"), (OWN, "own")):
        options = ("--measures-dir", site) if out == "own" else ()
        say(capsys, "replay", feed, "--format", "events", "--measures", measure, "--out", tmp_path / out, *options)
    verdicts = [
        [json.loads(line) for line in (tmp_path / out / "verdicts.ndjson").read_text().splitlines()]
        for out in ("shipped", "own")
    ]

    assert {verdict["measure"] for verdict in verdicts[1]} == {OWN}
    assert [{**verdict, "measure": ""} for verdict in verdicts[0]] == [{**each, "measure": ""} for each in verdicts[1]]
    assert {"met", "missed"} <= {verdict["status"] for verdict in verdicts[1]}


def test_another_limit_gives_other_verdicts(site, feed, tmp_path, capsys):
    text = own(version="2027").replace("limit = { value = 60, ", "limit = { value = 1, ")
    (site / "minute.toml").write_text(text.replace("value = [20, 5]", "value = [0.5]"), encoding="utf-8")
    said = say(
        capsys, "replay", feed, "--format", "events", "--measures", f"{OWN},our-hour/2027", "--measures-dir", site,
        "--out", tmp_path / "out", "--json",
    )  # fmt: skip
    met = {
        rate["measure"]: rate["numerator"] for rate in json.loads(said.out)["rates"] if rate["element"] == "antibiotics"
    }

    assert said.code == 0
    assert 0 <= met["our-hour/2027"] < met[OWN]


def test_conventions_of_the_site_hold_there(site, feed, tmp_path, capsys):
    """With no route that counts, no antibacterial is systemic: what was met is missed."""
    (site / "conventions.toml").write_text(
        '[antibiotics]\nroutes = ["rectal"]\nroutes_source = "a test"\n'
        '[charting]\ngrace = { value = 5, unit = "minutes", source = "a test" }\n',
        encoding="utf-8",
    )
    rates, assumed = {}, {}
    for out, options in (("shipped", ()), ("own", ("--measures-dir", site))):
        said = say(
            capsys, "replay", feed, "--format", "events", "--measures", "nys-ped-1h/spec-2015", "--out", tmp_path / out,
            "--json", *options,
        )  # fmt: skip
        rates[out] = {rate["element"]: rate["numerator"] for rate in json.loads(said.out)["rates"]}
        assumed[out] = json.loads(said.out)["assumptions"]

    assert assumed["own"] == [*assumed["shipped"], "The site's own conventions hold in place of those that ship."]
    assert rates["shipped"]["antibiotics"] > rates["own"]["antibiotics"] == 0
    assert rates["shipped"]["fluids"] == rates["own"]["fluids"]
    assert read_site(site).rules.conventions.charting.grace.value == 5
    assert "given by rectal" in say(capsys, "measures", "show", OWN, "--measures-dir", site).out


def test_an_own_form_scores_an_abstraction_file_with_the_sites_own_suppression(site, tmp_path, capsys):
    write_cases(tmp_path / "cases.csv", [CHILD | {"case_id": "K1"}])
    score = ("score", tmp_path / "cases.csv", "--measure", OWN, "--measures-dir", site, "--out", tmp_path / "out.csv")
    few = json.loads(say(capsys, *score, "--json").out)
    (site / "conventions.toml").write_text(
        '[reporting]\nsuppressed_at_most = { value = 0, unit = "cases", source = "a test" }\n', encoding="utf-8"
    )
    told = json.loads(say(capsys, *score, "--json").out)

    assert few["overall"]["antibiotics"]["denominator"] == "S.S."
    assert told["overall"]["antibiotics"]["denominator"] == 1
    assert (tmp_path / "out.csv").read_text().splitlines()[1].startswith("K1,")


@pytest.mark.parametrize(
    "arguments",
    [
        ("replay", "FEED", "--format", "events", "--measures", OWN, "--out", "OUT"),
        ("score", "FEED", "--measure", OWN, "--out", "OUT"),
        ("measures", "list"),
        ("measures", "show", OWN),
    ],
)
def test_a_broken_file_stops_every_command_that_judges(arguments, broken, tmp_path, capsys):
    (tmp_path / "FEED").touch()
    named = (tmp_path / each if each in {"FEED", "OUT"} else each for each in arguments)
    said = say(capsys, *named, "--measures-dir", broken)

    assert (said.code, said.out) == (2, "")
    assert said_of(broken / "worse.toml") in said.err.splitlines()
    assert not (tmp_path / "OUT").exists()


@pytest.mark.parametrize("by", ["option", "setting"])
def test_a_broken_file_stops_the_worker(by, broken, tmp_path):
    setting = {"TIMEZERO_MEASURES_DIR": str(broken)} if by == "setting" else {}
    option = ("--measures-dir", broken) if by == "option" else ()
    said = run("worker", *option, env={**os.environ, **setting, "TIMEZERO_DATADIR": str(tmp_path / "data")})

    assert said.returncode == 2
    assert said_of(broken / "worse.toml") in said.stderr.splitlines()


def test_the_worker_judges_all_that_ship_and_all_of_the_folder(site):
    rules = read_site(site).rules
    judged = vars(ScoringEngine((), rules))["_rules"].measures

    assert [measure.identifier for measure in judged] == [*offered_measures(rules)]
    assert len(offered_measures(rules)) == len(shipped_measures()) + 1


@pytest.mark.parametrize(
    ("measures", "health", "found"),
    [
        ((), Health.OK, "can judge a stream, 1 of the site's own"),
        ((OWN, "sep1-like/1"), Health.OK, "can judge a stream, 1 of the site's own"),
        (("sep1-like/1",), Health.WARNING, f"no worker judges {OWN}, which stands in "),
        (("sep1",), Health.WRONG, "there is no measure 'sep1'"),
    ],
)
def test_the_doctor_looks_at_the_measures(site, measures, health, found):
    finding = check_measures(Settings(worker=WorkerSettings(measures_dir=site, measures=measures)))

    assert finding.health is health
    assert found in finding.found


def test_the_doctor_says_what_to_do_about_a_folder(broken, tmp_path):
    wrong = check_measures(Settings(worker=WorkerSettings(measures_dir=broken)))
    missing = check_measures(Settings(worker=WorkerSettings(measures_dir=tmp_path / "nowhere")))

    assert (wrong.health, wrong.to_do) == (Health.WRONG, f"timezero measures check {broken}")
    assert (missing.health, missing.found) == (Health.WRONG, f"{tmp_path}/nowhere cannot be read (FileNotFoundError)")
    assert check_measures(Settings()).health is Health.OK


def test_without_a_folder_nothing_is_added():
    assert read_site(None) is NO_SITE
    assert load_rules(["sep1-like/1"], SiteRules()).measures == load_rules(["sep1-like/1"]).measures


def test_a_folder_without_files_is_no_site(tmp_path):
    with pytest.raises(SiteFilesError, match=r"no file that ends in \.toml"):
        read_site(tmp_path)


def test_a_case_of_its_own_measure_is_explained_by_the_words_of_its_file(site, feed, tmp_path, capsys):
    out = tmp_path / "out"
    say(capsys, "replay", feed, "--format", "events", "--measures", OWN, "--measures-dir", site, "--out", out)
    case_id = json.loads((out / "verdicts.ndjson").read_text().splitlines()[0])["case_id"]

    told = json.loads(say(capsys, "explain", case_id, "--from", out, "--measures-dir", site, "--json").out)
    untold = json.loads(say(capsys, "explain", case_id, "--from", out, "--json").out)

    assert [each["rules"]["measure"] for each in told] == [OWN]
    assert [each["rules"] for each in untold] == [None]


def test_a_demo_with_files_that_cannot_be_used_starts_nothing(broken, capsys):
    said = say(capsys, "demo", "--measures-dir", broken)

    assert (said.code, said.out) == (2, "")
    assert said_of(broken / "worse.toml") in said.err
