"""What calls cost and what the baseline would have cost, always computed from the ledger's rows.

The baseline counts once per text: not for failed calls, and not for answers that verification rejected.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from serving.models import Invocation, InvocationOutcome
from youman.core.errors import FieldProblem, InvalidInput

By = Literal["day", "model", "deployment", "tier", "strategy", "purpose", "account"]
FIELDS: dict[By, str] = {
    "day": "day", "model": "model", "deployment": "deployment__name", "tier": "tier", "strategy": "strategy",
    "purpose": "purpose", "account": "account",
}  # fmt: skip
MAX_ROWS = 1_000
MAX_DAYS = 400  # a year and a month more, to compare with
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)  # so that one day more or less is still a date
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CostRow:
    """Sums in US dollars. `saving` is baseline less cost, may be negative; `saved_share` is None without baseline."""

    key: str
    calls: int
    failed: int
    cached: int
    estimated: int
    baseline_estimated: int
    words: int
    tokens_in: int
    tokens_out: int
    cost: Decimal
    baseline: Decimal

    @property
    def saving(self) -> Decimal:
        return self.baseline - self.cost

    @property
    def figures(self) -> tuple[str, str]:
        """Cost and baseline, for a chart."""
        return plain_amount(self.cost), plain_amount(self.baseline)

    @property
    def dollars(self) -> dict[str, str]:
        """The amounts for a page."""
        amounts = {"cost": self.cost, "baseline": self.baseline, "saving": self.saving}
        return {name: dollars(money) for name, money in amounts.items()}

    @property
    def saved_share(self) -> float | None:
        return float(self.saving / self.baseline) if self.baseline else None

    @property
    def saved_percent(self) -> float | None:
        return None if self.saved_share is None else 100 * self.saved_share


@dataclass(frozen=True, slots=True)
class CostQuery:
    """A range of days, both included. `account` None means all accounts."""

    since: date
    until: date
    account: int | None = None


@dataclass(frozen=True, slots=True)
class Costs:
    """The answer to a query: rows grouped by `by`, and their total."""

    query: CostQuery
    by: By
    rows: tuple[CostRow, ...]
    total: CostRow


def costs(query: CostQuery, by: By = "day") -> Costs:
    """Return a row for each value of `by`; days in order, others by cost."""
    field = FIELDS[by]
    rows = _of(query).annotate(day=TruncDate("created_at", tzinfo=UTC)) if by == "day" else _of(query)
    order = field if by == "day" else "-cost_sum"
    grouped = _summed(rows.values(field)).order_by(order)[:MAX_ROWS]
    found = tuple(_row(str(row[field]), row) for row in grouped)
    return Costs(query, by, found, _row("total", _of(query).aggregate(**_SUMS)))


def period_bounds(*, since: date | None, until: date | None, today: date) -> tuple[date, date]:
    """Return the first and the last day, by default of the last thirty. Raises InvalidInput naming the field."""
    for name, day in (("since", since), ("until", until)):
        if day is not None and not EARLIEST <= day <= LATEST:
            raise _problem(name, f"must be a day from {EARLIEST} to {LATEST}")
    last = until or today
    first = since or last - timedelta(days=29)
    if first > last:
        raise _problem("since", "must not be later than until")
    if (last - first).days > MAX_DAYS:
        raise _problem("since", f"gives more than {MAX_DAYS} days; request fewer at once")
    return first, last


def check_account(account: str) -> int | None:
    """Parse the id of an account; `all` gives None. Raises InvalidInput."""
    if account == "all":
        return None
    if not account.isascii() or not account.isdigit() or len(account) > 18:
        raise InvalidInput("must be the id of an account, or `all`")
    return int(account)


def csv_lines(found: Costs) -> list[list[str]]:
    """Return the costs as a table of texts for CSV, without rounding."""
    head = [found.by, "calls", "failed", "from_cache", "estimated", "baseline_estimated", "words", "tokens_in",
            "tokens_out", "cost_usd", "baseline_usd", "saving_usd"]  # fmt: skip
    return [head, *(_line(row) for row in (*found.rows, found.total))]


def _line(row: CostRow) -> list[str]:
    counts = (
        row.calls, row.failed, row.cached, row.estimated, row.baseline_estimated, row.words, row.tokens_in,
        row.tokens_out,
    )  # fmt: skip
    return [
        row.key,
        *(str(one) for one in counts),
        *(plain_amount(one) for one in (row.cost, row.baseline, row.saving)),
    ]


def plain_amount(money: Decimal) -> str:
    """Format an amount without an exponent and without trailing zeros."""
    text = f"{money:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def dollars(money: Decimal) -> str:
    """As people read it: `$1,250.00`, `$12.50`, `$0.0135`; four digits that count where it is less than a dollar."""
    amount = abs(money)
    if amount and amount < 1:
        amount = round(amount, 3 - amount.adjusted())
    text = f"{amount:,.2f}" if amount >= 1 or not amount else plain_amount(amount)
    whole, _, part = text.partition(".")
    return f"{'-' if money < 0 else ''}${whole}.{part.ljust(2, '0')}"


def _of(asked: CostQuery) -> QuerySet[Invocation]:
    begin = datetime.combine(asked.since, time.min, UTC)
    end = datetime.combine(asked.until + timedelta(days=1), time.min, UTC)
    rows = Invocation.objects.filter(created_at__gte=begin, created_at__lt=end).order_by()
    return rows if asked.account is None else rows.filter(account=asked.account)


_THROWN_AWAY = InvocationOutcome.objects.filter(invocation=OuterRef("pk"), verified=False)
_SUMS = {
    "calls": Count("pk"),
    "failed": Count("pk", filter=~Q(error="")),
    "cached": Count("pk", filter=Q(cached_hit=True)),
    "guessed": Count("pk", filter=Q(estimated=True)),
    "guessed_baseline": Count("pk", filter=Q(baseline_estimated=True)),
    "words": Sum("words_in", filter=Q(error=""), default=0),
    "sent": Sum("tokens_in", default=0),
    "back": Sum("tokens_out", default=0),
    "cost_sum": Sum("cost", default=ZERO),
    "baseline_sum": Sum("baseline_cost", filter=~Exists(_THROWN_AWAY), default=ZERO),
}


def _summed(rows: QuerySet[Invocation, dict[str, object]]) -> QuerySet[Invocation, dict[str, object]]:
    return rows.annotate(**_SUMS)


def _row(key: str, found: dict[str, object]) -> CostRow:
    whole: Callable[[str], int] = lambda name: int(str(found[name]))  # noqa: E731  # eight times below
    money: Callable[[str], Decimal] = lambda name: Decimal(str(found[name]))  # noqa: E731  # as above
    return CostRow(
        key=key,
        calls=whole("calls"),
        failed=whole("failed"),
        cached=whole("cached"),
        estimated=whole("guessed"),
        baseline_estimated=whole("guessed_baseline"),
        words=whole("words"),
        tokens_in=whole("sent"),
        tokens_out=whole("back"),
        cost=money("cost_sum"),
        baseline=money("baseline_sum"),
    )


def _problem(name: str, message: str) -> InvalidInput:
    return InvalidInput(f"{name} {message}", problems=(FieldProblem(name, message),))
