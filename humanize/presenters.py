"""What became of a text, in a sentence for people, the same in answers and at the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from humanize.models import Transformation
from humanize.routing import router
from humanize.states import State


def summary(row: Transformation) -> str:
    """One plain sentence for people."""
    match row.state:
        case State.COMPLETED:
            return plain_result(row.edit_count, row.route)
        case State.QUEUED:
            return "Waiting for a worker"
        case State.RUNNING:
            return f"{row.done_chunks:,} of {row.total_chunks:,} parts done" if row.total_chunks else "Started"
        case State.WAITING:
            return "Waits for a vendor's batch: it comes within a day, and is asked for at once when it does not"
        case State.CANCELLED:
            return "Cancelled; resume to go on where it stopped"
        case _:
            return f"Failed: {row.error_detail}"


def plain_result(edits: int, route: Sequence[Mapping[str, str]]) -> str:
    """Who made how many edits."""
    if not edits:
        return "Nothing worth changing"
    names = [step["candidate"] for step in route if step["outcome"] == "answered"]
    who = " and ".join(dict.fromkeys("rules" if name == router.RULES else name for name in names))
    return f"{who[:1].upper()}{who[1:]} made {edits:,} {'edit' if edits == 1 else 'edits'}"
