"""The text as the writer decided: the source with every edit applied but the rejected."""

from __future__ import annotations

from dataclasses import dataclass

from humanize import selectors
from humanize.models import Edit, Transformation
from humanize.pipeline import detectors
from humanize.scoring import Scores, score
from humanize.states import Decision, State
from humanize.text.edits import apply
from humanize.text.similarity import similarity
from humanize.transformations.row_mapping import edit_from_row
from youman.core.errors import WrongState

SCORED_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Final:
    """`scores` and `similarity` are None for a long text with edits left out: they would take too long.

    `before` are the source's scores by the same detector as `scores`. `note` says when both had to be made anew,
    since the detector that scored the rewrite is gone.
    """

    text: str
    decisions: selectors.Decisions
    scores: Scores | None
    similarity: float | None
    before: Scores | None = None
    note: str = ""


def final_text(row: Transformation, *, accepted_only: bool = False) -> Final:
    """Raises WrongState before the transformation is completed. Reads, changes nothing."""
    if row.state != State.COMPLETED:
        raise WrongState(f"The transformation is {row.state}; its final text is there when it is completed")
    decisions = selectors.decisions_of(row)
    left_out = decisions.rejected + (decisions.undecided if accepted_only else 0)
    if not left_out and row.scores is not None:
        before, after = (Scores(**row.scores[name]) for name in ("before", "after"))
        return Final(row.result, decisions, after, row.similarity, before)
    text = apply(row.source, [edit_from_row(edit) for edit in _applied(row, accepted_only)])
    if row.words > SCORED_WORDS:
        return Final(text, decisions, None, None)
    before, after, note = _scored(row, text)
    return Final(text, decisions, after, round(similarity(row.source, text), 4), before, note)


def _scored(row: Transformation, text: str) -> tuple[Scores, Scores, str]:
    """The source and the text by one detector: the one that scored the rewrite, as long as it can be had."""
    language = row.detected_language
    if row.scores is not None:
        before = Scores(**row.scores["before"])
        try:
            return (
                before,
                score(text, language=language, detector=detectors.pinned_detector(before.detector_version)),
                "",
            )
        except detectors.DetectorGone as error:
            note = f"Scored anew, before and after: {error}"
    else:
        note = ""
    detector = detectors.current_detector()
    return (*(score(one, language=language, detector=detector) for one in (row.source, text)), note)  # type: ignore[return-value]  # two of them


def _applied(row: Transformation, accepted_only: bool) -> list[Edit]:
    edits = selectors.edits_of(row)
    return list(
        edits.filter(decision=Decision.ACCEPTED) if accepted_only else edits.exclude(decision=Decision.REJECTED)
    )
