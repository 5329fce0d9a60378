"""The final text: the source with all edits except those that the writer rejected, or has yet to look at."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from humanize import selectors
from humanize.judging import Judgement
from humanize.models import Edit, Transformation
from humanize.pipeline import champions
from humanize.scoring import Scores, score
from humanize.states import Decision, State
from humanize.text.edits import apply
from humanize.text.similarity import similarity
from humanize.transformations.row_mapping import edit_from_row
from youman.core.errors import WrongState

SCORED_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class FinalText:
    """The final text with its scores.

    `scores` and `similarity` (0 to 1) are None for a text of more than 20,000 words with edits left out, since
    computing them would take too long. `before` holds the scores of the source by the same detector as `scores`.
    `note` is not empty if both had to be computed again because the detector of the rewrite no longer exists.
    `judgement` says whether the final text reads better than the source; None where it is not judged, or not scored.
    """

    text: str
    counts: selectors.Decisions
    scores: Scores | None
    similarity: float | None
    before: Scores | None = None
    note: str = ""
    judgement: Judgement | None = None


def final_text(row: Transformation, *, accepted_only: bool = False) -> FinalText:
    """Return the final text without storing anything.

    With `accepted_only`, undecided edits are left out as well. Raises WrongState before the rewrite is completed.
    """
    if row.state != State.COMPLETED:
        raise WrongState(f"The transformation is {row.state}; its final text can be read once it is completed")
    counts = selectors.decisions_of(row)
    unlike = counts.rejected + counts.seen
    if accepted_only:
        unlike += counts.undecided - counts.to_look
    text = row.result
    if unlike:
        text = apply(row.source, [edit_from_row(edit) for edit in _applied(row, accepted_only)])
    if text == row.result and row.scores is not None:
        before, after = (Scores(**row.scores[name]) for name in ("before", "after"))
        return FinalText(row.result, counts, after, row.similarity, before, judgement=_stored_judgement(row))
    if row.words > SCORED_WORDS:
        return FinalText(text, counts, None, None)
    before, after, note = _scored(row, text)
    stored = _stored_judgement(row)
    judgement = champions.judgement_of(row.source, text, row.detected_language, stored.version if stored else "")
    return FinalText(text, counts, after, round(similarity(row.source, text), 4), before, note, judgement)


def _stored_judgement(row: Transformation) -> Judgement | None:
    found = (row.scores or {}).get("judgement")
    return Judgement(**found) if found else None


def _scored(row: Transformation, text: str) -> tuple[Scores, Scores, str]:
    """Score source and text by one detector: the one that scored the rewrite, if it still exists."""
    language = row.detected_language
    if row.scores is not None:
        before = Scores(**row.scores["before"])
        try:
            return (
                before,
                score(text, language=language, detector=champions.DETECTOR.pinned(before.detector_version)),
                "",
            )
        except champions.ModelGone as error:
            note = f"Scores before and after were computed again: {error}"
    else:
        note = ""
    detector = champions.DETECTOR.current()
    return (*(score(one, language=language, detector=detector) for one in (row.source, text)), note)  # type: ignore[return-value]  # the generator yields two


def _applied(row: Transformation, accepted_only: bool) -> list[Edit]:
    edits, accepted = selectors.edits_of(row), Q(decision=Decision.ACCEPTED)
    wanted = accepted if accepted_only else accepted | Q(decision=Decision.UNDECIDED, look="")
    return list(edits.filter(wanted))
