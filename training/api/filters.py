"""The query parameters of the endpoints that read training data and jobs."""

from __future__ import annotations

from training.datasets import export
from training.jobs import curves
from training.models.series import KEY_LENGTH
from training.models.splits import Split
from training.states import JobState
from youman.core.api.filters import Filter, StrictFilterSet
from youman.core.api.parameters import (
    ChoiceParameter,
    IntegerParameter,
    NumberParameter,
    Query,
    RepeatableParameter,
    TextParameter,
)


class PointFilters(StrictFilterSet):
    split = Filter(ChoiceParameter([str(one) for one in Split]))
    language = Filter(TextParameter(max_length=8))
    strategy = Filter(TextParameter(max_length=16))
    domain = Filter(TextParameter(max_length=50))
    min_quality = Filter(NumberParameter(min_value=0, max_value=1), "quality", "gte")


class JobFilters(StrictFilterSet):
    state = Filter(ChoiceParameter(JobState.choices))


class DatasetFilters(StrictFilterSet):
    q = Filter(TextParameter(max_length=100, help_text="A part of the name"), "name", "icontains")


class MetricsQuery(Query):
    key = RepeatableParameter(
        child=TextParameter(max_length=KEY_LENGTH),
        max_length=20,
        help_text="Key of a curve to return; repeatable. All curves when left out",
    )
    points = IntegerParameter(
        min_value=2,
        max_value=curves.MOST_POINTS,
        default=500,
        help_text="Approximate maximum of points per curve",
    )


class LogsQuery(Query):
    cursor = IntegerParameter(
        min_value=0,
        max_value=10**18 - 1,
        default=0,
        help_text="Return the lines after this cursor, taken from the previous response",
    )


class DatasetExportQuery(Query):
    split = ChoiceParameter([str(one) for one in export.CHANNELS], required=True)
    file_format = ChoiceParameter(export.FORMATS, default="jsonl")
