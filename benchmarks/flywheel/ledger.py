"""Reads the simulated weeks from the rows of Transformation, Invocation and InvocationOutcome, and from nothing else.

An invocation belongs to the week of its text. Acceptance is accepted edits over accepted and rejected edits in the
latest outcome of each answer; the words of an answer count as accepted in the same share.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Sum

from humanize.models import Transformation
from serving.deployments.acceptance import judged_outcomes
from serving.models import Invocation, InvocationOutcome

RULES = "rules alone"


@dataclass(frozen=True, slots=True)
class Week:
    """One week; money is in dollars, `shares` are shares of the words, by the deployment that answered."""

    number: int
    texts: int
    words: int
    cost: Decimal
    baseline: Decimal
    accepted: int
    decided: int
    accepted_words: float
    shares: dict[str, float]

    @property
    def acceptance(self) -> float:
        return self.accepted / self.decided if self.decided else 0.0

    @property
    def saving(self) -> float:
        return float(1 - self.cost / self.baseline) if self.baseline else 0.0

    @property
    def cost_per_accepted(self) -> float:
        """Dollars per thousand accepted words."""
        return 1_000 * float(self.cost) / self.accepted_words if self.accepted_words else 0.0

    @property
    def kept_per_thousand(self) -> float:
        """Kept edits of models per thousand words: a timid model's edits are kept often and help little."""
        return 1_000 * self.accepted / self.words if self.words else 0.0

    def to_json(self) -> dict[str, object]:
        return asdict(self) | {
            "acceptance": self.acceptance,
            "saving": self.saving,
            "per_accepted": self.cost_per_accepted,
            "kept_per_thousand": self.kept_per_thousand,
        }


def week(number: int, since: datetime, until: datetime) -> Week:
    texts = dict(Transformation.objects.filter(created_at__gte=since, created_at__lt=until).values_list("pk", "words"))
    calls = Invocation.objects.filter(transformation__in=list(texts))
    thrown_away = InvocationOutcome.objects.filter(invocation=OuterRef("pk"), verified=False)
    kept = calls.filter(~Exists(thrown_away))
    accepted = decided = 0
    accepted_words = 0.0
    rows = judged_outcomes().filter(invocation__in=calls).values_list("accepted", "rejected", "invocation__words_in")
    for yes, no, words in rows:
        accepted, decided = accepted + yes, decided + yes + no
        accepted_words += words * yes / (yes + no) if yes + no else 0.0
    return Week(
        number,
        len(texts),
        sum(texts.values()),
        calls.aggregate(all=Sum("cost", default=Decimal(0)))["all"],
        kept.aggregate(all=Sum("baseline_cost", default=Decimal(0)))["all"],
        accepted,
        decided,
        accepted_words,
        _shares(texts, dict(kept.filter(error="").values_list("transformation", "deployment__name"))),
    )


def _shares(texts: dict[UUID, int], answered: dict[UUID | None, str]) -> dict[str, float]:
    """Return the share of words by who answered; a text without a usable answer counts for the rules."""
    words: Counter[str] = Counter()
    for text, count in texts.items():
        words[answered.get(text, RULES)] += count
    total = sum(texts.values()) or 1
    return {name: count / total for name, count in words.most_common()}
