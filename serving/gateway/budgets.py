"""Budgets of money and tokens: reserve the most that a call can cost, settle what it did cost, release on failure.

The rows decide and change only by conditional UPDATE, so that calls that fit one by one but not together cannot all
pass. Nothing here reads Redis.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone

from serving import events
from serving.backends.base import RewriteRequest, Usage
from serving.errors import BudgetExceeded
from serving.gateway import prepared_statements, prices, snapshot
from serving.gateway.costs import dollars
from serving.gateway.ledger import Caller
from serving.gateway.snapshot import BudgetRow, LiveRow
from serving.models import Budget, BudgetPeriod, Reservation, Scope, Span
from youman.core.accounts import audit
from youman.core.errors import FieldProblem, InvalidInput
from youman.core.events.outbox import announce

FRAMING_TOKENS = 256  # roles, tags and the schema's own wrapping
GRACE = timedelta(minutes=2)  # after the call's deadline: its row is still to be written when the answer has arrived
# Raw: check, update and insert in one statement, prepared; by the ORM they are three, in a transaction of their own.
_RESERVE = """
WITH taken AS (
  UPDATE serving_budgetperiod SET money_reserved = money_reserved + %s, tokens_reserved = tokens_reserved + %s
  WHERE budget_id = %s AND start = %s
    AND (%s::numeric IS NULL OR money_spent + money_reserved + %s <= %s::numeric)
    AND (%s::bigint IS NULL OR tokens_spent + tokens_reserved + %s <= %s::bigint)
  RETURNING id
)
INSERT INTO serving_reservation (period_id, invocation, money, tokens, expires_at, estimate)
SELECT id, %s, %s, %s, %s, %s::jsonb FROM taken RETURNING period_id"""


@dataclass(frozen=True, slots=True)
class MaximumCost:
    """The upper bound of one call, in US dollars and in tokens."""

    money: Decimal
    tokens: int


@dataclass(frozen=True, slots=True)
class BudgetHold:
    """What is reserved for one call; `periods` is empty where no budget applies."""

    invocation: UUID
    maximum: MaximumCost
    periods: tuple[int, ...] = ()


class _Full(Exception):
    """A call does not fit into a budget; `period` is the state in which it was refused."""

    def __init__(self, budget: BudgetRow, period: BudgetPeriod) -> None:
        self.budget, self.period = budget, period
        super().__init__(budget.pk)


@transaction.atomic
def store_budget(budget: Budget, *, actor: audit.Actor) -> None:
    """Create a budget or change it, with its line in the audit trail.

    Raises InvalidInput, with a sentence for each field: a subject that does not exist, a limit of nothing.
    """
    try:
        budget.full_clean()
    except ValidationError as error:
        faults = error.message_dict
        problems = tuple(FieldProblem(name, " ".join(texts)) for name, texts in faults.items())
        raise InvalidInput(" ".join(text for texts in faults.values() for text in texts), problems=problems) from error
    # Locked, so that each of two simultaneous changes records the values that it actually replaced.
    before = Budget.objects.select_for_update().filter(pk=budget.pk).first()
    budget.save()
    old, new = audit.difference(before, budget)
    audit.record(actor=actor, verb="change" if before else "create", subject=budget, before=old, after=new)
    transaction.on_commit(snapshot.clear_cache)


def maximum_cost_of(
    row: LiveRow, request: RewriteRequest, *, at: datetime, service_tier: str = "standard"
) -> MaximumCost:
    """Return the upper bound of a call: no tokenizer makes more tokens than there are bytes. Raises PriceUnknown."""
    if row.model is None:
        return MaximumCost(Decimal(0), 0)
    sent = request.system + (request.prompt or request.text) + request.response_schema
    most_out = row.model.capabilities.max_output
    usage = Usage(
        tokens_in=len(sent.encode()) + FRAMING_TOKENS,
        tokens_out=min(request.max_output_tokens or most_out, most_out),
    )
    money = prices.maximum_price_of(row.model, usage, at=at, service_tier=service_tier)
    return MaximumCost(money, usage.tokens_in + usage.tokens_out)


def applicable_budgets(budgets: Iterable[BudgetRow], row: LiveRow, caller: Caller) -> tuple[BudgetRow, ...]:
    """Return the budgets that limit this call; own models and rules cost nothing and have none."""
    if row.model is None:
        return ()
    subjects = {
        Scope.ACCOUNT.value: str(caller.account_id),
        Scope.TIER.value: caller.tier,
        Scope.DEPLOYMENT.value: row.name,
    }
    return tuple(one for one in budgets if subjects[one.scope] == one.subject)


def reserve(
    budgets: tuple[BudgetRow, ...], *, invocation: UUID, maximum: MaximumCost, until: datetime, estimate: str = ""
) -> BudgetHold:
    """Reserve in all of the budgets or in none. Raises BudgetExceeded, which names the one that is used up.

    `estimate` is the row of the ledger, as JSON, that is booked if nothing is heard of the call by `until`; empty for
    a call that something else keeps track of.
    """
    if not budgets:
        return BudgetHold(invocation, maximum)
    if len(budgets) == 1 and (pk := _taken_at_once(budgets[0], invocation, maximum, until, estimate)) is not None:
        return BudgetHold(invocation, maximum, (pk,))
    try:
        with transaction.atomic():
            periods = tuple(_take(one, maximum) for one in sorted(budgets, key=lambda one: one.pk))
            rows = [
                Reservation(
                    period_id=pk,
                    invocation=invocation,
                    money=maximum.money,
                    tokens=maximum.tokens,
                    expires_at=until,
                    estimate=json.loads(estimate) if estimate else None,
                )
                for pk in periods
            ]
            Reservation.objects.bulk_create(rows)
    except _Full as full:
        _note_exhausted(full)  # after the rollback, which gives back what other budgets had reserved
        raise BudgetExceeded(_sentence(full.budget, full.period)) from None
    return BudgetHold(invocation, maximum, periods)


def settle(hold: BudgetHold, *, money: Decimal, tokens: int) -> None:
    """Replace the bound by the actual cost, in the transaction of the ledger's row. A swept hold is still booked."""
    for pk in hold.periods:
        held = Reservation.objects.filter(period_id=pk, invocation=hold.invocation).delete()[0]
        _move(pk, hold.maximum if held else MaximumCost(Decimal(0), 0), money, tokens)


def release(hold: BudgetHold) -> None:
    """Release a hold of which nothing was spent, for certain: the call was not sent. Idempotent."""
    with transaction.atomic():
        settle(hold, money=Decimal(0), tokens=0)


def start_of(span: str, day: date) -> date:
    """Return the first day of the period that the day belongs to."""
    return day.replace(day=1) if span == Span.MONTH else day


def _taken_at_once(
    budget: BudgetRow, invocation: UUID, most: MaximumCost, until: datetime, estimate: str
) -> int | None:
    """Reserve in one statement, on PostgreSQL, and return the period; after None, the steps find out why it failed."""
    if connection.vendor != "postgresql":
        return None
    start = start_of(budget.span, timezone.now().date())
    limits = (budget.money, most.money, budget.money, budget.tokens, most.tokens, budget.tokens)
    row = (invocation, most.money, most.tokens, until, estimate or None)
    found = prepared_statements.run(_RESERVE, (most.money, most.tokens, budget.pk, start, *limits, *row))
    return int(found[0]) if found else None


def _take(budget: BudgetRow, most: MaximumCost) -> int:
    """Reserve the bound and return the period's id. The first call of a period creates its row."""
    start = start_of(budget.span, timezone.now().date())
    rows = BudgetPeriod.objects.filter(budget_id=budget.pk, start=start)
    for _ in range(2):
        if _fits(rows, budget, most).update(
            money_reserved=F("money_reserved") + most.money, tokens_reserved=F("tokens_reserved") + most.tokens
        ):
            return rows.values_list("pk", flat=True).get()
        made = BudgetPeriod(budget_id=budget.pk, start=start)
        BudgetPeriod.objects.bulk_create([made], ignore_conflicts=True)
    raise _Full(budget, rows.get())


def _note_exhausted(full: _Full) -> None:
    """Announce it once per period. Later refusals read `exhausted_at` with the period and write nothing."""
    budget, period = full.budget, full.period
    if period.exhausted_at is not None:
        return
    with transaction.atomic():
        # The refused call may have been the first of its period, whose row has then been rolled back.
        BudgetPeriod.objects.bulk_create([BudgetPeriod(budget_id=budget.pk, start=period.start)], ignore_conflicts=True)
        first = BudgetPeriod.objects.filter(budget_id=budget.pk, start=period.start, exhausted_at=None)
        # Of many calls that are refused at once, the UPDATE lets one announce it.
        if first.update(exhausted_at=timezone.now()):
            announce(
                events.BudgetExhausted(
                    scope=budget.scope,
                    subject=budget.subject,
                    span=budget.span,
                    start=period.start,
                    money_limit=budget.money,
                    money_used=period.money_spent + period.money_reserved,
                    tokens_limit=budget.tokens,
                    tokens_used=period.tokens_spent + period.tokens_reserved,
                )
            )


def _fits(rows: models.QuerySet[BudgetPeriod], budget: BudgetRow, most: MaximumCost) -> models.QuerySet[BudgetPeriod]:
    if budget.money is not None:
        rows = rows.filter(money_spent__lte=budget.money - most.money - F("money_reserved"))
    if budget.tokens is not None:
        rows = rows.filter(tokens_spent__lte=budget.tokens - most.tokens - F("tokens_reserved"))
    return rows


def _move(pk: int, held: MaximumCost, money: Decimal, tokens: int) -> None:
    BudgetPeriod.objects.filter(pk=pk).update(
        money_reserved=F("money_reserved") - held.money,
        tokens_reserved=F("tokens_reserved") - held.tokens,
        money_spent=F("money_spent") + money,
        tokens_spent=F("tokens_spent") + tokens,
    )


def _sentence(budget: BudgetRow, period: BudgetPeriod) -> str:
    whose = {
        Scope.ACCOUNT.value: "your account",
        Scope.TIER.value: f"the {budget.subject.lower()} tier",
        Scope.DEPLOYMENT.value: f"{budget.subject}",
    }[budget.scope]
    span = "today's" if budget.span == Span.DAY else "this month's"
    if budget.money is None:
        return (
            f"The call does not fit into {span} tokens for {whose}: {period.tokens_spent:,} of {budget.tokens:,} used"
        )
    return (
        f"The call does not fit into {span} budget for {whose}: "
        f"{dollars(period.money_spent)} of {dollars(budget.money)} spent"
    )
