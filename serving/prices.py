"""What a call costs: the vendors' dated price lists of `genai-prices`, staff's overrides before them.

An unknown price is an error, never zero. Money is Decimal and exact: nothing is rounded on the way to the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings

from serving.backends.base import Usage
from serving.errors import PriceUnknown
from serving.snapshot import CalledModel, OwnPrice

if TYPE_CHECKING:
    from genai_prices.types import ModelPrice

MTOK = Decimal(1_000_000)
# For an estimate before anything is known: tokens of a 1,000-word text with its prompt, and of its changed sentences.
TOKENS_IN_A_THOUSAND, TOKENS_OUT_A_THOUSAND = 2_600, 900


@dataclass(frozen=True, slots=True)
class Priced:
    """`unit_prices` in dollars a million tokens, as used; `price_list` says whose and of which day."""

    cost: Decimal
    unit_prices: dict[str, str]
    price_list: str


def price_of(model: CalledModel | None, usage: Usage, *, at: datetime, service_tier: str = "standard") -> Priced:
    """Raises PriceUnknown. What runs in the house (no model) costs nothing."""
    if model is None:
        return Priced(Decimal(0), {}, "in the house")
    own = own_price(model, at)
    return _by_own(own, usage) if own else _by_list(model, usage, at, service_tier)


def baseline_of(usage: Usage, *, at: datetime) -> Decimal:
    """The same tokens by the baseline model at list price: as much from its cache, without thinking."""
    provider, _, model_id = settings.BASELINE_MODEL.partition("/")
    plain = Usage(
        tokens_in=usage.tokens_in,
        tokens_cached=usage.tokens_cached,
        tokens_out=usage.tokens_out - usage.tokens_thinking,
    )
    return _listed(provider, model_id, plain, at, {})[0]


def expected_per_thousand_words(model: CalledModel | None, *, at: datetime) -> Decimal:
    """Raises PriceUnknown."""
    usage = Usage(tokens_in=TOKENS_IN_A_THOUSAND, tokens_out=TOKENS_OUT_A_THOUSAND)
    return price_of(model, usage, at=at).cost


def own_price(model: CalledModel, at: datetime) -> OwnPrice | None:
    return next((one for one in model.own_prices if one.from_day <= at.date()), None)


def _by_own(price: OwnPrice, usage: Usage) -> Priced:
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
    return Priced(total / MTOK, {name: str(one) for name, one in units.items()}, f"override from {price.from_day}")


def _by_list(model: CalledModel, usage: Usage, at: datetime, service_tier: str) -> Priced:
    context = {} if service_tier == "standard" else {"service_tier": service_tier}
    cost, price = _listed(model.provider, model.model_id, usage, at, context)
    return Priced(cost, _units(price), f"{_version()} at {at.date()}")


def _listed(
    provider: str, model_id: str, usage: Usage, at: datetime, context: dict[str, str]
) -> tuple[Decimal, ModelPrice]:
    import genai_prices  # 50 ms: not every process asks a vendor

    tokens = genai_prices.Usage(
        input_tokens=usage.tokens_in,
        cache_read_tokens=usage.tokens_cached,
        cache_write_tokens=usage.tokens_cache_write,
        output_tokens=usage.tokens_out,
    )
    try:
        found = genai_prices.calc_price(
            tokens, model_id, provider_id=provider, genai_request_timestamp=at, price_context=context
        )
    except LookupError as error:
        raise PriceUnknown(
            f"There is no price for {provider}/{model_id}; add a price override for it in the admin"
        ) from error
    return found.total_price, found.model_price


def _units(price: ModelPrice) -> dict[str, str]:
    names = {
        "input": price.input_mtok,
        "cached": price.cache_read_mtok,
        "cache_write": price.cache_write_mtok,
        "output": price.output_mtok,
    }
    return {name: str(getattr(one, "base", one)) for name, one in names.items() if one is not None}


def _version() -> str:
    import genai_prices

    return f"genai-prices {genai_prices.__version__}"
