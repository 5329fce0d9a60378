"""The share of edits that writers keep, learnt by deployment, complexity band and strategy.

A deployment without judged answers starts at one half with a large uncertainty; an answer that failed verification
counts as nothing kept. The latest outcome of an invocation counts. A new version of a model starts with what was learnt
about the model's other versions, with the weight of a few answers, because the gate has compared them.
"""

from __future__ import annotations

import math
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Sum
from django.utils import timezone

from serving.deployments.acceptance import SHARE, judged_outcomes

REMEMBERED = timedelta(days=90)  # older decisions say little about the model as it is called now
SECONDS = 30.0  # it changes slowly, and reading it takes a query over all answers
PRIOR_ANSWERS, PRIOR_KEPT = 2.0, 1.0
HANDED_DOWN = 40.0  # greatest weight of other versions, in answers for each band and strategy


@dataclass(frozen=True, slots=True)
class Expectation:
    """The mean share of edits that writers keep, its standard error, and the answers seen so far."""

    complexity: str
    strategy: str
    quality: float
    uncertainty: float
    answers: int

    @property
    def summary(self) -> str:
        """A summary for staff."""
        return f"{self.quality:.2f} ± {self.uncertainty:.2f} of the edits kept, from {self.answers:,} answers"


Place = tuple[str, str]
Tally = tuple[float, float]  # answers, and the sum of the shares that were kept


@dataclass(frozen=True, slots=True)
class AcceptanceTable:
    """Tallies by complexity and strategy, for each deployment and for each registered model."""

    deployments: Mapping[int, Mapping[Place, Tally]]
    models: Mapping[UUID, Mapping[Place, Tally]]

    def expectations_of(self, deployment: int, model: UUID | None) -> tuple[Expectation, ...]:
        """Return what is expected of a deployment, by complexity and strategy; `model` is its registered model's id."""
        own = self.deployments.get(deployment, {})
        family = self.models.get(model, {}) if model else {}
        return tuple(
            _with_family(place, own.get(place, (0.0, 0.0)), family.get(place, (0.0, 0.0)))
            for place in sorted({*own, *family})
        )


def _with_family(place: Place, own: Tally, family: Tally) -> Expectation:
    others, kept = family[0] - own[0], family[1] - own[1]
    weight = min(1.0, HANDED_DOWN / others) if others > 0 else 0.0
    return expectation_of(*place, own[1] + weight * kept, round(own[0] + weight * max(others, 0.0)))


_lock = threading.Lock()  # one thread reads the table while the others wait
_kept: tuple[float, AcceptanceTable] | None = None


def expectations() -> AcceptanceTable:
    """Return the table, which is read again every half minute, because it changes slowly."""
    global _kept
    with _lock:
        if _kept is None or time.monotonic() - _kept[0] > SECONDS:
            _kept = (time.monotonic(), _read())
        return _kept[1]


def clear_cache() -> None:
    """Read the table again next time."""
    global _kept
    _kept = None


def _read() -> AcceptanceTable:
    rows = (
        judged_outcomes()
        .filter(created_at__gt=timezone.now() - REMEMBERED)
        .values(
            "invocation__deployment",
            "invocation__deployment__version__model",
            "invocation__complexity",
            "invocation__strategy",
        )
        .annotate(answers=Count("id"), kept=Sum(SHARE))
    )
    deployments: defaultdict[int, dict[Place, Tally]] = defaultdict(dict)
    models: defaultdict[UUID, dict[Place, Tally]] = defaultdict(dict)
    for row in rows:
        place = row["invocation__complexity"], row["invocation__strategy"]
        tally = float(row["answers"]), float(row["kept"])
        deployments[row["invocation__deployment"]][place] = tally
        if model := row["invocation__deployment__version__model"]:
            before = models[model].get(place, (0.0, 0.0))
            models[model][place] = before[0] + tally[0], before[1] + tally[1]
    return AcceptanceTable(deployments, models)


def expectation_of(complexity: str, strategy: str, kept: float, answers: int) -> Expectation:
    """Return the mean share, shrunk towards one half by the weight of two imaginary answers."""
    total = answers + PRIOR_ANSWERS
    quality = (kept + PRIOR_KEPT) / total
    return Expectation(complexity, strategy, quality, math.sqrt(quality * (1 - quality) / (total + 1)), answers)
