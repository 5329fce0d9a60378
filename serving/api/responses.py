"""Response bodies of serving, over HTTP and with `--json`. The API description includes a class's docstring."""

from __future__ import annotations

from decimal import Decimal

from rest_framework import serializers

from serving.gateway.costs import plain_amount
from serving.models import Deployment, DriftAlert, DriftReport, Invocation, ProviderKey
from youman.core.api.responses import ResponseSerializer


class MoneyField(serializers.CharField):
    def to_representation(self, value: Decimal) -> str:  # type: ignore[override]  # the value is not a text
        return plain_amount(value)


class CostRowResponse(ResponseSerializer):
    key = serializers.CharField(
        help_text="The day, model, deployment, tier, strategy, purpose or account that the row sums up"
    )
    calls = serializers.IntegerField()
    failed = serializers.IntegerField()
    cached = serializers.IntegerField(help_text="Calls answered from the cache, at no cost")
    estimated = serializers.IntegerField(help_text="Calls whose tokens are estimated, since the vendor sent no usage")
    baseline_estimated = serializers.IntegerField(
        help_text="Calls without counted tokens, so that the baseline is estimated"
    )
    words = serializers.IntegerField()
    tokens_in = serializers.IntegerField()
    tokens_out = serializers.IntegerField()
    cost = MoneyField(help_text="Cost in US dollars")
    baseline = MoneyField(help_text="Cost in US dollars if the baseline model had answered all calls")
    saving = MoneyField(help_text="Baseline less cost, in US dollars")
    saved_share = serializers.FloatField(allow_null=True)


class CostsResponse(ResponseSerializer):
    since = serializers.DateField(source="query.since")
    until = serializers.DateField(source="query.until")
    by = serializers.CharField()
    rows = CostRowResponse(many=True)
    total = CostRowResponse()


class HealthResponse(ResponseSerializer):
    state = serializers.CharField(help_text="closed, open, half-open, cooling or unknown")
    why = serializers.CharField(allow_blank=True)
    until = serializers.DateTimeField(allow_null=True)
    failures = serializers.IntegerField()
    under_way = serializers.IntegerField()


class DeploymentResponse(ResponseSerializer):
    name = serializers.CharField()
    kind = serializers.CharField()
    backend = serializers.CharField()
    model = serializers.CharField(allow_blank=True, help_text="Vendor's id of the model that is actually called")
    note = serializers.CharField(allow_blank=True)
    state = serializers.CharField()
    state_note = serializers.CharField(allow_blank=True)
    tier_floor = serializers.CharField()
    traffic_share = serializers.IntegerField()
    health = HealthResponse()


class ProviderKeyResponse(serializers.ModelSerializer[ProviderKey]):
    class Meta:
        model = ProviderKey
        fields = ["owner", "hint", "hosts", "created_at", "rotated_at"]


class InvocationResponse(serializers.ModelSerializer[Invocation]):
    deployment = serializers.SlugRelatedField[Deployment](slug_field="name", read_only=True)
    cost = MoneyField(read_only=True)
    baseline_cost = MoneyField(read_only=True)

    class Meta:
        model = Invocation
        fields = [
            "id", "created_at", "deployment", "model", "account", "tier", "transformation", "chunk", "attempt",
            "number", "purpose", "strategy", "complexity", "service_tier", "latency_ms", "tokens_in", "tokens_cached",
            "tokens_cache_write", "tokens_out", "tokens_thinking", "usage", "unit_prices", "price_list", "cost",
            "baseline_cost", "baseline_estimated", "error", "estimated", "cached_hit", "words_in", "words_out",
        ]  # fmt: skip


class DriftFigureResponse(ResponseSerializer):
    name = serializers.CharField()
    value = serializers.FloatField(help_text="Population stability index of an input, or the change of a share")
    threshold = serializers.FloatField()
    drifted = serializers.BooleanField()
    sentence = serializers.CharField()


class DriftReportResponse(serializers.ModelSerializer[DriftReport]):
    deployment = serializers.SlugRelatedField[Deployment](slug_field="name", read_only=True)
    figures = DriftFigureResponse(many=True)

    class Meta:
        model = DriftReport
        fields = [
            "deployment", "created_at", "reference_from", "recent_from", "until", "reference_calls", "recent_calls",
            "figures",
        ]  # fmt: skip


class DriftAlertResponse(serializers.ModelSerializer[DriftAlert]):
    deployment = serializers.SlugRelatedField[Deployment](slug_field="name", read_only=True)

    class Meta:
        model = DriftAlert
        fields = [
            "id", "deployment", "figure", "value", "threshold", "sentence", "created_at", "acknowledged_at",
            "acknowledged_by",
        ]  # fmt: skip
