"""The responses of training, over HTTP and in streams. The docstring of a class appears in the API description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rest_framework import serializers

from training import presenters, selectors
from training.contract.output_lines import MetricLine
from training.contract.trainer_catalogue import Trainer
from training.jobs.curves import Curve
from training.models import TrainingDataPoint, TrainingJob
from training.states import JobState
from youman.core.api.responses import Json, ResponseSerializer, TextOrNullField

_ANY = serializers.DictField
_NOTHING = (None, "", ())


class PointResponse(ResponseSerializer):
    id = serializers.UUIDField()
    original = serializers.CharField()
    humanized = serializers.CharField()
    strategy = serializers.CharField()
    level = serializers.IntegerField(allow_null=True)
    language = serializers.CharField()
    domain = serializers.CharField()
    split = serializers.CharField()
    quality = serializers.FloatField(allow_null=True)
    reasons = serializers.ListField(child=_ANY())
    pii = _ANY(help_text="Number of removed values of personal data, by kind")
    cluster = serializers.UUIDField()
    source = serializers.CharField()  # type: ignore[assignment]  # DRF's own attribute of that name
    consent = serializers.CharField(source="consent_version")
    times_used = serializers.IntegerField()
    created_at = serializers.DateTimeField()

    def read_source(self, row: TrainingDataPoint) -> str:
        return "rewrites" if row.transformation_id else "imports"


class PointDetailResponse(PointResponse):
    used_in = serializers.ListField(child=serializers.CharField(), help_text="Names of model versions trained on it")

    def read_used_in(self, row: TrainingDataPoint) -> list[str]:
        return selectors.versions_using(row.pk)


class StatsResponse(ResponseSerializer):
    points = serializers.IntegerField()
    by = _ANY(help_text="Number of pairs by split, language, domain, strategy and source; up to 100 values each")
    quality = _ANY(help_text="Mean quality of the scored pairs, by the same dimensions; `all` is the overall mean")


class ImportResponse(ResponseSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    licence = serializers.CharField()
    format = serializers.CharField()
    state = serializers.CharField(help_text="queued, running, completed, failed or cancelled")
    error = serializers.CharField(help_text="Why nothing was imported; empty otherwise")
    partial = serializers.BooleanField()  # type: ignore[assignment]  # DRF's own attribute of that name
    total = serializers.IntegerField(allow_null=True, help_text="Lines in the file; null until all have been checked")
    checked = serializers.IntegerField(help_text="Lines checked so far")
    lines = serializers.IntegerField(help_text="Lines processed so far")
    accepted = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    refused = serializers.IntegerField()
    report = serializers.ListField(child=_ANY(), help_text="The first 200 refused lines, as {line, outcome, problem}")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class WithdrawalResponse(ResponseSerializer):
    points = serializers.IntegerField()
    datasets = serializers.ListField(child=serializers.CharField())
    versions = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()


class TrainingConsentResponse(ResponseSerializer):
    consents = serializers.BooleanField(source="account.consents")
    version = serializers.CharField(source="account.consent_version")
    since = serializers.DateTimeField(source="account.consent_at", allow_null=True)
    points = serializers.IntegerField(help_text="Number of your pairs that are stored now")
    withdrawals = WithdrawalResponse(many=True)


class DatasetResponse(ResponseSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    root = serializers.CharField(help_text="SHA-256 over the sorted ids, hashes and splits")  # type: ignore[assignment]  # DRF's own attribute of that name
    points = serializers.IntegerField()
    counts = _ANY()
    query = _ANY()
    withdrawn = serializers.IntegerField()
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()


class ResourcesResponse(ResponseSerializer):
    cpus = serializers.IntegerField()
    memory_mib = serializers.IntegerField()
    gpus = serializers.IntegerField()


class ParameterResponse(ResponseSerializer):
    """A hyperparameter; bounds that do not apply are left out."""

    name = serializers.CharField()
    type = serializers.CharField()
    default = serializers.JSONField()
    title = serializers.CharField(required=False)
    description = serializers.CharField(required=False)
    minimum = serializers.FloatField(required=False)
    maximum = serializers.FloatField(required=False)
    exclusive_minimum = serializers.FloatField(required=False)
    choices = serializers.ListField(child=serializers.CharField(), required=False)
    max_length = serializers.IntegerField()
    pattern = serializers.CharField(required=False)


class TrainerResponse(ResponseSerializer):
    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    task = serializers.CharField()
    resources = ResourcesResponse()
    thresholds = serializers.DictField(child=serializers.FloatField())
    missing_modules = serializers.ListField(
        child=serializers.CharField(), help_text="Python modules that it needs and that are not installed"
    )
    parameters = ParameterResponse(many=True)

    def read_thresholds(self, trainer: Trainer) -> dict[str, float]:
        return dict(trainer.thresholds)

    def read_parameters(self, trainer: Trainer) -> list[Json]:
        return [
            {"default": parameter.default}
            | {name: value for name, value in asdict(parameter).items() if value not in _NOTHING}
            for parameter in trainer.parameters
        ]


class StepProgressResponse(ResponseSerializer):
    epoch = serializers.IntegerField()
    epochs = serializers.IntegerField()
    step = serializers.IntegerField()
    steps = serializers.IntegerField()
    percent = serializers.IntegerField()
    throughput = serializers.FloatField(allow_null=True)
    unit = serializers.CharField(source="throughput_unit")
    eta_low_s = serializers.IntegerField(allow_null=True)
    eta_high_s = serializers.IntegerField(allow_null=True)
    checkpoint_step = serializers.IntegerField(allow_null=True)

    def read_percent(self, row: TrainingJob) -> int:
        return presenters.percent(row)


class FailureResponse(ResponseSerializer):
    code = serializers.CharField(source="failure")
    detail = serializers.CharField(source="failure_detail")


class JobProgressResponse(ResponseSerializer):
    """The fields that change while a job runs; sent as the event `progress` of its stream."""

    state = serializers.CharField(help_text=f"One of {', '.join(JobState.values)}")
    stage = TextOrNullField()
    summary = serializers.CharField()
    attempt = serializers.IntegerField()
    progress = StepProgressResponse(source="*")
    waits_because = TextOrNullField()
    expected_at = serializers.DateTimeField(allow_null=True)
    warning = TextOrNullField()
    failure = FailureResponse(allow_null=True)
    started_at = serializers.DateTimeField(allow_null=True, help_text="When a supervisor started the attempt")
    trainer_started_at = serializers.DateTimeField(allow_null=True, help_text="When the trainer process started")
    finished_at = serializers.DateTimeField(allow_null=True)

    def read_summary(self, row: TrainingJob) -> str:
        return presenters.summary(row)

    def read_failure(self, row: TrainingJob) -> TrainingJob | None:
        return row if row.failure else None


class _JobHead(ResponseSerializer):
    id = serializers.UUIDField()
    model = serializers.CharField(source="model_name")
    dataset = serializers.UUIDField(source="dataset_id")
    dataset_name = serializers.CharField(source="dataset.name")
    trainer = serializers.CharField()
    hyperparameters = _ANY()
    thresholds = _ANY()
    base = serializers.CharField(allow_null=True)
    executor = serializers.CharField()
    resources = ResourcesResponse(source="*")
    priority = serializers.IntegerField()
    deadline_s = serializers.IntegerField()
    stall_s = serializers.IntegerField()
    notes = serializers.CharField()
    canary_share = serializers.IntegerField()
    requested_by = serializers.CharField(source="requested_by.user.username")
    created_at = serializers.DateTimeField()
    gate = TextOrNullField()
    gate_report = _ANY(allow_null=True)
    produced_version = TextOrNullField(source="produced")

    def read_base(self, row: TrainingJob) -> str | None:
        return str(row.base_version) if row.base_version else None


class JobResponse(_JobHead, JobProgressResponse):
    """A job and its progress."""


class JobEndResponse(ResponseSerializer):
    """The last event of a job's stream, `done`."""

    state = serializers.CharField(help_text="State of the job; `deleted` when the job no longer exists")
    produced_version = TextOrNullField(source="produced", required=False)


# Columns instead of rows: they take a third of the bytes.
class CurveResponse(ResponseSerializer):
    key = serializers.CharField()
    step = serializers.ListField(child=serializers.IntegerField())
    value = serializers.ListField(child=serializers.FloatField(allow_null=True))
    low = serializers.ListField(child=serializers.FloatField(allow_null=True))
    high = serializers.ListField(child=serializers.FloatField(allow_null=True))

    def read_step(self, curve: Curve) -> list[int]:
        return [point.step for point in curve.points]

    def read_value(self, curve: Curve) -> list[float | None]:
        return [point.value for point in curve.points]

    def read_low(self, curve: Curve) -> list[float | None]:
        return [point.low for point in curve.points]

    def read_high(self, curve: Curve) -> list[float | None]:
        return [point.high for point in curve.points]


class CurvesResponse(ResponseSerializer):
    keys = serializers.ListField(child=serializers.CharField())
    curves = CurveResponse(source="*", many=True)

    def read_keys(self, curves: Sequence[Curve]) -> list[str]:
        return [curve.key for curve in curves]


class StoredMetricsResponse(ResponseSerializer):
    stored = serializers.IntegerField(help_text="Number of accepted points, including those that were stored before")

    def read_stored(self, metrics: Sequence[MetricLine]) -> int:
        return len(metrics)


class LogLinesResponse(ResponseSerializer):
    lines = serializers.ListField(child=serializers.CharField())


class LogsResponse(LogLinesResponse):
    cursor = serializers.IntegerField(help_text="Send it as ?cursor= to get the following lines")


class EventResponse(ResponseSerializer):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    attempt = serializers.IntegerField()
    kind = serializers.CharField()
    message = serializers.CharField()
