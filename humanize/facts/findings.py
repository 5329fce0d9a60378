"""What a check of facts says: a verdict, and findings with both places."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """`kept`: nothing was lost, nothing came, nothing turned. `look`: a person decides. `refused`: a fact changed."""

    KEPT = "kept"
    LOOK = "look"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference in fact. `source` and `rewrite` are half-open ranges in code points, empty where nothing stands.

    `detail` is a sentence for writers. `answer` is what this finding alone would mean.
    """

    kind: str
    detail: str
    answer: Answer
    source: tuple[int, int]
    rewrite: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a rewrite as a whole, and every finding in the order of the text."""

    answer: Answer
    findings: tuple[Finding, ...]


def verdict_of(findings: tuple[Finding, ...]) -> Verdict:
    """Return the verdict: the gravest answer of the findings, kept where there is none."""
    answers = {finding.answer for finding in findings}
    for answer in (Answer.REFUSED, Answer.LOOK):
        if answer in answers:
            return Verdict(answer, findings)
    return Verdict(Answer.KEPT, findings)
