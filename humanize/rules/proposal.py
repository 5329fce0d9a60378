"""A rule's match, rendered and fitted into its place, before it has been chosen."""

from __future__ import annotations

from dataclasses import dataclass

from humanize.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Proposal:
    """Replace ``text[start:end]`` by ``after``; ``sentence`` is its sentence's number."""

    start: int
    end: int
    after: str
    sentence: int
    level: int
    confidence: float
    reason: str
    source: str

    def overlaps(self, other: Proposal) -> bool:
        return self.start < other.end and other.start < self.end

    def covers(self, other: Proposal) -> bool:
        return self.start <= other.start and other.end <= self.end


def proposal(rule: Rule, start: int, end: int, after: str, sentence: int) -> Proposal:
    return Proposal(start, end, after, sentence, rule.level, rule.confidence, rule.reason, rule.source)
