"""What a second opinion, by a model that read both texts, may change in a verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from humanize.facts.findings import Answer, Finding, Verdict, verdict_of

CLOSED_KINDS = frozenset(
    "number money date time name quotation code html link_target url email placeholder citation user language".split()
)
# Texts that speak to a model. A model that reads one may have been talked into its opinion.
_TO_MODELS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.\n]{0,60}\b(?:instruction|prompt|rule|previous|above|earlier|guideline)"
    r"|\b(?:system|developer) (?:prompt|message)\b|\bas an ai\b|\blanguage model\b"
    r"|\byou are (?:now |an? |the )*(?:ai|assistant|language model|chatbot|reviewer|checker|judge)\b"
    r"|\b(?:dear|attention|note to|hey|hello) (?:ai|model|assistant|reviewer|checker|llm|gpt|claude|gemini)\b"
    r"|\b(?:answer|respond|reply|output|return|say|report|conclude|state|confirm)\b[^.\n]{0,40}"
    r"\b(?:no differences?|same|identical|kept|json|equivalent|faithful)\b"
    r"|\b(?:two|both) (?:texts|versions|paragraphs|passages) (?:are|say|mean) (?:the same|identical|equal)"
    r"|\"differences\"|\"same\"\s{0,9}:|</?(?:system|user|assistant|instructions?)>|\[/?INST\]|<\|[a-z_]{2,20}\|>"
    r"|^[ \t]{0,20}(?:assistant|system|user|human)[ \t]{0,9}:",
    re.I | re.M,
)


@dataclass(frozen=True, slots=True)
class OpinionDifference:
    """A difference that the model named: its kind, and its words on both sides, either of which may be empty."""

    kind: str
    source: str
    rewrite: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """A second opinion: whether both say the same, and every difference that the model found."""

    is_same: bool
    differences: tuple[OpinionDifference, ...] = ()


def addresses_models(text: str) -> bool:
    """Return whether the text speaks to a model or looks like its instructions or answers."""
    return _TO_MODELS.search(text) is not None


def with_opinion(verdict: Verdict, opinion: Opinion, *, source: str, rewrite: str) -> Verdict:
    """Return the verdict after a second opinion.

    It may raise `look` to `kept` for marked and open kinds, and lower `kept` to `look`. A conflict of a closed kind
    stays what it is, and where either text speaks to models no opinion raises anything.
    """
    named = tuple(_findings(opinion, source, rewrite))
    if named or not opinion.is_same:
        found = named or (
            Finding("second opinion", "a second reading found a difference", Answer.LOOK, (0, 0), (0, 0)),
        )
        return verdict_of([*verdict.findings, *found], verdict.checked)
    if addresses_models(source) or addresses_models(rewrite):
        return verdict
    rest = [one for one in verdict.findings if one.answer == Answer.REFUSED or one.kind in CLOSED_KINDS]
    return verdict_of(rest, verdict.checked)


def _findings(opinion: Opinion, source: str, rewrite: str) -> Iterator[Finding]:
    for one in opinion.differences:
        if one.source and one.rewrite:
            detail = f"“{one.source[:80]}” became “{one.rewrite[:80]}”"
        else:
            detail = f"“{one.source[:80]}” went" if one.source else f"“{one.rewrite[:80]}” came"
        places = _place(source, one.source), _place(rewrite, one.rewrite)
        yield Finding(f"second opinion: {one.kind[:60]}", detail, Answer.LOOK, *places)


def _place(text: str, words: str) -> tuple[int, int]:
    at = text.find(words) if words else -1
    return (at, at + len(words)) if at >= 0 else (0, 0)
