"""Settings: the environment over the file over what ships, and one sentence about what is wrong."""

import pytest

from dashboards.board.settings import PatientLabel
from timezero.settings import SettingsError, load_settings, setting_lines


def test_without_anything_the_defaults_hold():
    settings = load_settings({})

    assert settings.worker.bootstrap == "127.0.0.1:9092"
    assert settings.board_settings().port == 8080


def test_the_environment_wins_over_the_file(tmp_path):
    file = tmp_path / "timezero.toml"
    file.write_text('[worker]\npartitions = 8\nbootstrap = "from-file:1"\n[board]\nport = 9000\n')
    settings = load_settings({"TIMEZERO_CONFIG": str(file), "TIMEZERO_BOOTSTRAP": "from-environment:2"})

    assert settings.worker.bootstrap == "from-environment:2"
    assert settings.worker.partitions == 8
    assert settings.board.port == 9000


def test_lists_are_joined_by_commas():
    settings = load_settings({"TIMEZERO_MEASURES": "sep1-like/1, nys-ped-1h/spec-2015"})

    assert settings.worker.measures == ("sep1-like/1", "nys-ped-1h/spec-2015")


def test_a_clock_is_json():
    started = "2026-01-05T08:00:00Z"
    clock = f'{{"started_at": "{started}", "wall_started_at": "{started}", "speed": 60}}'

    assert load_settings({"TIMEZERO_CLOCK": clock}).worker.clock.speed == 60


def test_an_address_that_is_a_secret_comes_from_a_file(tmp_path):
    secret = tmp_path / "address"
    secret.write_text("https://alerts.example.org/T0KEN\n")
    settings = load_settings({"TIMEZERO_NOTIFY_URL_FILE": str(secret), "TIMEZERO_NOTIFY_KINDS": "missed,withdrawn"})

    assert settings.notify.url == "https://alerts.example.org/T0KEN"
    assert settings.notify.kinds == ("missed", "withdrawn")
    assert "T0KEN" not in repr(settings)


def test_a_password_comes_from_a_file(tmp_path):
    secret = tmp_path / "redis"
    secret.write_text("redis://:hunter2@cache:6379/0\n")
    settings = load_settings({"TIMEZERO_REDIS_URL_FILE": str(secret)})

    assert settings.board_settings().redis_url == "redis://:hunter2@cache:6379/0"
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"TIMEZERO_PARTITONS": "3"}, "TIMEZERO_PARTITONS is no setting of timezero"),
        ({"TIMEZERO_PARTITIONS": "many"}, "the setting worker.partitions is not what it must be"),
        ({"TIMEZERO_BOARD_PORT": "70000"}, "the setting board.port is not what it must be"),
        ({"TIMEZERO_CLOCK": "{broken"}, "the setting worker.clock is not what it must be"),
        ({"TIMEZERO_REDIS_URL_FILE": "/nowhere/at/all"}, "TIMEZERO_REDIS_URL_FILE names a file that cannot be read"),
        ({"TIMEZERO_CONFIG": "/nowhere/at/all"}, "cannot read the settings file"),
        ({"TIMEZERO_HEARTBEAT_INTERVAL": "9"}, "heartbeat_interval must be shorter"),
        ({"TIMEZERO_ENDS_AFTER": "30"}, "ends_after must be longer"),
        ({"TIMEZERO_REJECTED_SHARE_MAX": "20"}, "rejected_share_max"),
        ({"TIMEZERO_BOARD_PATIENT_LABEL": "whole"}, "the setting board.patient_label is not what it must be"),
    ],
)
def test_what_is_wrong_is_one_sentence(environment, said):
    with pytest.raises(SettingsError, match=said) as error:
        load_settings(environment)

    assert "\n" not in str(error.value)


def test_a_file_that_is_no_toml_is_named(tmp_path):
    file = tmp_path / "timezero.toml"
    file.write_text("[worker\n")

    with pytest.raises(SettingsError, match="is not TOML"):
        load_settings({}, file)


def test_an_unknown_name_in_the_file_is_refused(tmp_path):
    file = tmp_path / "timezero.toml"
    file.write_text("[board]\nprot = 80\n")

    with pytest.raises(SettingsError, match=r"board\.prot is no setting"):
        load_settings({}, file)


def test_an_empty_secret_is_refused(tmp_path):
    secret = tmp_path / "empty"
    secret.write_text("\n")

    with pytest.raises(SettingsError, match="is empty"):
        load_settings({"TIMEZERO_REDIS_URL_FILE": str(secret)})


def test_every_setting_has_a_meaning():
    assert [line.variable for line in setting_lines() if not line.meaning] == []


def test_the_label_of_patients_can_be_set():
    settings = load_settings({"TIMEZERO_BOARD_PATIENT_LABEL": "last_digits"})

    assert settings.board_settings().patient_label is PatientLabel.LAST_DIGITS
