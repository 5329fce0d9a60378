"""The state or result of a rewrite in one sentence, the same in API answers and at the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from humanize.models import Transformation
from humanize.routing import router
from humanize.rules.pack import load_language
from humanize.states import State

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
