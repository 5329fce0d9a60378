"""What a call costs: by staff's price overrides, otherwise by the vendors' dated price lists in `genai-prices`.

An unknown price is an error, never zero. Money is Decimal and exact: nothing is rounded on the way to the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from django.conf import settings

from serving.backends.base import Usage
from serving.errors import PriceUnknown
from serving.gateway.snapshot import CalledModel, OwnPrice, TierShare

if TYPE_CHECKING:
    from genai_prices.types import ModelPrice, TieredPrices

MTOK = Decimal(1_000_000)
ZERO = Decimal(0)
BATCH = "batch"
MAX_SOURCE_LENGTH = 64  # length of the ledger's column
# For an estimate before anything is known: tokens of a 1,000-word text with its prompt, and of its changed sentences.
TOKENS_IN_A_THOUSAND, TOKENS_OUT_A_THOUSAND = 2_600, 900


@dataclass(frozen=True, slots=True)
class CallPrice:
    """The price of a call. `unit_prices` in US dollars per million tokens; `price_list` says whose and of which day."""

    cost: Decimal
    unit_prices: dict[str, str]
    price_list: str


def price_of(model: CalledModel | None, usage: Usage, *, at: datetime, service_tier: str = "standard") -> CallPrice:
    """Return the price of a call; without a vendor's model, it costs nothing. Raises PriceUnknown."""
    if model is None:
        return CallPrice(Decimal(0), {}, "in the house")
    share = None if service_tier == "standard" else tier_share(model, service_tier, at)
    if share is not None:
        return _shared(price_of(model, usage, at=at), service_tier, share)
    if service_tier == BATCH:
        raise PriceUnknown(f"There is no batch price for {model.model_id}; add a tier price for it in the admin")
    own = own_price(model, at)
    return _by_own(own, usage) if own else _by_list(model, usage, at, service_tier)


def tier_share(model: CalledModel, service_tier: str, at: datetime) -> TierShare | None:
    """Return the catalogue's price of a service tier. The price list has OpenAI's flex tier, but no batches."""
    fit = (one for one in model.tier_shares if one.service_tier == service_tier and one.from_day <= at.date())
    return next(fit, None)


def _shared(whole: CallPrice, service_tier: str, share: TierShare) -> CallPrice:
    units = {name: f"{(Decimal(one) * share.share).normalize():f}" for name, one in whole.unit_prices.items()}
    source = f"{whole.price_list}; {service_tier} {share.share.normalize():f} since {share.from_day}"
    return CallPrice(whole.cost * share.share, units, source[:MAX_SOURCE_LENGTH])


def baseline_of(usage: Usage, *, at: datetime) -> Decimal:
    """Return the cost of the same tokens at the baseline model's list price: as much from the cache, no thinking."""
    provider, _, model_id = settings.BASELINE_MODEL.partition("/")
    plain = Usage(
        tokens_in=usage.tokens_in,
        tokens_cached=usage.tokens_cached,
        tokens_out=usage.tokens_out - usage.tokens_thinking,
    )
    return _listed(provider, model_id, at, "standard").cost(plain)


def maximum_price_of(
    model: CalledModel | None, usage: Usage, *, at: datetime, service_tier: str = "standard"
) -> Decimal:
    """Return the most that these tokens can cost, however much input is written to a cache. Raises PriceUnknown."""
    plain = price_of(model, usage, at=at, service_tier=service_tier).cost
    written = price_of(model, replace(usage, tokens_cache_write=usage.tokens_in), at=at, service_tier=service_tier).cost
    return max(plain, written)


def expected_per_thousand_words(model: CalledModel | None, *, at: datetime) -> Decimal:
    """Estimate the cost of 1,000 words in US dollars. Raises PriceUnknown."""
    usage = Usage(tokens_in=TOKENS_IN_A_THOUSAND, tokens_out=TOKENS_OUT_A_THOUSAND)
    return price_of(model, usage, at=at).cost


def own_price(model: CalledModel, at: datetime) -> OwnPrice | None:
    """Return the price override that applies at a time, or None."""
    return next((one for one in model.own_prices if one.from_day <= at.date()), None)


def _by_own(price: OwnPrice, usage: Usage) -> CallPrice:
    cached = price.input_mtok if price.cached_mtok is None else price.cached_mtok
    write = price.input_mtok if price.cache_write_mtok is None else price.cache_write_mtok
    plain = usage.tokens_in - usage.tokens_cached - usage.tokens_cache_write
    total = (
        plain * price.input_mtok
        + usage.tokens_cached * cached
        + usage.tokens_cache_write * write
        + usage.tokens_out * price.output_mtok
    )
    units = {"input": price.input_mtok, "cached": cached, "cache_write": write, "output": price.output_mtok}
    return CallPrice(total / MTOK, {name: str(one) for name, one in units.items()}, f"override from {price.from_day}")


def _by_list(model: CalledModel, usage: Usage, at: datetime, service_tier: str) -> CallPrice:
    listed = _listed(model.provider, model.model_id, at, service_tier)
    units = {name: str(_rate(price, usage.tokens_in)) for name, price in listed.rates.items() if price is not None}
    return CallPrice(listed.cost(usage), units, f"{_version()} at {at.date()}")


@dataclass(frozen=True, slots=True)
class ListPrice:
    """A model's prices at a time. `rates` suffice for text, unless it is `odd` and the library computes the cost."""

    price: ModelPrice
    rates: Mapping[str, Decimal | TieredPrices | None]
    odd: bool

    def cost(self, usage: Usage) -> Decimal:
        """Return the cost of the tokens in US dollars."""
        return self._by_library(usage) if self.odd else self._by_rates(usage)

    def _by_rates(self, usage: Usage) -> Decimal:
        """Compute the same as the library, in a tenth of its time: a missing price is that of plain input."""
        sent = usage.tokens_in
        plain = _rate(self.rates["input"], sent)
        cached, write = _rate(self.rates["cached"], sent, plain), _rate(self.rates["cache_write"], sent, plain)
        rest = sent - usage.tokens_cached - usage.tokens_cache_write
        total = rest * plain + usage.tokens_cached * cached + usage.tokens_cache_write * write
        return (total + usage.tokens_out * _rate(self.rates["output"], sent)) / MTOK

    def _by_library(self, usage: Usage) -> Decimal:
        import genai_prices

        tokens = genai_prices.Usage(
            input_tokens=usage.tokens_in,
            cache_read_tokens=usage.tokens_cached,
            cache_write_tokens=usage.tokens_cache_write,
            output_tokens=usage.tokens_out,
            output_reasoning_tokens=usage.tokens_thinking,
        )
        return self.price.calc_price(tokens)["total_price"]


_TEXT = {"input": "input_mtok", "cached": "cache_read_mtok", "cache_write": "cache_write_mtok", "output": "output_mtok"}
# Prices of what a rewrite never uses: searches, longer caches, other media.
_UNUSED = ("searches", "audio", "image", "video", "cache_write_1h_mtok", "cache_write_5m_mtok", "code_executions")


def _listed(provider: str, model_id: str, at: datetime, service_tier: str) -> ListPrice:
    """Return a model's list prices. Raises PriceUnknown."""
    # Prices start on days and, with some vendors, at hours, so that they are cached for an hour.
    return _listed_in(provider, model_id, at.replace(minute=0, second=0, microsecond=0), service_tier)


@lru_cache(maxsize=512)
def _listed_in(provider: str, model_id: str, hour: datetime, service_tier: str) -> ListPrice:
    from genai_prices import data_snapshot  # importing takes 50 ms, and not every process calls a vendor

    try:
        _, model = data_snapshot.get_snapshot().find_provider_model(model_id, None, provider, None)
    except LookupError as error:
        raise PriceUnknown(
            f"There is no price for {provider}/{model_id}; add a price override for it in the admin"
        ) from error
    price = model.get_prices(hour, None if service_tier == "standard" else {"service_tier": service_tier})
    rates = {name: getattr(price, key) for name, key in _TEXT.items()}
    if rates["input"] is None or rates["output"] is None:
        raise PriceUnknown(f"{provider}/{model_id} has no price for text; add a price override for it in the admin")
    known = {*_TEXT.values()}
    odd = any(v is not None and n not in known and not any(u in n for u in _UNUSED) for n, v in vars(price).items())
    return ListPrice(price, rates, odd)


def _rate(price: Decimal | TieredPrices | None, sent: int, otherwise: Decimal = Decimal(0)) -> Decimal:
    """Return the rate for this much input. A tiered price is a cliff: above its start, all tokens pay it."""
    if price is None:
        return otherwise
    if isinstance(price, Decimal):
        return price
    return next((tier.price for tier in reversed(price.tiers) if sent > tier.start), price.base)


@lru_cache(maxsize=1)
def _version() -> str:
    return f"genai-prices {version('genai-prices')}"
