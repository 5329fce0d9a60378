"""The replies as OpenAPI shows them. The views answer plain dicts (see `shapes`): these classes only document."""

from __future__ import annotations

from rest_framework import serializers

from training.states import JobState

Plain = serializers.Serializer[object]
_ANY = serializers.DictField


class PointReply(Plain):
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
    pii = _ANY(help_text="How much personal data was taken out, by kind")
    cluster = serializers.UUIDField()
    source = serializers.CharField()  # type: ignore[assignment]  # DRF's own attribute of that name
    consent = serializers.CharField()
    times_used = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class WholePointReply(PointReply):
    used_in = serializers.ListField(child=serializers.CharField(), help_text="Model versions trained on it")


class StatsReply(Plain):
    points = serializers.IntegerField()
    by = _ANY(help_text="Counts by split, language, domain, strategy and source, the most frequent 100 of each")
    quality = _ANY(help_text="The mean quality of the scored pairs, by the same dimensions and of all")


class ImportReply(Plain):
    id = serializers.UUIDField()
    name = serializers.CharField()
    licence = serializers.CharField()
    lines = serializers.IntegerField()
    accepted = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    refused = serializers.IntegerField()
    report = serializers.ListField(child=_ANY(), help_text="The first 200 lines that were not taken in")
    created_at = serializers.DateTimeField()


class TrainingConsentReply(Plain):
    consents = serializers.BooleanField()
    version = serializers.CharField()
    since = serializers.DateTimeField(allow_null=True)
    points = serializers.IntegerField(help_text="One's own pairs now")
    withdrawals = serializers.ListField(child=_ANY())


class DatasetReply(Plain):
    id = serializers.UUIDField()
    name = serializers.CharField()
    root = serializers.CharField(help_text="SHA-256 over the sorted ids, hashes and splits")  # type: ignore[assignment]  # DRF's own attribute of that name
    points = serializers.IntegerField()
    counts = _ANY()
    query = _ANY()
    withdrawn = serializers.IntegerField()
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()


class TrainerReply(Plain):
    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    task = serializers.CharField()
    resources = _ANY()
    thresholds = _ANY()
    lacks = serializers.ListField(child=serializers.CharField())
    parameters = serializers.ListField(child=_ANY())


class JobReply(Plain):
    id = serializers.UUIDField()
    model = serializers.CharField()
    dataset = serializers.UUIDField()
    dataset_name = serializers.CharField()
    trainer = serializers.CharField()
    hyperparameters = _ANY()
    thresholds = _ANY()
    base = serializers.CharField(allow_null=True)
    executor = serializers.CharField()
    resources = _ANY()
    priority = serializers.IntegerField()
    deadline_s = serializers.IntegerField()
    stall_s = serializers.IntegerField()
    notes = serializers.CharField()
    canary_share = serializers.IntegerField()
    requested_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    gate = serializers.CharField(allow_null=True)
    gate_report = _ANY(allow_null=True)
    produced_version = serializers.CharField(allow_null=True)
    state = serializers.CharField(help_text=f"One of {', '.join(JobState.values)}")
    stage = serializers.CharField(allow_null=True)
    summary = serializers.CharField()
    attempt = serializers.IntegerField()
    progress = _ANY()
    waits_because = serializers.CharField(allow_null=True)
    expected_at = serializers.DateTimeField(allow_null=True)
    warning = serializers.CharField(allow_null=True)
    failure = _ANY(allow_null=True)
    started_at = serializers.DateTimeField(allow_null=True, help_text="When a supervisor took it")
    trainer_started_at = serializers.DateTimeField(allow_null=True, help_text="When the trainer itself first ran")
    finished_at = serializers.DateTimeField(allow_null=True)


class CurveReply(Plain):
    key = serializers.CharField()
    step = serializers.ListField(child=serializers.IntegerField())
    value = serializers.ListField(child=serializers.FloatField(allow_null=True))
    low = serializers.ListField(child=serializers.FloatField(allow_null=True))
    high = serializers.ListField(child=serializers.FloatField(allow_null=True))


class CurvesReply(Plain):
    keys = serializers.ListField(child=serializers.CharField())
    curves = CurveReply(many=True)


class StoredReply(Plain):
    stored = serializers.IntegerField(help_text="Points taken in; those that were there already count too")


class LogsReply(Plain):
    lines = serializers.ListField(child=serializers.CharField())
    cursor = serializers.IntegerField(help_text="Send it as ?cursor= to go on")


class EventReply(Plain):
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    attempt = serializers.IntegerField()
    kind = serializers.CharField()
    message = serializers.CharField()
