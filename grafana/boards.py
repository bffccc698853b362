"""What all dashboards have in common: variables, links, refresh."""

from collections.abc import Sequence
from typing import Any

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import dashboard as models

_TAG = "eventsmith"
Rows = Sequence[tuple[str, Sequence[Any]]]
"""Panels under their headings."""


def board(uid: str, title: str, description: str, rows: Rows) -> models.Dashboard:
    """A dashboard of these rows."""
    made = (
        builders.Dashboard(f"eventsmith · {title}")
        .uid(f"eventsmith-{uid}")
        .description(description)
        .tags([_TAG])
        .refresh("30s")
        .time("now-1h", "now")
        .timezone("browser")
        .readonly()
        .with_variable(
            builders.DatasourceVariable("datasource")
            .label("Prometheus")
            .type("prometheus")
            .current(models.VariableOption(text="eventsmith", value="eventsmith"))
        )
        .with_variable(
            builders.QueryVariable("application")
            .label("Application")
            .datasource(models.DataSourceRef(type_val="prometheus", uid="${datasource}"))
            .query("label_values(ray_vllm_health_status, application)")
            .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
            .include_all(True)
            .all_value(".*")
        )
        .with_variable(_text("ray_dashboard", "Ray dashboard", "http://localhost:8265"))
        .with_variable(_text("mlflow", "MLflow", "http://localhost:5000"))
        .link(
            builders.DashboardLink("eventsmith")
            .type(models.DashboardLinkType.DASHBOARDS)
            .tags([_TAG])
            .as_dropdown(True)
            .include_vars(True)
            .keep_time(True)
        )
        .link(_link("Ray dashboard", "${ray_dashboard}"))
        .link(_link("MLflow", "${mlflow}"))
    )
    for heading, panels in rows:
        made.with_row(builders.Row(heading))
        for panel in panels:
            made.with_panel(panel)
    built = made.build()
    for number, panel in enumerate(built.panels or (), 1):
        panel.id_val = number
    return built


def _text(name: str, label: str, default: str) -> builders.TextBoxVariable:
    return builders.TextBoxVariable(name).label(label).default_value(default)


def _link(title: str, url: str) -> builders.DashboardLink:
    return (
        builders.DashboardLink(title)
        .type(models.DashboardLinkType.LINK)
        .url(url)
        .target_blank(True)
    )
