"""What can be called (catalogue, deployments, keys) and what calling it did (ledger, outcomes, budgets).

The ledger is append-only: triggers of the migration refuse every UPDATE. No row here holds a writer's text.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from registry.models import ModelVersion
from serving.models.drift import DriftAlert as DriftAlert
from serving.models.drift import DriftReport as DriftReport
from serving.states import BatchState, DeploymentState, ItemState
from youman.core.accounts.tiers import Tier
from youman.core.database.ids import new_id

ZERO = Decimal(0)
# genai-prices multiplies exact list prices a million tokens: 15 places hold every product.
MONEY_DIGITS, MONEY_PLACES = 24, 15


def _money(**options: object) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES, **options)  # type: ignore[arg-type]


class Thinking(models.TextChoices):
    NONE = "none", "Does not think"
    OFF = "off", "Can be switched off"
    LOWEST = "lowest", "Can only be turned down"


class SizeClass(models.TextChoices):
    SMALL = "small", "Small"
    LARGE = "large", "Large"


class ProviderModel(models.Model):
    """The catalogue: a vendor's model, what it can do, and when it ends. `provider` is named as genai-prices does."""

    provider = models.CharField(max_length=32)
    model_id = models.CharField(max_length=100, help_text="As the vendor's API names it")
    name = models.CharField(max_length=100)
    size = models.CharField(max_length=8, choices=SizeClass.choices, default=SizeClass.SMALL)
    released_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text="The first day on which the vendor does not serve it")
    successor = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="predecessors")
    context_window = models.PositiveIntegerField(help_text="Tokens of input and output together")
    max_output = models.PositiveIntegerField(help_text="Tokens of output at most")
    takes_temperature = models.BooleanField(default=False)
    thinking = models.CharField(max_length=8, choices=Thinking.choices, default=Thinking.NONE)
    thinking_floor = models.CharField(
        max_length=16, blank=True, help_text="The least level that it takes, where thinking cannot be switched off"
    )
    takes_json_schema = models.BooleanField(default=True)
    takes_cache_options = models.BooleanField(
        default=False, help_text="Cache writes cost extra and can be switched off by request"
    )
    has_flex = models.BooleanField(default=False)
    has_batch = models.BooleanField(
        default=False, help_text="Its vendor takes batches of it; a tier price for `batch` must be known as well"
    )

    class Meta:
        ordering = ["provider", "model_id"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "model_id"], name="serving_provider_model_once"),
            models.CheckConstraint(condition=Q(thinking__in=Thinking.values), name="serving_thinking_known"),
            models.CheckConstraint(condition=Q(size__in=SizeClass.values), name="serving_size_known"),
            models.CheckConstraint(
                condition=Q(context_window__gt=0, max_output__gt=0), name="serving_model_holds_something"
            ),
            models.CheckConstraint(condition=~Q(successor=F("id")), name="serving_successor_is_another"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}/{self.model_id}"


class PriceOverride(models.Model):
    """A price staff set for a model, in US dollars a million tokens; before the vendors' list, from its first day."""

    model = models.ForeignKey(ProviderModel, models.CASCADE, related_name="price_overrides")
    from_day = models.DateField()
    input_mtok = models.DecimalField(max_digits=12, decimal_places=6)
    cached_mtok = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    cache_write_mtok = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    output_mtok = models.DecimalField(max_digits=12, decimal_places=6)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["model", "-from_day"]
        constraints = [
            models.UniqueConstraint(fields=["model", "from_day"], name="serving_price_once_a_day"),
            models.CheckConstraint(
                condition=Q(input_mtok__gte=0, output_mtok__gte=0), name="serving_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model_id} from {self.from_day}"


class TierPrice(models.Model):
    """What a vendor takes of its list price for a service tier that the price list does not know, from a day on."""

    model = models.ForeignKey(ProviderModel, models.CASCADE, related_name="tier_prices")
    service_tier = models.CharField(max_length=16, default="batch")
    from_day = models.DateField()
    share = models.DecimalField(max_digits=5, decimal_places=4, help_text="Of the list price: 0.5 is half")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["model", "service_tier", "-from_day"]
        constraints = [
            models.UniqueConstraint(fields=["model", "service_tier", "from_day"], name="serving_tier_price_once_a_day"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="serving_tier_price_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.service_tier} of {self.model_id} from {self.from_day}"


class ProviderKey(models.Model):
    """A vendor's key, encrypted; `owner` is the provider, or a deployment that has a key of its own.

    The secret is write-only: it is opened in `serving.gateway.keys` and nowhere else.
    """

    owner = models.CharField(max_length=100, unique=True)
    secret = models.BinaryField(editable=False)
    hint = models.CharField(max_length=8, help_text="The last characters, to recognise it")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    rotated_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["owner"]

    def __str__(self) -> str:
        return f"key of {self.owner} (…{self.hint})"


class Kind(models.TextChoices):
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
    """Something that can be called now. State changes only by the table in `serving.states`."""

    name = models.SlugField(max_length=100, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    backend = models.CharField(
        max_length=32, help_text="openai, anthropic, google, openai_compatible, recorded, rules…"
    )
    protocol = models.CharField(max_length=8, choices=ProtocolName.choices, default=ProtocolName.REWRITE)
    provider_model = models.ForeignKey(ProviderModel, models.PROTECT, null=True, blank=True, related_name="deployments")
    version = models.ForeignKey(ModelVersion, models.PROTECT, null=True, blank=True, related_name="deployments")
    endpoint = models.URLField(max_length=300, blank=True, help_text="Instead of the vendor's own address")
    options = models.JSONField(default=dict, blank=True, help_text="Of the backend; never a key")
    description = models.CharField(max_length=300, blank=True)
    tier_floor = models.CharField(max_length=16, choices=Tier.choices, default=Tier.BASIC)
    capabilities = models.JSONField(default=dict, blank=True, help_text="Overrides the model's capability flags")
    state = models.CharField(max_length=16, choices=DeploymentState.choices, default=DeploymentState.DRAFT)
    state_note = models.CharField(max_length=300, blank=True)
    strategy = models.CharField(max_length=16, choices=Rollout.choices, default=Rollout.BLUE_GREEN)
    traffic_share = models.PositiveSmallIntegerField(default=100, help_text="Per cent of the calls it is fit for")
    share_since = models.DateTimeField(default=timezone.now, editable=False)
    ramps = models.BooleanField(
        default=False, help_text="A canary that writers keep as much of gets more by itself; a worse one drains"
    )
    languages = models.JSONField(default=list, blank=True, help_text="Two-letter codes; empty means any")
    max_words = models.PositiveIntegerField(null=True, blank=True)
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    tokens_per_minute = models.PositiveIntegerField(null=True, blank=True)
    concurrency = models.PositiveIntegerField(null=True, blank=True, help_text="Calls at once, over all processes")
    frozen = models.BooleanField(default=False, help_text="What writers accept does not move its place in the order")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=DeploymentState.values), name="serving_deployment_state_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="serving_kind_known"),
            models.CheckConstraint(condition=Q(protocol__in=ProtocolName.values), name="serving_protocol_known"),
            models.CheckConstraint(condition=Q(strategy__in=Rollout.values), name="serving_rollout_known"),
            models.CheckConstraint(condition=Q(traffic_share__range=(0, 100)), name="serving_share_in_bounds"),
            models.CheckConstraint(condition=Q(tier_floor__in=Tier.values), name="serving_tier_floor_known"),
            models.CheckConstraint(
                condition=~Q(kind=Kind.LLM) | Q(provider_model__isnull=False), name="serving_llm_has_a_model"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Invocation(models.Model):
    """The ledger: one row a call that went out, with what it cost and what always-the-baseline would have cost.

    `account` and `transformation` are bare ids: the ledger outlives both. Money in US dollars. Tokens as in
    `backends.base.Usage`. A row without `error` was answered; a failed call may cost all the same.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deployment = models.ForeignKey(Deployment, models.PROTECT, related_name="invocations")
    model = models.CharField(max_length=100, help_text="That answered, as the vendor names it")
    account = models.BigIntegerField()
    tier = models.CharField(max_length=16)
    transformation = models.UUIDField(null=True)
    chunk = models.PositiveIntegerField(null=True)
    attempt = models.PositiveSmallIntegerField(help_text="Of the caller, over the candidates")
    number = models.PositiveSmallIntegerField(default=1, help_text="Of our tries within the attempt")
    strategy = models.CharField(max_length=16)
    complexity = models.CharField(max_length=16)
    service_tier = models.CharField(max_length=16, default="standard")
    latency_ms = models.PositiveIntegerField()
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_cached = models.PositiveIntegerField(default=0)
    tokens_cache_write = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    tokens_thinking = models.PositiveIntegerField(default=0)
    usage = models.JSONField(null=True, help_text="As the vendor sent it")
    unit_prices = models.JSONField(default=dict, help_text="US dollars a million tokens, as used")
    price_list = models.CharField(max_length=64, help_text="Whose prices, and of which day")
    cost = _money(default=ZERO)
    baseline_cost = _money(default=ZERO)
    baseline_estimated = models.BooleanField(
        default=False, help_text="No tokens were counted (our own models); the baseline's are our estimate"
    )
    error = models.CharField(max_length=32, blank=True)
    estimated = models.BooleanField(default=False, help_text="The vendor sent no usage; tokens are our estimate")
    cached_hit = models.BooleanField(default=False, help_text="Answered from our own cache; cost nothing")
    words_in = models.PositiveIntegerField(default=0)
    words_out = models.PositiveIntegerField(default=0)
    statistics = models.JSONField(null=True, help_text="Of the text that went in and came out; never text")

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="serving_invocation_page"),
            models.Index(fields=["account", "-created_at"], name="serving_invocation_account"),
            models.Index(fields=["transformation"], name="serving_invocation_text"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(cost__gte=0, baseline_cost__gte=0), name="serving_cost_not_negative"),
            models.CheckConstraint(
                condition=Q(tokens_in__gte=F("tokens_cached") + F("tokens_cache_write")),
                name="serving_cached_is_part_of_input",
            ),
            models.CheckConstraint(
                condition=Q(tokens_out__gte=F("tokens_thinking")), name="serving_thinking_is_part_of_output"
            ),
            models.CheckConstraint(condition=Q(cached_hit=False) | Q(cost=0), name="serving_hits_cost_nothing"),
        ]

    def __str__(self) -> str:
        return f"invocation {self.pk}"


class InvocationOutcome(models.Model):
    """What became of an answer: append-only, the latest row of an invocation counts. Counts are of edits."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    invocation = models.ForeignKey(Invocation, models.PROTECT, related_name="outcomes")
    verified = models.BooleanField(default=True, help_text="The answer passed verification")
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    undecided = models.PositiveIntegerField(default=0)
    rating = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["invocation", "-created_at", "-id"], name="serving_outcome_latest"),
            models.Index(fields=["-created_at"], name="serving_outcome_recent"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__range=(1, 5)), name="serving_rating_1_to_5")
        ]

    def __str__(self) -> str:
        return f"outcome of {self.invocation_id}"


class Scope(models.TextChoices):
    ACCOUNT = "account", "An account"
    TIER = "tier", "A tier"
    DEPLOYMENT = "deployment", "A deployment"


class Span(models.TextChoices):
    DAY = "day", "A day"
    MONTH = "month", "A month"


class Budget(models.Model):
    """A limit in money, tokens or both. `subject`: the account's id, the tier, or the deployment's name."""

    scope = models.CharField(max_length=16, choices=Scope.choices)
    subject = models.CharField(max_length=100)
    span = models.CharField(max_length=8, choices=Span.choices, verbose_name="period")
    money = _money(null=True, blank=True, help_text="US dollars")
    tokens = models.PositiveBigIntegerField(null=True, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["scope", "subject", "span"]
        constraints = [
            models.UniqueConstraint(fields=["scope", "subject", "span"], name="serving_budget_once"),
            models.CheckConstraint(condition=Q(scope__in=Scope.values), name="serving_scope_known"),
            models.CheckConstraint(condition=Q(span__in=Span.values), name="serving_span_known"),
            models.CheckConstraint(
                condition=Q(money__isnull=False) | Q(tokens__isnull=False), name="serving_budget_limits_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.subject} a {self.span}"


class BudgetPeriod(models.Model):
    """What a budget has spent and holds reserved since `start`. Moves only by conditional UPDATE."""

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="periods")
    start = models.DateField()
    money_spent = _money(default=ZERO)
    money_reserved = _money(default=ZERO)
    tokens_spent = models.PositiveBigIntegerField(default=0)
    tokens_reserved = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-start", "budget"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "start"], name="serving_period_once"),
            models.CheckConstraint(
                condition=Q(money_spent__gte=0, money_reserved__gte=0), name="serving_period_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget_id} from {self.start}"


class Reservation(models.Model):
    """The upper bound of one call under way; gone when settled or released, swept when its process died."""

    period = models.ForeignKey(BudgetPeriod, models.CASCADE, related_name="reservations")
    invocation = models.UUIDField()
    money = _money()
    tokens = models.PositiveBigIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["period", "invocation"], name="serving_reserved_once")]

    def __str__(self) -> str:
        return f"reservation of {self.invocation}"


class VendorBatch(models.Model):
    """Calls handed to a vendor together, at its price for work that may wait. The row is the truth, not the vendor.

    `tries` counts submissions that may have arrived; after the first we look for it at the vendor before another.
    `not_ours` are the vendor's ids that were taken for it and were another's. `leased_until` fences the workers.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deployment = models.ForeignKey(Deployment, models.PROTECT, related_name="vendor_batches")
    state = models.CharField(max_length=16, choices=BatchState.choices, default=BatchState.SUBMITTING)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deadline_at = models.DateTimeField(help_text="What is not done by then is taken back and asked for at once")
    submitted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    vendor_id = models.CharField(max_length=200, blank=True)
    certain = models.BooleanField(default=True, help_text="Its id was told or found by ours, not guessed by its size")
    not_ours = models.JSONField(default=list)
    cancelled_at = models.DateTimeField(null=True, help_text="When the vendor was asked to stop")
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="In a row, of asking after it")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "vendor batches"
        indexes = [models.Index(fields=["-created_at", "-id"], name="serving_vendor_batch_page")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="serving_batch_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[BatchState.SUBMITTED, BatchState.ENDED]) | ~Q(vendor_id=""),
                name="serving_submitted_batch_has_an_id",
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}"


class VendorBatchItem(models.Model):
    """One call of a batch; its id becomes the ledger's. What the ledger will need, since no text is kept here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    batch = models.ForeignKey(VendorBatch, models.CASCADE, related_name="items")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=ItemState.choices, default=ItemState.OPEN)
    error = models.CharField(max_length=32, blank=True)
    account = models.BigIntegerField()
    tier = models.CharField(max_length=16)
    transformation = models.UUIDField(null=True)
    chunk = models.PositiveIntegerField(null=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    strategy = models.CharField(max_length=16)
    complexity = models.CharField(max_length=16)
    words = models.PositiveIntegerField()
    characters = models.PositiveIntegerField()
    characters_sent = models.PositiveIntegerField(help_text="Of the whole prompt")
    language = models.CharField(max_length=8, default="en")
    money_held = _money(default=ZERO)
    tokens_held = models.PositiveBigIntegerField(default=0)
    periods = models.JSONField(default=list, help_text="Budget periods in which it is reserved")

    class Meta:
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="serving_batch_item_once"),
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="serving_item_state_known"),
        ]

    def __str__(self) -> str:
        return f"item {self.number} of {self.batch_id}"
