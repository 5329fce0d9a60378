"""The log of decisions: appends events and brings the edits to the state that the events describe.

Nothing else writes `DecisionEvent`, `Edit.decision` or `Edit.decision_scope`. `append` expects the caller to hold the
lock on the text's row: the numbers are taken under it, so of two who decide at once the later number counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils import timezone

from humanize.models import DecisionEvent, Edit, Transformation
from humanize.states import Decision, DecisionAction, DecisionScope, Door
from youman.core.database.bulk_insert import insert_rows
from youman.core.models import Account

_COLUMNS = (
    *("transformation_id", "number", "action", "scope", "door", "account_id", "target", "created_at"),
    *("edit_id", "decision", "decision_scope", "previous", "previous_scope"),
)
# Which scopes a decision replaces: a broad decision leaves alone what the writer decided more precisely.
_REPLACED: Mapping[str, frozenset[str]] = {
    DecisionScope.SINGLE: frozenset({"", *DecisionScope.values}),
    DecisionScope.KIND: frozenset({"", DecisionScope.ALL, DecisionScope.KIND}),
    DecisionScope.ALL: frozenset({"", DecisionScope.ALL}),
}


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides, and by which door; no account for a command."""

    account: Account | None = None
    door: str = Door.COMMAND.value


@dataclass(frozen=True, slots=True)
class EditState:
    """What was decided on one edit, and how the writer chose it."""

    decision: str
    scope: str


@dataclass(frozen=True, slots=True)
class DecisionChange:
    """One edit before and after."""

    edit_id: int
    before: EditState
    after: EditState


@dataclass(frozen=True, slots=True)
class DecisionAct:
    """The events of one request, without their edits."""

    number: int
    action: str
    target: int | None
    scope: str


@dataclass(frozen=True, slots=True)
class DecisionHistory:
    """The numbers of the decisions that can be undone and redone, the next one last, and the latest number."""

    version: int = 0
    undoable: tuple[int, ...] = ()
    redoable: tuple[int, ...] = ()

    @property
    def can_undo(self) -> bool:
        """Whether there is a decision to take back."""
        return bool(self.undoable)

    @property
    def can_redo(self) -> bool:
        """Whether the last thing that happened was an undo."""
        return bool(self.redoable)


@dataclass(frozen=True, slots=True)
class DecisionPlan:
    """The changes that a decision makes, and how many edits it leaves alone though they are decided otherwise."""

    changes: tuple[DecisionChange, ...] = ()
    kept: int = 0
    missing: frozenset[int] = field(default_factory=frozenset)


def plan_single(transformation: Transformation, wanted: Mapping[int, str]) -> DecisionPlan:
    """Plan a decision for each edit id in `wanted`; ids that are not edits of the text are `missing`."""
    rows = Edit.objects.filter(transformation=transformation, pk__in=wanted)
    states = dict(_states(rows))
    changes = [
        DecisionChange(edit_id, states[edit_id], _after(wanted[edit_id], DecisionScope.SINGLE))
        for edit_id in sorted(states)
    ]
    return DecisionPlan(_effective(changes), missing=frozenset(wanted) - frozenset(states))


def plan_bulk(edits: QuerySet[Edit], decision: str, scope: str, *, override: bool) -> DecisionPlan:
    """Plan one decision for all of `edits`; only with `override`, or to reset them, for more precisely decided ones.

    Edits to be looked at are accepted one by one only.
    """
    if decision == Decision.ACCEPTED:
        edits = edits.filter(look="")
    everything = override or decision == Decision.UNDECIDED
    replaced = _REPLACED[DecisionScope.SINGLE if everything else scope]
    states = _states(edits)
    after = _after(decision, scope)
    changes = [DecisionChange(edit_id, state, after) for edit_id, state in states if state.scope in replaced]
    kept = sum(state.decision != decision for _, state in states if state.scope not in replaced)
    return DecisionPlan(_effective(changes), kept)


def append(
    transformation: Transformation, changes: Sequence[DecisionChange], *, act: DecisionAct, decider: Decider
) -> None:
    """Store the events of one act and bring the edits to their state, in one INSERT and one UPDATE."""
    if not changes:
        return
    account = decider.account.pk if decider.account else None
    shared = (
        *(transformation.pk, act.number, act.action, act.scope, decider.door, account, act.target, timezone.now()),
    )
    rows = [
        (*shared, one.edit_id, one.after.decision, one.after.scope, one.before.decision, one.before.scope)
        for one in changes
    ]
    insert_rows(DecisionEvent, _COLUMNS, rows)
    event = DecisionEvent.objects.filter(transformation=transformation, number=act.number, edit=OuterRef("pk"))
    touched = DecisionEvent.objects.filter(transformation=transformation, number=act.number)
    Edit.objects.filter(pk__in=touched.values("edit")).update(
        decision=Subquery(event.values("decision")), decision_scope=Subquery(event.values("decision_scope"))
    )


def changes_of(transformation: Transformation, number: int, *, backwards: bool) -> tuple[DecisionChange, ...]:
    """Return the changes of an act again; `backwards`, those that take it back."""
    rows = DecisionEvent.objects.filter(transformation=transformation, number=number).order_by("edit")
    changes = []
    for edit_id, *values in rows.values_list("edit", "previous", "previous_scope", "decision", "decision_scope"):
        before, after = EditState(values[0], values[1]), EditState(values[2], values[3])
        changes.append(DecisionChange(edit_id, after, before) if backwards else DecisionChange(edit_id, before, after))
    return tuple(changes)


def acts_of(transformation: Transformation) -> list[DecisionAct]:
    """Return the acts on a text, the earliest first."""
    rows = DecisionEvent.objects.filter(transformation=transformation).order_by("number")
    return [DecisionAct(*values) for values in rows.values_list("number", "action", "target", "scope").distinct()]


def acts_in(events: Iterable[DecisionEvent]) -> list[DecisionAct]:
    """Return the acts among events that have been read already, the earliest first."""
    found = {event.number: DecisionAct(event.number, event.action, event.target, event.scope) for event in events}
    return [found[number] for number in sorted(found)]


def history_of(acts: Iterable[DecisionAct]) -> DecisionHistory:
    """Replay the acts: a decision can be undone, an undo redone until the next decision."""
    version, undoable, redoable = 0, list[int](), list[int]()
    for act in acts:
        version = act.number
        if act.action == DecisionAction.DECIDE:
            undoable.append(act.number)
            redoable.clear()
        elif act.action == DecisionAction.UNDO:
            redoable.append(undoable.pop())
        else:
            undoable.append(redoable.pop())
    return DecisionHistory(version, tuple(undoable), tuple(redoable))


def version_numbers(transformations: Iterable[Transformation]) -> Mapping[object, int]:
    """Return the number of the latest act by the id of each text that has one."""
    rows = DecisionEvent.objects.filter(transformation__in=[row.pk for row in transformations])
    return dict(rows.order_by().values_list("transformation").annotate(latest=Max("number")))


def ids_by_decision(changes: Iterable[DecisionChange]) -> Mapping[str, list[int]]:
    """Return the ids of the changed edits by their new decision."""
    found: dict[str, list[int]] = defaultdict(list)
    for one in changes:
        found[one.after.decision].append(one.edit_id)
    return found


def _states(edits: QuerySet[Edit]) -> list[tuple[int, EditState]]:
    rows = edits.order_by("pk").values_list("pk", "decision", "decision_scope")
    return [(pk, EditState(decision, scope)) for pk, decision, scope in rows]


def _after(decision: str, scope: str) -> EditState:
    return EditState(decision, "" if decision == Decision.UNDECIDED else str(scope))


def _effective(changes: Iterable[DecisionChange]) -> tuple[DecisionChange, ...]:
    return tuple(one for one in changes if one.before != one.after)
