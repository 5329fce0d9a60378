"""What a second opinion, by a model that read both texts, may change in a verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from humanize.facts.findings import Answer, Finding, Verdict, verdict_of

CLOSED_KINDS = frozenset(
    "number money date time name quotation code html link_target url email placeholder citation user language".split()
)
# Texts that speak to a model. A model that reads one may have been talked into its opinion. An order about texts and
# answers counts as one, also where it is meant for readers; an order to add flour does not.
_ORDERS = (
    r"stop|skip|forget|ignore|disregard|override|write|answer|say|state|tell|return|repeat|print|output|translate|pretend"
    r"|act|decode|begin|end|use|add|insert|make|mention|move|change|turn|replace|delete|number|join|break|put|run|rate"
    r"|explain|summari[sz]e|follow|dump|read|respond|reply|report|conclude|confirm|treat|mark|list|find|omit"
)
_OBJECTS = (
    r"sentences?|words?|texts?|answers?|lines?|paragraphs?|passages?|versions?|edit(?:s|ing)?|json|yaml|columns|documents?"
    r"|links?|citations?|marks?|prompts?|instructions?|rules|fence|letters|responses?|story|statements?|pixel"
    r"|configuration|limerick|differences?|identical|equivalent|german|french|japanese|spanish|italian|chinese"
)
_TO_MODELS = re.compile(
    rf"(?:^|[.!?:;,]\s{{1,3}}|\b(?:please|now|and|then|just|must|should)\s)(?:{_ORDERS})\b(?:[^.!?\n]|[.!?](?=\S)){{0,90}}\b(?:{_OBJECTS})\b"
    r"|(?:^|[.!?]\s)\[\d{1,3}\]\s{1,3}[A-Z]"
    r"|(?:^|[.!?:]\s{1,3})(?:say|add|state|claim|pretend|report|assume) that\b|\bmake (?:all of )?it about\b"
    r"|\b(?:ignore|disregard|forget|override)\b[^.\n]{0,60}\b(?:instruction|prompt|rule|previous|above|earlier|guideline|told)"
    r"|\b(?:system|developer) (?:prompt|message|note)\b|\bas an ai\b|\blanguage model\b|\bdebug mode\b"
    r"|\bfrom now on,? you\b|\bthe (?:real|actual|true) task\b|\bnew instructions?\b|\byou can do anything\b"
    r"|\byou are (?:now |an? |the )*(?:ai|assistant|language model|chatbot|reviewer|checker|judge|editor)\b"
    r"|\byou are DAN\b"
    r"|\b(?:dear|attention|note to|hey|hello) (?:the )?"
    r"(?:ai|model|assistant|reviewer|checker|llm|gpt|claude|gemini|editor)\b"
    r"|\b(?:checker|reviewer|grader|model|assistant|reader|editor) (?:should|must|has to|is to|will)\b[^.\n]{0,40}"
    r"\b(?:be told|return|answer|say|report|see)\b"
    r"|\b(?:two|both) (?:texts|versions|paragraphs|passages) (?:are|say|mean) (?:the same|identical|equal)"
    r"|\bno (?:factual )?differences?\b[^.\n]{0,30}\b(?:here|exist|were found|is found|to report)\b"
    r"|\bend(?:s)? of (?:the )?(?:input|document|text|passage|original|rewrite)\b"
    r"|\b(?:text|document|input|passage) (?:ends here|is over|is closed)\b|\bthis text\b[^.\n]{0,60}\byou\b"
    r"|\bend with a (?:remark|note|word)\b|\bto be added as\b|\bsecret key\b"
    r"|\"(?:differences|pairs|same|verdict)\"\s{0,9}:|</?(?:system|user|assistant|instructions?|text|original|rewrite|script)\b"
    r"|<<\s?/?sys\s?>>|\[/?(?:inst|system)\b|<\|[a-z_]{2,20}\|>|#{2,4} ?(?:instruction|response|input)"
    r"|\b(?:assistant|human|output|developer|system)\s{0,3}:|^[ \t]{0,20}(?:user)[ \t]{0,9}:|-{3,}\s?end\b|(?:-{3} ){2}"
    # What hides an order: letters set apart, characters without width, an encoding.
    r"|\b(?:[a-z]-){4,20}[a-z]\b|[\u200b-\u200d\u2060\ufeff\u00ad]|\b[a-z0-9+/]{16,200}={1,2}|[⟦⟧]",
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
