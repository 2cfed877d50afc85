"""The one dashboard, as Grafana's own JSON: trends of what the board shows live, from the board's own metrics."""

from collections.abc import Iterator
from typing import Any

UID = "timezero-compliance"
TITLE = "timezero: sepsis bundles"
SCHEMA_VERSION = 39
WIDTH = 24
"""Columns of Grafana's grid."""

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
CHOSEN = 'measure=~"$measure", facility=~"$facility", unit=~"$unit"'
CHOSEN_RATES = f'{CHOSEN}, window="$window"'

STATUS_COLOURS = {
    "open": "#0072B2",
    "due_soon": "#E69F00",
    "overdue": "#CC79A7",
    "met": "#009E73",
    "met_late": "#F0E442",
    "missed": "#D55E00",
    "cannot_assess": "#56B4E9",
}
"""Okabe and Ito, as on the board."""

Json = dict[str, Any]


def build() -> Json:
    """Build the dashboard as Grafana imports it; the same each time, byte for byte."""
    return {
        "uid": UID,
        "title": TITLE,
        "description": (
            "Rolling compliance with sepsis bundles, as the board counts it. Internal: small numbers are shown, and"
            " figures with pending elements are provisional."
        ),
        "tags": ["sepsis", "timezero"],
        "schemaVersion": SCHEMA_VERSION,
        "editable": False,
        "timezone": "browser",
        "refresh": "30s",
        "time": {"from": "now-24h", "to": "now"},
        "templating": {"list": _variables()},
        "panels": list(_panels()),
    }


def queries(dashboard: Json) -> dict[str, str]:
    """List every query of a dashboard by its panel's title, and by letter where a panel has several."""
    return {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in dashboard["panels"]
        for target in panel.get("targets", ())
    }


def _variables() -> list[Json]:
    return [
        {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"},
        _label_variable("measure", "Measure"),
        _label_variable("facility", "Facility"),
        _label_variable("unit", "Unit"),
        {
            "name": "window",
            "label": "Window",
            "type": "custom",
            "query": "24h,7d,30d",
            "options": [{"text": text, "value": text, "selected": text == "7d"} for text in ("24h", "7d", "30d")],
            "current": {"text": "7d", "value": "7d"},
        },
    ]


def _label_variable(label: str, title: str) -> Json:
    query = f"label_values(timezero_compliance_denominator, {label})"
    return {
        "name": label,
        "label": title,
        "type": "query",
        "datasource": DATASOURCE,
        "query": {"query": query, "refId": label},
        "definition": query,
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
    }


def _sum(count: str, by: str = "measure, element") -> str:
    return f"sum by ({by}) (timezero_compliance_{count}{{{CHOSEN_RATES}}})"


def _panels() -> Iterator[Json]:
    """Yield the panels from the top; a rate is the sum of numerators over the sum of denominators, never a mean."""
    rate = f"{_sum('numerator')} / ({_sum('denominator')} > 0)"
    bundle = rate.replace(CHOSEN_RATES, f'{CHOSEN_RATES}, element="bundle"')
    yield _panel("stat", "Bundle compliance", (0, 0, 8, 6), [(bundle, "{{measure}}")], unit="percentunit", top=1)
    yield _panel(
        "stat",
        "Clocks and elements now",
        (8, 0, 10, 6),
        [(f"sum by (status) (timezero_elements{{{CHOSEN}}})", "{{status}}")],
        colours=STATUS_COLOURS,
    )
    yield _panel(
        "stat",
        "Is anybody judging?",
        (18, 0, 6, 6),
        [("max(timezero_engine_age_seconds)", "engine silent for"), ("min(timezero_board_cache_up)", "board has data")],
    )
    yield _panel(
        "timeseries",
        "Compliance by element",
        (0, 6, 16, 10),
        [(rate, "{{measure}} {{element}}")],
        unit="percentunit",
        top=1,
        description="Met of the denominator in the chosen rolling window; what cannot be assessed counts as not met.",
    )
    yield _panel(
        "bargauge",
        "Behind the figures",
        (16, 6, 8, 10),
        [
            (f"sum(timezero_compliance_denominator{{{CHOSEN_RATES}}})", "counted"),
            (f"sum(timezero_compliance_cannot_assess{{{CHOSEN_RATES}}})", "cannot assess"),
            (f"sum(timezero_compliance_pending{{{CHOSEN_RATES}}})", "pending, not counted yet"),
            (f"sum(timezero_compliance_excluded{{{CHOSEN_RATES}}})", "excluded"),
        ],
    )
    yield _panel(
        "table",
        "Small numbers: 10 or fewer in the denominator",
        (0, 16, 12, 9),
        [(f"{_sum('denominator', 'measure, element, facility, unit')} <= 10", "")],
    )
    yield _panel(
        "timeseries",
        "Alerts kept, by kind",
        (12, 16, 12, 9),
        [
            (
                'sum by (kind) (timezero_alerts_kept{measure=~"$measure", facility=~"$facility", unit=~"$unit"})',
                "{{kind}}",
            )
        ],
    )
    yield _panel(
        "timeseries",
        "Age of each feed",
        (0, 25, 12, 8),
        [("max by (topic, source) (timezero_feed_age_seconds)", "{{topic}} {{source}}")],
        unit="s",
        description="Engine seconds since the newest message.",
    )
    yield _panel(
        "timeseries",
        "Messages by what became of them",
        (12, 25, 12, 8),
        [("sum by (topic, outcome) (timezero_feed_messages)", "{{topic}} {{outcome}}")],
    )


def _panel(
    kind: str,
    title: str,
    place: tuple[int, int, int, int],
    targets: list[tuple[str, str]],
    *,
    unit: str = "short",
    top: float | None = None,
    colours: dict[str, str] | None = None,
    description: str = "",
) -> Json:
    left, above, width, height = place
    defaults: Json = {"unit": unit, "min": 0, **({} if top is None else {"max": top})}
    return {
        "id": above * WIDTH + left + 1,
        "type": kind,
        "title": title,
        "description": description,
        "datasource": DATASOURCE,
        "gridPos": {"x": left, "y": above, "w": width, "h": height},
        "fieldConfig": {"defaults": defaults, "overrides": _overrides(colours or {})},
        "targets": [_target(kind, letter, *target) for letter, target in zip("ABCD", targets, strict=False)],
    }


def _target(kind: str, letter: str, expression: str, legend: str) -> Json:
    only_now = kind in {"stat", "bargauge", "table"}
    return {
        "refId": letter,
        "datasource": DATASOURCE,
        "expr": expression,
        "legendFormat": legend or "__auto",
        "instant": only_now,
        "range": not only_now,
        "format": "table" if kind == "table" else "time_series",
    }


def _overrides(colours: dict[str, str]) -> list[Json]:
    return [
        {
            "matcher": {"id": "byName", "options": name},
            "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": colour}}],
        }
        for name, colour in colours.items()
    ]
