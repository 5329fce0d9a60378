"""What a writer does with a transformation: cancel, resume, decide, give feedback, read the final text, delete."""

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
from youman.core.accounts.stored_answers import forget_answers
from youman.core.errors import NotFound, WrongState
from youman.core.models import Account
from youman.core.runtime import queue
from youman.core.states import Edges, transition

# The reaper alone may queue what is running: a writer who resumes twice must not pay twice.
_RESUME: Edges = {State.FAILED: frozenset({State.QUEUED}), State.CANCELLED: frozenset({State.QUEUED})}


@dataclass(frozen=True, slots=True)
class OneDecision:
    edit_id: int
    decision: str


@transaction.atomic
def cancel(*, account: Account, transformation_id: UUID) -> None:
    """Give it up; the worker stops before the next chunk and the words come back. Raises WrongState when it is over."""
    rows = Transformation.objects.filter(owner=account, pk=transformation_id)
    # What is under way now is added when it ends: see `settling`.
    spent = settlement.total(selectors.ledger_calls(transformation_id))
    transition(rows, edges=EDGES, to=State.CANCELLED, finished_at=timezone.now(), cost=spent)
    give_back(transformation_id)


@transaction.atomic
def resume(*, account: Account, transformation_id: UUID) -> None:
    """Go on after the last finished chunk. Raises WrongState, or QuotaExceeded when the words are gone by now."""
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
    """Return the booked words, once: the row that is cleared is the row that is given back."""
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
    """Decide single edits, or with `everything` all edits (of `kind`, when given).

    Raises WrongState before the text is completed, and NotFound, changing nothing, for an edit of another text.
    """
    _lock_for_decisions(transformation)
    edits = Edit.objects.filter(transformation=transformation)
    if everything:
        _of_kind(edits, kind).update(decision=everything)
    for value in Decision.values:
        wanted = {one.edit_id for one in decisions if one.decision == value}
        if wanted and edits.filter(pk__in=wanted).update(decision=value) != len(wanted):
            raise NotFound("One of these edits is not of this transformation; read its edits again")
    outcome_report.report(transformation)
    return selectors.decisions_of(transformation)


def _lock_for_decisions(transformation: Transformation) -> None:
    """Two who decide at once take turns: each updates many rows, and in two orders they would wait for each other."""
    rows = Transformation.objects.select_for_update(no_key=True).filter(pk=transformation.pk)
    state = rows.values_list("state", flat=True).first()
    if state is None:
        raise NotFound("There is no such transformation")
    if state != State.COMPLETED:
        raise WrongState(f"The transformation is {state}; decide on its edits when it is completed")


def _of_kind(edits: QuerySet[Edit], kind: str) -> QuerySet[Edit]:
    return edits.filter(Q(source=kind) | Q(source__startswith=f"{kind}/")) if kind else edits


@transaction.atomic
def give_feedback(*, transformation: Transformation, rating: int | None, comment: str, final_text: str) -> Feedback:
    """One a transformation; a later one replaces it."""
    values = {"rating": rating, "comment": comment, "final_text": final_text, "created_at": timezone.now()}
    given = Feedback.objects.update_or_create(transformation=transformation, defaults=values)[0]
    outcome_report.report(transformation)
    return given


@transaction.atomic
def delete_transformation(*, account: Account, transformation_id: UUID) -> None:
    """With its edits. A worker that holds it finds the row gone and stops. Raises NotFound."""
    rows = Transformation.objects.filter(owner=account, pk=transformation_id)
    stop_all(rows)
    if not rows.delete()[0]:
        raise NotFound("There is no such transformation")
    forget_answers(account, [str(transformation_id)])


def stop_all(rows: QuerySet[Transformation]) -> None:
    """Before they are deleted: lock them, and return the words of those that have given the writer nothing yet.

    A worker would else add edits between the deletion of the old ones and of the row.
    """
    for pk, state in list(rows.select_for_update().order_by("pk").values_list("pk", "state")):
        if state not in TERMINAL:
            give_back(pk)
