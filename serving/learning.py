"""What writers made of the answers: the share of edits they kept, by deployment, complexity band and strategy.

A deployment nobody has judged starts at one half and is very uncertain; an answer that failed verification counts as
nothing kept. The latest outcome of an invocation is the one that counts.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, Count, Exists, F, FloatField, OuterRef, Q, Sum, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

from serving.models import InvocationOutcome

REMEMBERED = timedelta(days=90)
SECONDS = 30.0
PRIOR_ANSWERS, PRIOR_KEPT = 2.0, 1.0


@dataclass(frozen=True, slots=True)
class Expectation:
    """The mean share of edits that writers keep, its standard error, and the answers seen so far."""

    complexity: str
    strategy: str
    quality: float
    uncertainty: float
    answers: int

    @property
    def share(self) -> str:
        """For staff."""
        return f"{self.quality:.2f} ± {self.uncertainty:.2f} of the edits kept, from {self.answers:,} answers"


Learnt = Mapping[int, tuple[Expectation, ...]]
_lock = threading.Lock()
_kept: tuple[float, Learnt] | None = None


def expectations() -> Learnt:
    """By deployment's id; read anew every half minute, since it moves slowly."""
    global _kept
    with _lock:
        if _kept is None or time.monotonic() - _kept[0] > SECONDS:
            _kept = (time.monotonic(), _read())
        return _kept[1]


def forget() -> None:
    global _kept
    _kept = None


def _read() -> Learnt:
    later = InvocationOutcome.objects.filter(invocation=OuterRef("invocation")).filter(
        Q(created_at__gt=OuterRef("created_at")) | Q(created_at=OuterRef("created_at"), id__gt=OuterRef("id"))
    )
    judged = Q(verified=False) | Q(accepted__gt=0) | Q(rejected__gt=0)
    kept = Cast("accepted", FloatField()) / (F("accepted") + F("rejected"))
    rows = (
        InvocationOutcome.objects.filter(judged, ~Exists(later), created_at__gt=timezone.now() - REMEMBERED)
        .order_by()
        .values("invocation__deployment", "invocation__complexity", "invocation__strategy")
        .annotate(
            answers=Count("id"),
            kept=Sum(Case(When(verified=False, then=Value(0.0)), default=kept, output_field=FloatField())),
        )
    )
    learnt: dict[int, tuple[Expectation, ...]] = {}
    for row in rows:
        one = expected(row["invocation__complexity"], row["invocation__strategy"], row["kept"], row["answers"])
        learnt[row["invocation__deployment"]] = (*learnt.get(row["invocation__deployment"], ()), one)
    return learnt


def expected(complexity: str, strategy: str, kept: float, answers: int) -> Expectation:
    """Shrunk towards one half by two answers that nobody gave."""
    total = answers + PRIOR_ANSWERS
    quality = (kept + PRIOR_KEPT) / total
    return Expectation(complexity, strategy, quality, math.sqrt(quality * (1 - quality) / (total + 1)), answers)
