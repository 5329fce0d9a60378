"""What a writer does with a transformation: cancel, resume, decide on edits, give feedback, delete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from humanize import selectors
from humanize.errors import StaleVersion
from humanize.generation import settlement
from humanize.models import Deferred, Edit, Feedback, Transformation
from humanize.states import EDGES, REWRITE_TASK, TERMINAL, DecisionAction, DecisionScope, State
from humanize.transformations import decision_events, outcome_report
from humanize.transformations.decision_events import Decider, DecisionAct, DecisionChange, DecisionHistory
from youman.core.accounts.lifecycle import refund_words, spend_words
from youman.core.errors import InvalidInput, NotFound, WrongState
from youman.core.models import Account
from youman.core.runtime import queue
from youman.core.states import Edges, transition

# Only the reaper may queue a running transformation: a writer who resumes twice must not pay twice.
_RESUME: Edges = {State.FAILED: frozenset({State.QUEUED}), State.CANCELLED: frozenset({State.QUEUED})}

BY_COMMAND = Decider()


@dataclass(frozen=True, slots=True)
class OneDecision:
    edit_id: int
    decision: str


@transaction.atomic
def cancel(*, account: Account, transformation_id: UUID) -> None:
    """Cancel a transformation. Its worker stops before the next chunk, and its words no longer count.

    Raises NotFound, or WrongState if it has ended.
    """
    rows = Transformation.objects.filter(owner=account, pk=transformation_id)
    # `settlement` adds the cost of calls that are still running when they end.
    spent = settlement.total(selectors.ledger_calls(transformation_id))
    transition(rows, edges=EDGES, to=State.CANCELLED, finished_at=timezone.now(), cost=spent)
    give_back(transformation_id)


@transaction.atomic
def resume(*, account: Account, transformation_id: UUID) -> None:
    """Queue a failed or cancelled transformation to continue after its last finished chunk.

    Raises NotFound, WrongState, or QuotaExceeded if the account has too few words left by now.
    """
    rows = Transformation.objects.filter(owner=account, pk=transformation_id)
    now = timezone.now()
    cleared = {"finished_at": None, "error_code": "", "error_detail": "", "recoveries": 0, "enqueued_at": now}
    transition(rows, edges=_RESUME, to=State.QUEUED, wait_until=None, **cleared)
    Deferred.objects.filter(chunk__transformation__in=rows, answered=False).delete()
    words = rows.values_list("words", flat=True).get()
    spend_words(account=account, words=words)
    rows.update(charged=words, charged_on=now.date())
    queue.enqueue_on_commit(REWRITE_TASK, str(transformation_id))


def give_back(transformation_id: UUID) -> None:
    """Refund the words charged for a transformation. Idempotent: only the call that clears the charge refunds it."""
    row = (
        Transformation.objects.select_related("owner").only("owner", "charged", "charged_on").get(pk=transformation_id)
    )
    cleared = Transformation.objects.filter(pk=row.pk, charged=row.charged).update(charged=0)
    if cleared and row.charged and row.charged_on is not None:
        refund_words(account=row.owner, words=row.charged, month=row.charged_on)


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision, an undo or a redo changed, and how things stand now.

    `kept` counts the edits that a broad decision left alone because the writer had decided them more precisely.
    """

    counts: selectors.Decisions
    history: DecisionHistory
    changes: tuple[DecisionChange, ...] = ()
    kept: int = 0


@transaction.atomic
def decide(
    *,
    transformation: Transformation,
    decisions: Sequence[OneDecision] = (),
    kind: str = "",
    everything: str = "",
    override: bool = False,
    decider: Decider = BY_COMMAND,
) -> Decided:
    """Decide on single edits, or give all edits (only those of `kind`, if given) the decision `everything`.

    A decision on all edits leaves those alone that were decided by kind or one by one, and a decision on a kind those
    that were decided one by one, unless `override` is true or the edits become undecided again. Deciding the same again
    changes nothing. An edit to be looked at is accepted by itself only.

    Raises WrongState before the text is completed, InvalidInput for two decisions on one edit, and NotFound, changing
    nothing, for an edit of another text.
    """
    wanted = _by_edit(decisions)
    _lock_for_decisions(transformation)
    if everything:
        scope = DecisionScope.KIND if kind else DecisionScope.ALL
        edits = _of_kind(Edit.objects.filter(transformation=transformation), kind)
        plan = decision_events.plan_bulk(edits, everything, scope, override=override)
    else:
        scope = DecisionScope.SINGLE
        plan = decision_events.plan_single(transformation, wanted)
    if plan.missing:
        raise NotFound("One of these edits does not belong to this transformation; read its edits again")
    acts = decision_events.acts_of(transformation)
    if plan.changes:
        acts.append(DecisionAct(_next_number(acts), DecisionAction.DECIDE, None, scope))
        decision_events.append(transformation, plan.changes, act=acts[-1], decider=decider)
    return _decided(transformation, acts, plan.changes, plan.kept)


def undo(*, transformation: Transformation, version: int | None = None, decider: Decider = BY_COMMAND) -> Decided:
    """Take back the latest decision that stands: each of its edits gets exactly the decision that it had before.

    With `version`, only if no decision has been made since that version, in another tab or by another program.
    Raises WrongState when there is nothing to undo or the text is not completed, StaleVersion, NotFound.
    """
    return _revert(transformation, DecisionAction.UNDO, version, decider)


def redo(*, transformation: Transformation, version: int | None = None, decider: Decider = BY_COMMAND) -> Decided:
    """Make the decision again that was undone last. Only possible until the next decision.

    Raises WrongState when there is nothing to redo or the text is not completed, StaleVersion, NotFound.
    """
    return _revert(transformation, DecisionAction.REDO, version, decider)


@transaction.atomic
def _revert(transformation: Transformation, action: str, version: int | None, decider: Decider) -> Decided:
    _lock_for_decisions(transformation)
    acts = decision_events.acts_of(transformation)
    history = decision_events.history_of(acts)
    if version is not None and version != history.version:
        raise StaleVersion("The decisions have changed since, in another tab or by a program; read them again")
    undoing = action == DecisionAction.UNDO
    targets = history.undoable if undoing else history.redoable
    if not targets:
        raise WrongState(f"There is no decision to {action}")
    changes = decision_events.changes_of(transformation, targets[-1], backwards=undoing)
    scope = next(act.scope for act in acts if act.number == targets[-1])
    acts.append(DecisionAct(_next_number(acts), action, targets[-1], scope))
    decision_events.append(transformation, changes, act=acts[-1], decider=decider)
    return _decided(transformation, acts, changes)


def _by_edit(decisions: Sequence[OneDecision]) -> dict[int, str]:
    wanted = {one.edit_id: one.decision for one in decisions}
    if any(wanted[one.edit_id] != one.decision for one in decisions):
        raise InvalidInput("One of these edits has two decisions; send one decision for each edit")
    return wanted


def _next_number(acts: Sequence[DecisionAct]) -> int:
    return acts[-1].number + 1 if acts else 1


def _decided(
    transformation: Transformation, acts: Sequence[DecisionAct], changes: tuple[DecisionChange, ...], kept: int = 0
) -> Decided:
    if changes:
        outcome_report.report(transformation)
    counts = selectors.decisions_of(transformation)
    return Decided(counts, decision_events.history_of(acts), changes, kept)


def _lock_for_decisions(transformation: Transformation) -> None:
    """Lock the row, so that two simultaneous decisions take turns; each updates many rows and they could deadlock."""
    rows = Transformation.objects.select_for_update(no_key=True).filter(pk=transformation.pk)
    state = rows.values_list("state", flat=True).first()
    if state is None:
        raise NotFound("There is no such transformation")
    if state != State.COMPLETED:
        raise WrongState(f"The transformation is {state}; its edits can be decided on once it is completed")


def _of_kind(edits: QuerySet[Edit], kind: str) -> QuerySet[Edit]:
    return edits.filter(Q(source=kind) | Q(source__startswith=f"{kind}/")) if kind else edits


@transaction.atomic
def give_feedback(*, transformation: Transformation, rating: int | None, comment: str, final_text: str) -> Feedback:
    """Store the feedback on a transformation, replacing earlier feedback. `rating` is 1 to 5."""
    values = {"rating": rating, "comment": comment, "final_text": final_text, "created_at": timezone.now()}
    given = Feedback.objects.update_or_create(transformation=transformation, defaults=values)[0]
    outcome_report.report(transformation)
    return given


@transaction.atomic
def delete_transformation(*, account: Account, transformation_id: UUID) -> None:
    """Delete a transformation with its edits; a worker that runs it finds the row gone and stops. Raises NotFound."""
    rows = Transformation.objects.filter(owner=account, pk=transformation_id)
    stop_all(rows)
    if not rows.delete()[0]:
        raise NotFound("There is no such transformation")


def stop_all(rows: QuerySet[Transformation]) -> None:
    """Lock transformations that are about to be deleted, and refund the words of those that have not ended.

    Without the lock a worker could add edits after the old edits were deleted and before the row is.
    """
    for pk, state in list(rows.select_for_update().order_by("pk").values_list("pk", "state")):
        if state not in TERMINAL:
            give_back(pk)
