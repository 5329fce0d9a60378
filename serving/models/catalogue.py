"""The catalogue: the models that vendors offer, price overrides, service-tier prices, and the vendors' keys.

`manage.py sync_catalogue` fills it from `serving/catalogue/models.toml`; `CatalogueEntry` remembers what it wrote.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class Thinking(models.TextChoices):
    NONE = "none", "Does not think"
    OFF = "off", "Can be switched off"
    LOWEST = "lowest", "Can only be turned down"


class SizeClass(models.TextChoices):
    SMALL = "small", "Small"
    LARGE = "large", "Large"


class ProviderModel(models.Model):
    """A vendor's model in the catalogue: what it can do, and when it ends. `provider` is named as in genai-prices."""

    provider = models.CharField(max_length=32)
    model_id = models.CharField(max_length=100, help_text="Vendor's id of the model")
    name = models.CharField(max_length=100)
    size = models.CharField(max_length=8, choices=SizeClass.choices, default=SizeClass.SMALL)
    released_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text="First day on which the vendor no longer serves it")
    successor = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="predecessors")
    context_window = models.PositiveIntegerField(help_text="Maximum tokens of input and output together")
    max_output = models.PositiveIntegerField(help_text="Maximum tokens of output")
    takes_temperature = models.BooleanField(default=False)
    thinking = models.CharField(max_length=8, choices=Thinking.choices, default=Thinking.NONE)
    thinking_floor = models.CharField(
        max_length=16, blank=True, help_text="Lowest thinking level, where thinking cannot be switched off"
    )
    takes_json_schema = models.BooleanField(default=True)
    takes_cache_options = models.BooleanField(
        default=False, help_text="Cache writes cost extra and can be switched off in a request"
    )
    has_flex = models.BooleanField(default=False)
    has_batch = models.BooleanField(
        default=False, help_text="The vendor accepts batches for it; a tier price for `batch` must exist as well"
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
    """A price that staff set for a model, in US dollars per million tokens; replaces the list price from that day."""

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


class PricedTier(models.TextChoices):
    """Service tiers that may have a price of their own; no call is sent in any other."""

    FLEX = "flex", "Flex"
    BATCH = "batch", "Batch"


class TierPrice(models.Model):
    """The share of its list price that a vendor charges, from a day on, for a service tier that the list lacks."""

    model = models.ForeignKey(ProviderModel, models.CASCADE, related_name="tier_prices")
    service_tier = models.CharField(max_length=16, choices=PricedTier.choices, default=PricedTier.BATCH)
    from_day = models.DateField()
    share = models.DecimalField(max_digits=5, decimal_places=4, help_text="Share of the list price; 0.5 is half")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["model", "service_tier", "-from_day"]
        constraints = [
            models.UniqueConstraint(fields=["model", "service_tier", "from_day"], name="serving_tier_price_once_a_day"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="serving_tier_price_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.service_tier} of {self.model_id} from {self.from_day}"


class CatalogueEntry(models.Model):
    """What the last sync wrote for one entry of the catalogue file, so that the next one can tell what staff changed.

    The entry outlives the row that it describes: an entry without a row was deleted by staff and stays deleted. An
    entry with an empty `applied` stands for a row that staff created under this key before the catalogue had it.
    """

    class Kind(models.TextChoices):
        MODEL = "model", "Model"
        TIER_PRICE = "tier_price", "Tier price"
        DEPLOYMENT = "deployment", "Deployment"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    key = models.CharField(max_length=200, help_text="Name in the catalogue file, such as openai/gpt-6-luna")
    applied = models.JSONField(default=dict, help_text="The value last written to each field")

    class Meta:
        ordering = ["kind", "key"]
        verbose_name_plural = "catalogue entries"
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="serving_catalogue_entry_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class ProviderKey(models.Model):
    """A vendor's key, encrypted; `owner` is the provider, or a deployment that has a key of its own.

    It goes to the vendor's own address and to endpoints on `hosts`, and nowhere else.
    The secret is write-only: only `serving.gateway.keys` decrypts it.
    """

    owner = models.CharField(max_length=100, unique=True)
    secret = models.BinaryField(editable=False)
    hint = models.CharField(max_length=8, help_text="Last characters of the key, to recognise it")
    hosts = models.JSONField(
        default=list,
        blank=True,
        help_text="Hosts of your own endpoints that may receive the key, such as gateway.example or 10.0.0.7:4000",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    rotated_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["owner"]

    def __str__(self) -> str:
        return f"key of {self.owner} (…{self.hint})"
