"""What a writer does with a transformation: cancel, resume, decide on edits, give feedback, delete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from humanize import selectors
from humanize.generation import settlement
from humanize.models import Deferred, Edit, Feedback, Transformation
from humanize.states import EDGES, REWRITE_TASK, TERMINAL, Decision, State
from humanize.transformations import outcome_report
from youman.core.accounts.lifecycle import refund_words, spend_words
from youman.core.errors import NotFound, WrongState
from youman.core.models import Account
from youman.core.runtime import queue
from youman.core.states import Edges, transition

# Only the reaper may queue a running transformation: a writer who resumes twice must not pay twice.
_RESUME: Edges = {State.FAILED: frozenset({State.QUEUED}), State.CANCELLED: frozenset({State.QUEUED})}


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


@transaction.atomic
def decide(
    *, transformation: Transformation, decisions: Sequence[OneDecision] = (), kind: str = "", everything: str = ""
) -> selectors.Decisions:
    """Decide on single edits, or give all edits (only those of `kind`, if given) the decision `everything`.

    Raises WrongState before the text is completed. Raises NotFound, changing nothing, for an edit of another text.
    """
    _lock_for_decisions(transformation)
    edits = Edit.objects.filter(transformation=transformation)
    if everything:
        _of_kind(edits, kind).update(decision=everything)
    for value in Decision.values:
        wanted = {one.edit_id for one in decisions if one.decision == value}
        if wanted and edits.filter(pk__in=wanted).update(decision=value) != len(wanted):
            raise NotFound("One of these edits does not belong to this transformation; read its edits again")
    outcome_report.report(transformation)
    return selectors.decisions_of(transformation)


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
