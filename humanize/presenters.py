"""The state, result and AI-likeness of a rewrite in plain words, the same in API answers and at the terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from humanize.models import Transformation
from humanize.routing import router
from humanize.rules.pack import load_language
from humanize.scoring import Scores
from humanize.states import State

_KINDS = {
    "code": "code",
    "data": "rows of data",
    "front_matter": "front matter",
    "heading": "headings",
    "html": "HTML",
    "list_item": "lists",
    "quote": "quotations",
    "table": "tables",
    "verse": "verse",
}

# Where nothing was found, the writer reads what was looked for: nothing found is not the same as nothing to improve.
NOTHING_FOUND = (
    "Nothing found. Youman looked for stock phrases, padding, empty openers and closings, overused words and stiff "
    "sentence patterns. It did not check spelling or grammar."
)


def summary(row: Transformation) -> str:
    """Return the state or the result of a transformation in one sentence."""
    match row.state:
        case State.COMPLETED:
            return plain_result(row.edit_count, row.route, row.detected_language or row.language)
        case State.QUEUED:
            return "Waiting for a worker"
        case State.RUNNING:
            return f"{row.done_chunks:,} of {row.total_chunks:,} parts done" if row.total_chunks else "Started"
        case State.WAITING:
            return "Waiting for the vendor's batch (up to a day; requested live if late)"
        case State.CANCELLED:
            return "Cancelled; resume to continue where it stopped"
        case _:
            return f"Failed: {row.error_detail}"


def plain_result(edits: int, route: Sequence[Mapping[str, str]], language: str) -> str:
    """Return which candidates made how many edits, in one sentence; without edits, what was looked for.

    `route` holds the steps with the keys `candidate` and `outcome`; `language` is the ISO 639-1 code of the text.
    """
    if not edits:
        return NOTHING_FOUND if load_language(language) else "The text was left unchanged"
    names = [step["candidate"] for step in route if step["outcome"] == "answered"]
    who = " and ".join(dict.fromkeys("rules" if name == router.RULES else name for name in names))
    return f"{who[:1].upper()}{who[1:]} made {edits:,} {'edit' if edits == 1 else 'edits'}"


def left_out(edits: int) -> str:
    """Return in one sentence that edits to be looked at are not in the text; empty if there are none."""
    if edits == 1:
        return "1 edit is left out because somebody has to look at it"
    return f"{edits:,} edits are left out because somebody has to look at them" if edits else ""


def likeness_note(scores: Scores) -> str:
    """Return in whole sentences what the AI-likeness means: how many human texts score as high, and what was left out.

    Says why there is none where it is None; empty for a low value of a text that is all prose.
    """
    if scores.ai_likeness is None:
        return _no_score(scores)
    parts = (_promise(scores), f"Only prose is scored; left out: {_left_out_words(scores)}." if scores.left_out else "")
    return " ".join(part for part in parts if part)


def _no_score(scores: Scores) -> str:
    if scores.no_score_reason == "language":
        return "No verdict on AI-likeness: the detector does not know this language."
    if scores.no_score_reason == "too_little_prose":
        return (
            f"No verdict on AI-likeness: it needs at least {scores.min_words} words of prose, and the text has "
            f"{scores.prose_words}. Left out: {_left_out_words(scores)}."
        )
    return f"No verdict on AI-likeness: a text needs at least {scores.min_words} words."


def _promise(scores: Scores) -> str:
    if scores.band == "low":
        return ""
    if scores.band_fpr is None:
        return "How many human texts of this genre score this high is not known."
    share = f"up to {math.ceil(100 * scores.band_fpr)} in 100"
    if scores.genre is None:
        return f"In the genre where the detector errs most, {share} texts written by people score this high."
    return f"Of texts of this genre ({scores.genre}) written by people, {share} score this high."


def _left_out_words(scores: Scores) -> str:
    """Return the words that are not prose by kind, most first: "81 words of lists, 26 of headings"."""
    (first, most), *others = sorted(scores.left_out.items(), key=lambda item: (-item[1], item[0]))
    counts = [f"{most:,} {'word' if most == 1 else 'words'} of {_KINDS.get(first, first)}"]
    return ", ".join([*counts, *(f"{words:,} of {_KINDS.get(kind, kind)}" for kind, words in others)])
