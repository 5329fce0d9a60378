"""What a check of facts says: a verdict, and findings with both places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Checked = Literal["all kinds", "closed kinds"]


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
    """The answer to a rewrite as a whole, and every finding in the order of the text.

    `checked`: "all kinds", or "closed kinds" where the language has no support; then only numbers, names, quotations,
    links, length and language were.
    """

    answer: Answer
    findings: tuple[Finding, ...]
    checked: Checked = "all kinds"


def verdict_of(findings: Iterable[Finding], checked: Checked = "all kinds") -> Verdict:
    """Return the verdict: the gravest answer of the findings, kept where there is none."""
    found = tuple(findings)
    answers = {finding.answer for finding in found}
    gravest = next((answer for answer in (Answer.REFUSED, Answer.LOOK) if answer in answers), Answer.KEPT)
    return Verdict(gravest, found, checked)
