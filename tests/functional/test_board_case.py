"""An opened case and its alerts on the board, over HTTP, against a real cache."""

from board_morning import morning, tell_morning
from board_story import NOW, alert, case, child, delivery
from board_stream import next_named, row_of
from real_parts.eventually import eventually
from schemas.read_model import ALERTS_HASH


def test_what_became_of_a_patient_is_no_row_of_the_board(models, open_stream):
    """A mortality measure runs no clock of care; the next change that comes is the child's."""
    next_named(open_stream, "snapshot")
    models.cases(case("m1", "ED Peds", [("died_in_hospital", "open", {})], measure="nys-mortality-ped/2015"))
    models.cases(child("20421"))
    change = next_named(open_stream, "changes", lambda data: data.get("rows"))

    assert [row["label"] for row in change["rows"]] == ["enc-20421"]


def test_a_removed_case_leaves_the_board(models, open_stream):
    next_named(open_stream, "snapshot")
    models.cases(child())
    row = row_of(next_named(open_stream, "changes"), "enc-c1")
    models.remove(child())

    assert next_named(open_stream, "changes")["removed"] == [row["id"]]


def test_an_alert_that_was_taken_back_says_when_and_why(models, open_stream):
    next_named(open_stream, "snapshot")
    models.alerts(
        alert("x1", "missed", "blood_culture", "11:01", "No blood culture charted; window closed 11:01."),
        alert(
            "x2", "withdrawn", "blood_culture", "11:20", "Drawn 10:20: in time.", reason="met_in_time", supersedes="x1"
        ),
    )
    newest, oldest = next_named(open_stream, "changes", lambda data: len(data["alerts"]) == 2)["alerts"]

    assert (newest["kind"], newest["superseded"]) == ("withdrawn", None)
    assert oldest["superseded"]["kind"] == "withdrawn"
    assert oldest["superseded"]["reason"] == "met in time"
    assert oldest["superseded"]["at"] == "2026-03-14T11:20:00Z"


def test_an_alert_without_a_unit_gets_the_cases_unit_once_that_is_known(models, open_stream):
    next_named(open_stream, "snapshot")
    models.cases(child("c1", None))
    models.alerts(alert("x1", "bundle_started", "bundle", "10:01", "Bundle started.", unit=None))
    before = next_named(open_stream, "changes", lambda data: data.get("alerts"))["alerts"]
    models.cases(child("c1", "ED Peds", revision=2))
    after = next_named(open_stream, "changes", lambda data: data.get("alerts"))["alerts"]

    assert [line["unit"] for line in before + after] == [None, "ED Peds"]


def test_the_opened_case_says_what_became_of_its_alerts_on_their_way(models, board, open_stream):
    next_named(open_stream, "snapshot")
    models.alerts(alert("x1", "missed", "fluids", "10:20", "Window closed 10:20."))
    models.deliveries(delivery("x1", "given_up", NOW, attempts=7))
    models.cases(child())
    name = row_of(next_named(open_stream, "changes", lambda data: data.get("rows")), "enc-c1")["case"]
    drawer = eventually(lambda: with_alerts(board.get(f"/api/cases/{name}").json(), 1), what="the alert of the case")

    assert (drawer["alerts"][0]["delivery"]["status"], drawer["alerts"][0]["delivery"]["attempts"]) == ("given_up", 7)


def test_an_alert_that_the_cache_dropped_leaves_the_board(models, open_stream):
    next_named(open_stream, "snapshot")
    models.alerts(alert("x1", "missed", "blood_culture", "11:01", "No blood culture charted."))
    next_named(open_stream, "changes")
    models.redis.hdel(ALERTS_HASH, "x1")
    models.say("alert:x1")

    assert next_named(open_stream, "changes")["alerts"] == []


def test_a_case_opens_with_all_its_measures_evidence_alerts_and_timeline(models, board, open_stream):
    tell_morning(models)
    rows = {}
    while len(rows) < len(morning()):
        change = next_named(open_stream, "changes", lambda data: data.get("rows"))
        rows.update({(row["label"], row["measure"]): row for row in change["rows"]})
    name = rows["enc-20364", "sep1-like/1"]["case"]
    drawer = eventually(lambda: with_alerts(board.get(f"/api/cases/{name}").json(), 3), what="the alerts of the case")

    (measure,) = drawer["measures"]
    assert measure["elements"][0]["cell"]["element"] == "bundle"
    antibiotics = next(one for one in measure["elements"] if one["cell"]["element"] == "antibiotics")
    assert antibiotics["evidence"][0]["charting_lag_min"] == 207.0
    assert [line["kind"] for line in drawer["alerts"]] == ["missed", "amended", "withdrawn"]
    assert drawer["alerts"][0]["superseded"]["kind"] == "withdrawn"
    assert [line["what"] for line in drawer["timeline"]][-1] == "Triage"

    both = board.get(f"/api/cases/{rows['enc-20388', 'sep1-like/1']['case']}").json()
    assert [one["row"]["measure"] for one in both["measures"]] == ["ed-sepsis-triage/mannhardt", "sep1-like/1"]


def with_alerts(drawer, count):
    return drawer if len(drawer.get("alerts", [])) == count else None


def test_a_case_nobody_knows_is_said_to_be_gone(board):
    answer = board.get("/api/cases/0123456789abcdef0123")

    assert (answer.status_code, answer.json()) == (404, {"detail": "This case is no longer on the board."})
