"""The few kinds of panels there are."""

from collections.abc import Mapping
from typing import Any

from grafana_foundation_sdk.builders import (
    common,
    dashboard,
    heatmap,
    prometheus,
    stat,
    statetimeline,
    timeseries,
)
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from grafana.steps import Steps, thresholds

SOURCE = models.DataSourceRef(type_val="prometheus", uid="${datasource}")
_WIDE, _NARROW, _TALL, _LOW = 12, 4, 8, 4
"""Of the 24 columns a dashboard has, and in its rows."""
Targets = Mapping[str, str]
"""PromQL by legend; a legend such as `{{source}}` names the series of a label."""


def lines(
    title: str,
    description: str,
    unit: str,
    targets: Targets,
    steps: Steps = (),
    *,
    stacked: bool = False,
) -> timeseries.Panel:
    """Series over time; steps are dashed lines across it."""
    panel = (
        _placed(timeseries.Panel(), title, description, unit, _WIDE, _TALL)
        .min(0)
        .line_width(2)
        .fill_opacity(30 if stacked else 5)
        .show_points(common_models.VisibilityMode.NEVER)
        .span_nulls(False)
        .legend(
            common.VizLegendOptions()
            .display_mode(common_models.LegendDisplayMode.LIST)
            .placement(common_models.LegendPlacement.BOTTOM)
            .show_legend(True)
        )
        .tooltip(common.VizTooltipOptions().mode(common_models.TooltipDisplayMode.MULTI))
    )
    if stacked:
        panel.stacking(common.StackingConfig().mode(common_models.StackingMode.NORMAL))
    if steps:
        dashed = common_models.GraphTresholdsStyleMode.DASHED
        panel.thresholds(thresholds(steps))
        panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(dashed))
    return _asking(panel, targets)


def figure(
    title: str,
    description: str,
    unit: str,
    expression: str,
    steps: Steps,
    names: Mapping[int, str] | None = None,
) -> stat.Panel:
    """One figure in the colour of its step; `names` are what its values are called."""
    panel = (
        _placed(stat.Panel(), title, description, unit, _NARROW, _LOW)
        .thresholds(thresholds(steps))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .no_value("no data")
    )
    if names:
        panel.mappings(_mappings(names))
    return _asking(panel, {title: expression})


def heat(title: str, description: str, unit: str, expression: str) -> heatmap.Panel:
    """How often which value, over time; the expression is of a histogram's buckets."""
    return (
        _placed(heatmap.Panel(), title, description, unit, _WIDE, _TALL)
        .calculate(False)
        .y_axis(heatmap.YAxisConfig().unit(unit))
        .with_target(_target(expression, "{{le}}", "A").format(PromQueryFormat.HEATMAP))
    )


def states(
    title: str, description: str, names: Mapping[int, str], steps: Steps, targets: Targets
) -> statetimeline.Panel:
    """What something was, over time: the names of its values."""
    panel = (
        _placed(statetimeline.Panel(), title, description, "none", _WIDE, _LOW + 1)
        .thresholds(thresholds(steps))
        .color_scheme(dashboard.FieldColor().mode(models.FieldColorModeId.THRESHOLDS))
        .mappings(_mappings(names))
        .merge_values(True)
    )
    return _asking(panel, targets)


def _placed(panel: Any, title: str, description: str, unit: str, columns: int, rows: int) -> Any:
    """What every kind of panel has; the kinds share no type in the library."""
    return (
        panel.title(title)
        .description(description)
        .unit(unit)
        .datasource(SOURCE)
        .span(columns)
        .height(rows)
    )


def _asking(panel: Any, targets: Targets) -> Any:
    for place, (legend, expression) in enumerate(targets.items()):
        panel.with_target(_target(expression, legend, chr(ord("A") + place)))
    return panel


def _target(expression: str, legend: str, name: str) -> prometheus.Dataquery:
    return (
        prometheus.Dataquery()
        .expr(expression)
        .range()
        .legend_format(legend)
        .ref_id(name)
        .datasource(SOURCE)
    )


def _mappings(names: Mapping[int, str]) -> list[models.ValueMapping]:
    """The text alone: a value's colour is that of its step."""
    texts = {
        str(value): models.ValueMappingResult(text=name, index=place)
        for place, (value, name) in enumerate(names.items())
    }
    return [models.ValueMap(options=texts)]
