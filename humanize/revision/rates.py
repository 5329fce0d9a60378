"""How often each kind of candidate was right in training. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from humanize.revision.candidates import CandidateEdit


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a kind of candidate brought a training text closer to its author's version: `good` of `total`."""

    good: float
    total: float

    @property
    def share(self) -> float:
        """Return the share of right candidates, drawn towards 0.2 while there are few."""
        return (self.good + 1.0) / (self.total + 5.0)


NO_RATE = Rate(0.0, 0.0)
Rates = Mapping[str, Rate]


def key_of(candidate: CandidateEdit) -> str:
    """Return the key of a candidate's rate: its entry of the table, or its rule."""
    if candidate.swap is not None:
        return f"{' '.join(candidate.swap.before)} > {' '.join(candidate.swap.after)}"
    return candidate.edit.source
