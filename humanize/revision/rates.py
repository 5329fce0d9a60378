"""How often a kind of candidate was right in training. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from humanize.revision.candidates import CandidateEdit


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a kind of candidate brought a training text nearer to what its author kept, of how many."""

    good: float
    seen: float

    @property
    def share(self) -> float:
        """Drawn towards a fifth while there is little to go by."""
        return (self.good + 1.0) / (self.seen + 5.0)


NO_RATE = Rate(0.0, 0.0)
Rates = Mapping[str, Rate]


def key_of(candidate: CandidateEdit) -> str:
    """What its rate is kept under: the line of the table, or the rule."""
    if candidate.swap is not None:
        return f"{' '.join(candidate.swap.before)} > {' '.join(candidate.swap.after)}"
    return candidate.edit.source
