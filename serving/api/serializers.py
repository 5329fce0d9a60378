"""What serving's answers hold, and the one thing that requests hold."""

from __future__ import annotations

from collections.abc import Sequence

from rest_framework import serializers

from registry.contracts import VersionRef
from serving.deployments.overview import DeploymentOverview
from serving.deployments.rollout import DeployRequest
from serving.gateway.costs import CostRow, Costs, plain_amount
from serving.models import Deployment, Invocation, ProviderKey, Rollout
from youman.core.models.tiers import Tier

Plain = serializers.Serializer[object]


class CostRowReply(Plain):
    key = serializers.CharField(help_text="The day, model, deployment, tier, strategy or account")
    calls = serializers.IntegerField()
    failed = serializers.IntegerField()
    cached = serializers.IntegerField(help_text="Answered from one's own cache, at no cost")
    estimated = serializers.IntegerField(help_text="Where the vendor sent no usage")
    baseline_estimated = serializers.IntegerField(help_text="Where no tokens were counted: the baseline is a guess")
    words = serializers.IntegerField()
    tokens_in = serializers.IntegerField()
    tokens_out = serializers.IntegerField()
    cost = serializers.CharField(help_text="US dollars")
    baseline = serializers.CharField(help_text="US dollars, had the baseline model written all")
    saving = serializers.CharField(help_text="US dollars")
    saved_share = serializers.FloatField(allow_null=True)


class CostsReply(Plain):
    since = serializers.DateField()
    until = serializers.DateField()
    by = serializers.CharField()
    rows = CostRowReply(many=True)
    total = CostRowReply()


class HealthReply(Plain):
    state = serializers.CharField(help_text="closed, open, half-open, cooling or unknown")
    why = serializers.CharField(allow_blank=True)
    until = serializers.DateTimeField(allow_null=True)
    failures = serializers.IntegerField()
    under_way = serializers.IntegerField()


class DeploymentReply(Plain):
    name = serializers.CharField()
    kind = serializers.CharField()
    backend = serializers.CharField()
    model = serializers.CharField(allow_blank=True, help_text="That is really called")
    note = serializers.CharField(allow_blank=True)
    state = serializers.CharField()
    state_note = serializers.CharField(allow_blank=True)
    tier_floor = serializers.CharField()
    traffic_share = serializers.IntegerField()
    health = HealthReply()


class DeployVersion(Plain):
    model = serializers.CharField(max_length=100, help_text="The registered model")
    number = serializers.IntegerField(min_value=1)
    name = serializers.SlugField(max_length=100, default="", allow_blank=True)
    strategy = serializers.ChoiceField(choices=Rollout.choices, default=Rollout.CANARY)
    share = serializers.IntegerField(min_value=0, max_value=100, default=None, allow_null=True)
    tier_floor = serializers.ChoiceField(choices=Tier.choices, default=Tier.PROFESSIONAL)
    ramps = serializers.BooleanField(
        default=None, allow_null=True, help_text="A canary gets more, or drains, by what writers keep; null as set up"
    )

    def ask(self) -> DeployRequest:
        given = self.validated_data
        return DeployRequest(
            version=VersionRef(given["model"], given["number"]),
            name=given["name"],
            strategy=given["strategy"],
            share=given["share"],
            tier_floor=given["tier_floor"],
            ramps=given["ramps"],
        )


class ProviderKeyReply(serializers.ModelSerializer[ProviderKey]):
    class Meta:
        model = ProviderKey
        fields = ["owner", "hint", "created_at", "rotated_at"]


class NewProviderKey(Plain):
    owner = serializers.CharField(max_length=100, help_text="A provider of the catalogue, or a deployment")
    secret = serializers.CharField(max_length=500, write_only=True, trim_whitespace=True)


class InvocationReply(serializers.ModelSerializer[Invocation]):
    deployment = serializers.SlugRelatedField[Deployment](slug_field="name", read_only=True)
    cost = serializers.SerializerMethodField()
    baseline_cost = serializers.SerializerMethodField()

    class Meta:
        model = Invocation
        fields = [
            "id", "created_at", "deployment", "model", "account", "tier", "transformation", "chunk", "attempt",
            "number", "strategy", "complexity", "service_tier", "latency_ms", "tokens_in", "tokens_cached",
            "tokens_cache_write", "tokens_out", "tokens_thinking", "usage", "unit_prices", "price_list", "cost",
            "baseline_cost", "baseline_estimated", "error", "estimated", "cached_hit", "words_in", "words_out",
        ]  # fmt: skip

    def get_cost(self, row: Invocation) -> str:
        return plain_amount(row.cost)

    def get_baseline_cost(self, row: Invocation) -> str:
        return plain_amount(row.baseline_cost)


def costs_json(found: Costs) -> dict[str, object]:
    return {
        "since": found.asked.since,
        "until": found.asked.until,
        "by": found.by,
        "rows": [_row(row) for row in found.rows],
        "total": _row(found.total),
    }


def _row(row: CostRow) -> dict[str, object]:
    names = (
        "key",
        "calls",
        "failed",
        "cached",
        "estimated",
        "baseline_estimated",
        "words",
        "tokens_in",
        "tokens_out",
        "saved_share",
    )
    money = {name: plain_amount(getattr(row, name)) for name in ("cost", "baseline", "saving")}
    return {name: getattr(row, name) for name in names} | money


def deployments_json(found: Sequence[DeploymentOverview]) -> list[dict[str, object]]:
    return [dict(DeploymentReply(one).data) for one in found]
