"""The text as the writer decided: the source with every edit applied but the rejected."""

from __future__ import annotations

from dataclasses import dataclass

from humanize import selectors
from humanize.models import Edit, Transformation
from humanize.scoring import Scores, score
from humanize.states import Decision, State
from humanize.storing import plain_edit
from humanize.text.edits import apply
from humanize.text.similarity import similarity
from youman.core.errors import WrongState

SCORED_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Final:
    """`scores` and `similarity` are None for a long text with edits left out: they would take too long."""

    text: str
    decisions: selectors.Decisions
    scores: Scores | None
    similarity: float | None


def final_text(row: Transformation, *, accepted_only: bool = False) -> Final:
    """Raises WrongState before the transformation is completed. Reads, changes nothing."""
    if row.state != State.COMPLETED:
        raise WrongState(f"The transformation is {row.state}; its final text is there when it is completed")
    decisions = selectors.decisions_of(row)
    left_out = decisions.rejected + (decisions.undecided if accepted_only else 0)
    if not left_out and row.scores is not None:
        return Final(row.result, decisions, Scores(**row.scores["after"]), row.similarity)
    text = apply(row.source, [plain_edit(edit) for edit in _applied(row, accepted_only)])
    if row.words > SCORED_WORDS:
        return Final(text, decisions, None, None)
    scores = score(text, language=row.detected_language)
    return Final(text, decisions, scores, round(similarity(row.source, text), 4))


def _applied(row: Transformation, accepted_only: bool) -> list[Edit]:
    edits = selectors.edits_of(row)
    return list(
        edits.filter(decision=Decision.ACCEPTED) if accepted_only else edits.exclude(decision=Decision.REJECTED)
    )
