"""What requests may hold. Types are checked here, meaning in the services, so that commands share it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from training.contract.executor import Resources
from training.datasets.freezing import SOURCES, DatasetQuery
from training.jobs.lifecycle import JobRequest
from training.pairs.file_rows import FORMATS

Plain = serializers.Serializer[object]


class ImportAsk(Plain):
    file = serializers.FileField(help_text="JSONL, CSV or Parquet with the columns original and humanized; 64 MB")
    format = serializers.ChoiceField(choices=FORMATS, required=False, help_text="By the name's ending when left out")
    licence = serializers.CharField(default="", allow_blank=True, max_length=200)
    scored = serializers.BooleanField(default=True, help_text="false leaves the quality score out: quicker")


class QueryAsk(Plain):
    min_quality = serializers.FloatField(required=False, allow_null=True)
    languages = serializers.ListField(child=serializers.CharField(max_length=8), required=False)
    strategies = serializers.ListField(child=serializers.CharField(max_length=16), required=False)
    domains = serializers.ListField(child=serializers.CharField(max_length=50), required=False)
    source = serializers.ChoiceField(choices=SOURCES, required=False)  # type: ignore[assignment]  # DRF's own attribute of that name
    min_words = serializers.IntegerField(required=False, min_value=0, max_value=1_000_000)
    max_words = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=1_000_000)
    per_author = serializers.IntegerField(required=False, min_value=1, max_value=10_000_000)
    per_cluster = serializers.IntegerField(required=False, min_value=1, max_value=10_000_000)
    limit = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=10_000_000)


class DatasetAsk(Plain):
    name = serializers.CharField(max_length=100)
    query = QueryAsk(required=False)

    def query_asked(self) -> DatasetQuery:
        given: dict[str, Any] = dict(self.validated_data.get("query", {}))
        lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
        return DatasetQuery(**(given | lists))


class ResourcesAsk(Plain):
    cpus = serializers.IntegerField(min_value=1, max_value=1_024)
    memory_mib = serializers.IntegerField(min_value=64, max_value=4_194_304)
    gpus = serializers.IntegerField(min_value=0, max_value=64, default=0)

    def resources(self) -> Resources:
        return Resources(**self.validated_data)


class JobCreateAsk(Plain):
    model = serializers.CharField(max_length=100, help_text="The registered model that gets the version")
    dataset = serializers.UUIDField()
    trainer = serializers.CharField(max_length=64)
    hyperparameters = serializers.DictField(default=dict)
    thresholds = serializers.DictField(child=serializers.FloatField(), default=dict)
    base = serializers.CharField(default="", allow_blank=True, max_length=200, help_text="model/3 or model@champion")
    executor = serializers.CharField(default="local", max_length=32)
    resources = ResourcesAsk(required=False, allow_null=True)
    priority = serializers.IntegerField(default=0, min_value=-10, max_value=10)
    deadline_s = serializers.IntegerField(default=86_400, min_value=1)
    stall_s = serializers.IntegerField(default=600, min_value=1)
    notes = serializers.CharField(default="", allow_blank=True, max_length=10_000)
    canary_share = serializers.IntegerField(
        default=0, min_value=0, max_value=100, help_text="Deploy what passes the gate with so many per cent; 0: do not"
    )

    def ask(self) -> JobRequest:
        data: dict[str, Any] = dict(self.validated_data)
        given = data.get("resources")
        return JobRequest(**(data | {"resources": Resources(**given) if given else None}))


class RetryAsk(Plain):
    resources = ResourcesAsk(required=False, allow_null=True)


class MetricAsk(Plain):
    key = serializers.CharField(max_length=64)
    step = serializers.IntegerField(min_value=0)
    value = serializers.FloatField(allow_null=True)


class MetricsAsk(Plain):
    """Documents the body; it is checked by hand, since a thousand points are to take milliseconds."""

    metrics = MetricAsk(many=True)
