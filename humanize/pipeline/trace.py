"""The trace of a text: the plan, then each call with its outcome and cost. It is stored, and summed up in a sentence.

Amounts of money are strings here, so that a trace passes through JSON unchanged. Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

RULES = "rules"
Outcome = Literal["answered", "failed", "compared"]
COMPARED: Outcome = "compared"  # gave a second opinion on what another wrote


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """The record of one candidate that was asked for one stretch.

    `kind` is the kind of failure, or `cached`, `batched`, `retried`, `mended`, `opinion` or empty. `cost` is in
    dollars, as far as the answer reported it; `invocations` are the ids of the calls; `edits` counts verified edits.
    """

    candidate: str
    outcome: Outcome
    reason: str
    kind: str = ""
    cost: str = "0"
    calls: int = 0
    edits: int = 0
    invocations: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> AttemptRecord:
        fields = dict(data)
        found = fields.pop("invocations", ())
        assert isinstance(found, list | tuple)
        return cls(invocations=tuple(map(str, found)), **fields)  # type: ignore[arg-type]  # written by to_json

    @property
    def answered_by(self) -> UUID | None:
        """Return the id of the call whose answer was used; None if there was none."""
        return UUID(self.invocations[-1]) if self.outcome == "answered" and self.invocations else None


def edits_sentence(edits: int) -> str:
    """Return the number of edits as a clause, such as "made 3 edits"."""
    return f"made {edits:,} {'edit' if edits == 1 else 'edits'}" if edits else "found nothing to change"


@dataclass(frozen=True, slots=True)
class LedgerCall:
    """A call in the ledger, with its cost in dollars. `error` is empty if it was answered."""

    invocation: str
    candidate: str
    error: str
    cost: Decimal


_Key = tuple[str, str, str]
LATE = "late"  # a call whose answer was not needed any more, because another one was faster
_LATE_REASON = "another candidate answered first; this call is charged as well"


def steps_of(tries: Iterable[AttemptRecord], parts: int, calls: Sequence[LedgerCall] = ()) -> list[dict[str, str]]:
    """Return one step for each candidate and outcome over all parts, in the order of their first appearance.

    With `calls`, the costs come from the ledger, and calls that no record mentions get steps of their own.
    """
    groups: dict[_Key, list[AttemptRecord]] = {}
    for one in tries:
        key = (one.candidate, one.outcome, one.reason if one.outcome != "answered" else "")
        groups.setdefault(key, []).append(one)
    ordered = dict(sorted(groups.items(), key=lambda group: group[0][1] == "answered"))
    bills = _billed(ordered, calls)
    steps = [_step(key, group, parts, bills.get(key)) for key, group in ordered.items()]
    late = [key for key in bills if key not in ordered]
    return [*steps, *({"candidate": k[0], "outcome": LATE, "reason": k[2], "cost": f"{bills[k]:f}"} for k in late)]


def _billed(groups: Mapping[_Key, Sequence[AttemptRecord]], paid: Sequence[LedgerCall]) -> dict[_Key, Decimal]:
    by_call = {id: key for key, group in groups.items() for one in group for id in one.invocations}
    bills: dict[_Key, Decimal] = {}
    for call in paid:
        key = by_call.get(call.invocation) or _of_a_failed(groups, call) or (call.candidate, LATE, _LATE_REASON)
        bills[key] = bills.get(key, Decimal(0)) + call.cost
    return bills


def _of_a_failed(groups: Mapping[_Key, Sequence[AttemptRecord]], call: LedgerCall) -> _Key | None:
    """Return the group of a failed call, which no record lists: the failure of its candidate, or else its answer."""
    if not call.error:
        return None
    own = [key for key in groups if key[0] == call.candidate]
    same = [key for key in own if any(one.kind == call.error for one in groups[key])]
    return next(iter((*same, *own)), None)


def _step(key: _Key, group: Sequence[AttemptRecord], parts: int, billed: Decimal | None = None) -> dict[str, str]:
    candidate, outcome, reason = key
    if outcome == "answered":
        mended = len(group) == 1 and group[0].kind == "mended"
        reason = group[0].reason if mended else edits_sentence(sum(record.edits for record in group))
        reason += _asides(group)
    if parts > 1:
        reason = f"{reason}, in {len(group)} of {parts} parts"
    step = {"candidate": candidate, "outcome": outcome, "reason": reason}
    cost = sum((Decimal(one.cost) for one in group), Decimal(0)) if billed is None else billed
    made = billed is not None or any(one.calls or one.kind == "cached" for one in group)
    return step | {"cost": f"{cost:f}"} if made else step


def _asides(group: Sequence[AttemptRecord]) -> str:
    cached = sum(one.kind == "cached" for one in group)
    retried = sum(one.kind == "retried" for one in group)
    batched = sum(one.kind == "batched" for one in group)
    asides = []
    if cached:
        asides.append("from the cache" if cached == len(group) else f"{cached} from the cache")
    if batched:
        asides.append("from its vendor's batch" if batched == len(group) else f"{batched} from its vendor's batch")
    if retried:
        asides.append("after a second question" if len(group) == 1 else f"{retried} after a second question")
    return f" ({', '.join(asides)})" if asides else ""


def sentence(route: Sequence[Mapping[str, str]]) -> str:
    """Return the trace as one sentence for people; empty until there is an answer."""
    answered = [step for step in route if step["outcome"] == "answered"]
    if not answered:
        return ""
    names = [step["candidate"] for step in answered]
    who = _listed(["the built-in rules" if name == RULES else name for name in names])
    text = f"{who[0].upper() if names[0] == RULES else who[0]}{who[1:]} rewrote this{_money(route)}"
    failed = [step for step in route if step["outcome"] == "failed"]
    if failed:
        text += f"; before that, {_listed([_fall(step) for step in failed])}"
    compared = [step["candidate"] for step in route if step["outcome"] == COMPARED]
    if compared:
        text += f"; {_listed(compared)} compared it with the original"
    late = [step["candidate"] for step in route if step["outcome"] == LATE]
    if late:
        text += f"; {_listed(late)} {'was' if len(set(late)) == 1 else 'were'} called at the same time and charged too"
    return f"{text}."


def _money(route: Sequence[Mapping[str, str]]) -> str:
    costs = [Decimal(step["cost"]) for step in route if "cost" in step]
    if not costs:
        return ""
    total = sum(costs, Decimal(0))
    if not total:
        cached = any("cache" in step["reason"] for step in route if step["outcome"] == "answered")
        return ", from the cache, at no cost" if cached else ", at no cost"
    return f" for ${total:.4f}" if total >= Decimal("0.0001") else " for less than $0.0001"


def _fall(step: Mapping[str, str]) -> str:
    return f"{step['candidate']} was asked: {step['reason'].rstrip('.')}"


def _listed(items: Sequence[str]) -> str:
    items = list(dict.fromkeys(items))
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
