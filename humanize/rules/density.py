"""Is there enough to mend? A text in which little stands out is left alone: most such texts a person wrote."""

from __future__ import annotations

from collections.abc import Sequence

from humanize.rules.proposal import Proposal

GENTLE_LEVELS = 3
LEAST_WORDS = 80
LEAST_PER_100_WORDS = 0.8
CERTAIN = 1.0


def worth_changing(proposals: Sequence[Proposal], text: str, level: int) -> list[Proposal]:
    """All proposals, or only the certain ones (the writer's dictionary, stray characters) where the text reads well.

    Holds for levels 1 to 3; who asks for more gets more. Short texts are always edited: rates say nothing there.
    """
    words = text.count(" ") + 1
    sparse = 100 * len(proposals) / words < LEAST_PER_100_WORDS
    if level <= GENTLE_LEVELS and words >= LEAST_WORDS and sparse:
        return [found for found in proposals if found.confidence >= CERTAIN]
    return list(proposals)
