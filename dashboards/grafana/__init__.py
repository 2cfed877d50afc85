"""The Grafana dashboard: built in code from the board's metrics, pushed with grafana-client."""

from dashboards.grafana.dashboard import build
from dashboards.grafana.push import GrafanaRefusedError, apply, read_token

__all__ = ["GrafanaRefusedError", "apply", "build", "read_token"]
