"""Settings: environment variables over a TOML file over what ships; every one is documented and checked.

A setting of the worker is `TIMEZERO_<NAME>` or `[worker] name`; one of the board `TIMEZERO_BOARD_<NAME>` or
`[board] name`; one of the notifier `TIMEZERO_NOTIFY_<NAME>` or `[notify] name`. Secrets are given
by the path of a file.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo

from dashboards.board.settings import BoardSettings, PatientLabel
from streams.notifier_settings import NotifierSettings
from streams.worker_settings import LOOPBACK, WorkerSettings

CONFIG_VARIABLE = "TIMEZERO_CONFIG"
"""Environment variable with the path of the TOML file."""

_PREFIX = "TIMEZERO_"
_SECRET_FIELDS = {
    ("worker", "redis_url"): "TIMEZERO_REDIS_URL_FILE",
    ("notify", "url"): "TIMEZERO_NOTIFY_URL_FILE",
    ("notify", "heartbeat_url"): "TIMEZERO_NOTIFY_HEARTBEAT_URL_FILE",
}
"""Settings that hold a secret, and the variable that names a file with it instead."""
_NOT_SETTINGS = frozenset({CONFIG_VARIABLE, "TIMEZERO_CACHE", "TIMEZERO_SHARED", "TIMEZERO_REQUIRE_REAL"})
"""Other variables that begin with the same word: where settings and downloads are, and what the tests are told."""


class SettingsError(ValueError):
    """A setting is not what it must be; the text is one sentence and holds no value."""


class BoardOptions(BaseModel):
    """Where the board listens and how it shows."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    host: str = LOOPBACK
    """Address to listen on; anything but loopback needs `token_file`."""
    port: int = Field(default=8080, ge=0, le=65535)
    """Port to listen on; 0: any free one."""
    token_file: Path | None = None
    """File whose first line is the access token, at least 16 characters."""
    allowed_hosts: tuple[str, ...] = ()
    """Names under which browsers may ask; empty: the loopback names, or any name behind a token."""
    zone: str | None = None
    """IANA name of the zone to show clock times in; none: as the records carry them."""
    patient_label: PatientLabel = PatientLabel.FULL
    """How much of the encounter number is shown: `full` or `last_digits`."""
    silent_after_s: float = Field(default=15.0, gt=0)
    """Wall seconds after which an engine that says nothing is called silent."""
    feeds_quiet_after_s: float = Field(default=1800.0, gt=0)
    """Engine seconds after which feeds that bring nothing are called quiet."""


class Settings(BaseModel):
    """Everything that can be set."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    worker: WorkerSettings = WorkerSettings()
    board: BoardOptions = BoardOptions()
    notify: NotifierSettings = NotifierSettings()

    @model_validator(mode="after")
    def _limits_fit(self) -> Self:
        if self.worker.heartbeat_interval >= self.worker.session_timeout:
            message = "heartbeat_interval must be shorter than session_timeout"
            raise ValueError(message)
        if self.worker.ends_after <= max(self.worker.publish_interval, self.worker.stalled_after):
            message = "ends_after must be longer than stalled_after and publish_interval"
            raise ValueError(message)
        return self

    def board_settings(self) -> BoardSettings:
        """What the board is told: its own options, and the worker's cache."""
        return BoardSettings(redis_url=self.worker.redis_url, **self.board.model_dump())


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One setting as the reference shows it."""

    variable: str
    toml: str
    default: str
    meaning: str


_SECTIONS: dict[str, tuple[str, type[BaseModel]]] = {
    "worker": (_PREFIX, WorkerSettings),
    "board": (f"{_PREFIX}BOARD_", BoardOptions),
    "notify": (f"{_PREFIX}NOTIFY_", NotifierSettings),
}


def load_settings(environment: Mapping[str, str], config: Path | None = None) -> Settings:
    """Read the settings from the TOML file, if there is one, and the environment over it.

    Args:
        environment: Variables; those that begin with `TIMEZERO_` must be known.
        config: The TOML file; None: the one that `TIMEZERO_CONFIG` names, if any.

    Raises:
        SettingsError: a file cannot be read, a name is unknown, or a value is not what it must be.
    """
    named = environment.get(CONFIG_VARIABLE)
    path = config or (Path(named) if named else None)
    read = _read_toml(path) if path else {}
    for section, (prefix, model) in _SECTIONS.items():
        values = read.setdefault(section, {})
        if isinstance(values, dict):
            values |= _from_environment(environment, prefix, model) | _from_files(environment, section)
    _refuse_unknown(environment)
    try:
        return Settings.model_validate(read)
    except ValidationError as error:
        raise SettingsError(_about(error)) from None


def setting_lines() -> list[SettingLine]:
    """Every setting with its default and meaning, as the reference lists them."""
    lines = [
        _line(section, prefix, name, field)
        for section, (prefix, model) in _SECTIONS.items()
        for name, field in model.model_fields.items()
    ]
    for (section, name), variable in _SECRET_FIELDS.items():
        meaning = f"File whose first line is `[{section}] {name}`, for a value that holds a secret."
        lines.append(SettingLine(variable, "", "none", meaning))
    meaning = "Path of the TOML file with `[worker]`, `[board]` and `[notify]`."
    lines.append(SettingLine(CONFIG_VARIABLE, "", "none", meaning))
    return lines


def _line(section: str, prefix: str, name: str, field: FieldInfo) -> SettingLine:
    default = field.get_default(call_default_factory=True, validated_data={})
    shown = "none" if default is None or default == () else str(default)
    meaning = " ".join((field.description or "").split()) or _MEANINGS.get(name, "")
    return SettingLine(f"{prefix}{name.upper()}", f"[{section}] {name}", shown, meaning)


_MEANINGS = {
    "replication_factor": "Copies of every topic that the broker keeps.",
    "heartbeat_interval": "Seconds between two heartbeats to the broker.",
    "rebalance_timeout": "Seconds a worker has to hand its partitions over.",
    "commit_interval": "Seconds between two commits of what has been read.",
    "metrics_host": "Address of the Prometheus page.",
    "log_level": "`DEBUG`, `INFO`, `WARNING` or `ERROR`.",
}


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"cannot read the settings file {path}: {error.strerror}."
        raise SettingsError(message) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        message = f"the settings file {path} is not TOML."
        raise SettingsError(message) from None


def _from_environment(environment: Mapping[str, str], prefix: str, model: type[BaseModel]) -> dict[str, Any]:
    return {
        name: _parsed(environment[variable], field)
        for name, field in model.model_fields.items()
        if (variable := f"{prefix}{name.upper()}") in environment
    }


def _from_files(environment: Mapping[str, str], section: str) -> dict[str, Any]:
    return {
        name: _first_line(Path(environment[variable]), variable)
        for (of, name), variable in _SECRET_FIELDS.items()
        if of == section and variable in environment
    }


def _parsed(text: str, field: FieldInfo) -> object:
    """Lists are joined by commas, a clock is JSON, everything else is text that pydantic reads."""
    if isinstance(field.default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if text.startswith("{"):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return text
    return text or None


def _first_line(path: Path, variable: str) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{variable} names a file that cannot be read ({type(error).__name__})."
        raise SettingsError(message) from None
    if not lines or not lines[0].strip():
        message = f"the first line of the file that {variable} names is empty."
        raise SettingsError(message)
    return lines[0].strip()


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = {line.variable for line in setting_lines()} | _NOT_SETTINGS
    unknown = sorted(name for name in environment if name.startswith(_PREFIX) and name not in known)
    if unknown:
        message = f"{unknown[0]} is no setting of timezero; docs/reference/settings.md lists them."
        raise SettingsError(message)


def _about(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "settings"
    if first["type"] == "extra_forbidden":
        return f"{where} is no setting of timezero; docs/reference/settings.md lists them."
    return f"the setting {where} is not what it must be: {first['msg']}."
