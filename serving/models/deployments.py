"""Deployments: what can be called, with its state, limits and share of the traffic."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from registry.models import ModelVersion
from serving.models.catalogue import ProviderModel
from serving.states import DeploymentState
from youman.core.models.tiers import Tier


class DeploymentKind(models.TextChoices):
    LLM = "llm", "LLM"
    MODEL = "model", "Own model"
    RULES = "rules", "Rules"


class ProtocolName(models.TextChoices):
    REWRITE = "rewrite", "Text to text"
    SCORE = "score", "Arrays to arrays"


class Rollout(models.TextChoices):
    BLUE_GREEN = "blue_green", "Blue and green"
    CANARY = "canary", "Canary"
    ROLLING = "rolling", "Rolling"


class Deployment(models.Model):
    """A model, or the rules, as something that can be called. The state changes only as `serving.states` allows."""

    name = models.SlugField(max_length=100, unique=True)
    kind = models.CharField(max_length=8, choices=DeploymentKind.choices)
    backend = models.CharField(max_length=32, help_text="Kind of backend; `serving/backends/vendors.py` lists them")
    protocol = models.CharField(max_length=8, choices=ProtocolName.choices, default=ProtocolName.REWRITE)
    provider_model = models.ForeignKey(ProviderModel, models.PROTECT, null=True, blank=True, related_name="deployments")
    version = models.ForeignKey(ModelVersion, models.PROTECT, null=True, blank=True, related_name="deployments")
    endpoint = models.URLField(max_length=300, blank=True, help_text="URL to call instead of the vendor's own")
    options = models.JSONField(default=dict, blank=True, help_text="Options of the backend; never put a key here")
    description = models.CharField(max_length=300, blank=True)
    tier_floor = models.CharField(
        max_length=16, choices=Tier.choices, default=Tier.BASIC, help_text="Lowest tier that may use it"
    )
    capabilities = models.JSONField(default=dict, blank=True, help_text="Overrides the model's capability flags")
    state = models.CharField(max_length=16, choices=DeploymentState.choices, default=DeploymentState.DRAFT)
    state_note = models.CharField(max_length=300, blank=True)
    strategy = models.CharField(max_length=16, choices=Rollout.choices, default=Rollout.BLUE_GREEN)
    traffic_share = models.PositiveSmallIntegerField(default=100, help_text="Percentage of eligible calls")
    share_since = models.DateTimeField(default=timezone.now, editable=False)
    ramps = models.BooleanField(
        default=False,
        help_text="Ramp automatically: more traffic while writers keep as many of its edits as of others', otherwise "
        "drain",
    )
    languages = models.JSONField(
        default=list, blank=True, help_text="Two-letter codes of the languages it accepts; empty for all"
    )
    max_words = models.PositiveIntegerField(
        null=True, blank=True, help_text="Words of the longest text; empty for no limit"
    )
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True, help_text="Over all processes")
    tokens_per_minute = models.PositiveIntegerField(null=True, blank=True, help_text="Over all processes")
    concurrency = models.PositiveIntegerField(
        null=True, blank=True, help_text="Maximum concurrent calls, over all processes"
    )
    frozen = models.BooleanField(
        default=False, help_text="Do not move it in the order of candidates by what writers accept"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=DeploymentState.values), name="serving_deployment_state_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=DeploymentKind.values), name="serving_kind_known"),
            models.CheckConstraint(condition=Q(protocol__in=ProtocolName.values), name="serving_protocol_known"),
            models.CheckConstraint(condition=Q(strategy__in=Rollout.values), name="serving_rollout_known"),
            models.CheckConstraint(condition=Q(traffic_share__range=(0, 100)), name="serving_share_in_bounds"),
            models.CheckConstraint(condition=Q(tier_floor__in=Tier.values), name="serving_tier_floor_known"),
            models.CheckConstraint(
                condition=~Q(kind=DeploymentKind.LLM) | Q(provider_model__isnull=False), name="serving_llm_has_a_model"
            ),
        ]

    def __str__(self) -> str:
        return self.name
