"""The parameters that the reads of training take in their query strings."""

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


class MetricsQuery(Query):
    key = RepeatableParameter(
        child=TextParameter(max_length=KEY_LENGTH), max_length=20, help_text="Only these curves; may be repeated"
    )
    points = IntegerParameter(
        min_value=2, max_value=curves.MOST_POINTS, default=500, help_text="About how many points a curve has at most"
    )


class LogsQuery(Query):
    cursor = IntegerParameter(
        min_value=0, max_value=10**18 - 1, default=0, help_text="Only lines after this cursor, which a page ends with"
    )


class DatasetExportQuery(Query):
    split = ChoiceParameter([str(one) for one in export.CHANNELS], required=True)
    file_format = ChoiceParameter(export.FORMATS, default="jsonl")
