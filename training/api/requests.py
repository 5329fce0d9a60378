"""The bodies of requests. Types are checked here; meaning is checked in the domain, so that commands share it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from training.contract.executor import Resources
from training.datasets.freezing import SOURCES, DatasetQuery
from training.jobs.lifecycle import JobRequest
from training.pairs.file_formats import FORMATS
from youman.core.api.requests import RequestSerializer


class ImportPairs(RequestSerializer):
    file = serializers.FileField(help_text="JSON lines, JSON, CSV or Parquet with the columns original and humanized")
    format = serializers.ChoiceField(
        choices=FORMATS, required=False, help_text="Detected from the content when left out"
    )
    licence = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=200,
        help_text="The licence under which models may train on the pairs",
    )
    scored = serializers.BooleanField(
        default=True, help_text="Whether to compute the quality score; false makes the import faster"
    )
    partial = serializers.BooleanField(  # type: ignore[assignment]  # DRF's own attribute of that name
        default=False, help_text="Whether to import the valid lines although others are refused"
    )


class DatasetSelection(RequestSerializer):
    """The query that selects the pairs of a dataset."""

    min_quality = serializers.FloatField(
        required=False, allow_null=True, help_text="Minimum quality, 0 to 1; excludes unscored pairs"
    )
    languages = serializers.ListField(child=serializers.CharField(max_length=8), required=False)
    strategies = serializers.ListField(child=serializers.CharField(max_length=16), required=False)
    domains = serializers.ListField(child=serializers.CharField(max_length=50), required=False)
    source = serializers.ChoiceField(choices=SOURCES, required=False)  # type: ignore[assignment]  # DRF's own attribute of that name
    min_words = serializers.IntegerField(
        required=False, min_value=0, max_value=1_000_000, help_text="Minimum number of words in the draft"
    )
    max_words = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=1_000_000,
        help_text="Maximum number of words in the draft",
    )
    per_author = serializers.IntegerField(
        required=False, min_value=1, max_value=10_000_000, help_text="Maximum pairs per author"
    )
    per_cluster = serializers.IntegerField(
        required=False, min_value=1, max_value=10_000_000, help_text="Maximum pairs per near-duplicate cluster"
    )
    limit = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=10_000_000, help_text="Maximum pairs in the dataset"
    )


class CreateDataset(RequestSerializer):
    name = serializers.CharField(max_length=100)
    query = DatasetSelection(required=False)

    def dataset_query(self) -> DatasetQuery:
        fields: dict[str, Any] = dict(self.validated_data.get("query", {}))
        lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
        return DatasetQuery(**(fields | lists))


class JobResources(RequestSerializer):
    cpus = serializers.IntegerField(min_value=1, max_value=1_024)
    memory_mib = serializers.IntegerField(min_value=64, max_value=4_194_304)
    gpus = serializers.IntegerField(min_value=0, max_value=64, default=0)

    def resources(self) -> Resources:
        return Resources(**self.validated_data)


class CreateTrainingJob(RequestSerializer):
    model = serializers.CharField(
        max_length=100,
        help_text="Name of the registered model that gets the new version; created if it does not exist",
    )
    dataset = serializers.UUIDField()
    trainer = serializers.CharField(max_length=64)
    hyperparameters = serializers.DictField(default=dict)
    thresholds = serializers.DictField(child=serializers.FloatField(), default=dict)
    base = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=200,
        help_text="The version to continue training from: model/3 or model@champion",
    )
    executor = serializers.CharField(default="local", max_length=32)
    resources = JobResources(required=False, allow_null=True)
    priority = serializers.IntegerField(
        default=0, min_value=-10, max_value=10, help_text="A higher priority starts first"
    )
    deadline_s = serializers.IntegerField(
        default=86_400, min_value=1, help_text="Seconds after which a running job is stopped and fails"
    )
    stall_s = serializers.IntegerField(
        default=600, min_value=1, help_text="Seconds without progress after which the job is stopped"
    )
    notes = serializers.CharField(default="", allow_blank=True, max_length=10_000)
    canary_share = serializers.IntegerField(
        default=0,
        min_value=0,
        max_value=100,
        help_text="Percentage of traffic for a model that passes the gate; 0 does not deploy it",
    )

    def job_request(self) -> JobRequest:
        data: dict[str, Any] = dict(self.validated_data)
        fields = data.get("resources")
        return JobRequest(**(data | {"resources": Resources(**fields) if fields else None}))


class RetryTrainingJob(RequestSerializer):
    resources = JobResources(required=False, allow_null=True)


class MetricPoint(RequestSerializer):
    key = serializers.CharField(max_length=64)
    step = serializers.IntegerField(min_value=0)
    value = serializers.FloatField(allow_null=True)


class StoreMetrics(RequestSerializer):
    """Documents the body, which is checked by hand so that a thousand points take milliseconds."""

    metrics = MetricPoint(many=True)
