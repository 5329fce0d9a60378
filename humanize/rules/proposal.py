"""A proposal: the match of a rule, rendered and fitted into its sentence, before the choice among all matches."""

from __future__ import annotations

from dataclasses import dataclass

from humanize.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Proposal:
    """Replaces `text[start:end]` by `after`. `sentence` is the number of its sentence; `confidence` is from 0 to 1."""

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
