"""Says straight what a draft sets up as a contrast: “not just X; it's Y” and “not only X but Y” say that both hold.

Nothing is denied in these, so nothing is lost. A true denial (“it isn't X, it's Y”) stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from humanize.rules.context import Context, Sentence
from humanize.rules.proposal import Proposal

REASON = "A contrast that denies nothing; both halves hold, and “and” is enough."
_PLAIN = r"[^.;:!?()\[\]“”\"—–*_`<>\n]"
_NOT_JUST = re.compile(
    rf"\b(?:(?P<be>is|are|was|were)(?:n['’]t| not)|(?P<short>['’](?:s|re|m)) not) (?:just|only|merely|simply) "
    rf"(?P<x>{_PLAIN}{{3,90}}?)(?:; |[ ]?[—–] ?| - |, |\. )"
    r"(?P<who>[Ii]t|[Tt]hey|[Tt]his|[Tt]hese|[Tt]hat|[Ww]e|[Yy]ou|[Hh]e|[Ss]he|I)"
    r"(?P<again>['’](?:s|re|m)| is| are| was| were| am)(?: also)? (?=[a-z])"
)
_NOT_ONLY = re.compile(
    rf"\bnot (?:only|just|merely|simply) (?P<x>{_PLAIN}{{2,90}}?),? but(?: also| even)? "
    r"(?!it\b|they\b|we\b|he\b|she\b|you\b|I\b|there\b|this\b|that\b|rather\b|is\b|are\b|was\b|were\b|not\b|what\b)(?=[a-z])"
)
_FORMS = {"is": "is", "are": "are", "was": "was", "were": "were", "s": "is", "re": "are", "m": "am", "am": "am"}
_DETERMINER = re.compile(r"(?:an?|the|my|our|your|his|her|its|their|one|some|another)\b")
_KINDS = (
    ("about", re.compile(r"about\b")),
    ("noun", _DETERMINER),
    ("doing", re.compile(r"[a-z]+ing\b")),
    ("place", re.compile(r"(?:in|on|for|to|from|with|at|by)\b")),
)
# What is denied after all (“not just anyone”), or outdone (“not just one but two”), or conditional.
_DENIED = re.compile(
    r"\b(?:any\w*|every\w*|neither|either|no|never|nothing|nobody|if|whether|because|how|why|half|once|one|two|three"
    r"|four|five|several|some|a few|a little|\d[\d,.]*)\b|n['’]t\b",
    re.IGNORECASE,
)


def plain_contrasts(context: Context) -> Iterator[Proposal]:
    """Propose “X and Y” in place of “not just X but Y”."""
    for number, sentence in enumerate(context.sentences):
        if sentence.heading or not _may_contrast(context.text, sentence):
            continue
        found = _not_just(context, number, sentence) or _not_only(context, number, sentence)
        if found is not None and context.guard.free(found.start, found.end):
            yield found


def _may_contrast(text: str, sentence: Sentence) -> bool:
    return (
        text.find("not ", sentence.start, sentence.end) >= 0
        or text.find("n't ", sentence.start, sentence.end) >= 0
        or (text.find("n’t ", sentence.start, sentence.end) >= 0)
    )


def _not_just(context: Context, number: int, sentence: Sentence) -> Proposal | None:
    """“It is not just X; it is Y”, in one sentence or in two."""
    end = sentence.end
    if not sentence.closes and context.text[end : context.sentences[number + 1].start] == " ":
        end = context.sentences[number + 1].end
    match = _NOT_JUST.search(context.text, sentence.start, end)
    if match is None or match.start() >= sentence.end:
        return None
    verb, again = (match["be"] or match["short"]).strip("'’ "), match["again"].strip("'’ ")
    if _FORMS[verb] != _FORMS[again] or not _agrees(context.text[sentence.start : match.start()], match["who"]):
        return None
    first, second = match["x"].strip(), context.text[match.end() : end]
    kind = next((name for name, pattern in _KINDS if pattern.match(first)), "")
    if kind and not dict(_KINDS)[kind].match(second):
        return None
    if not kind and any(pattern.match(second) for _, pattern in _KINDS):
        return None
    if kind == "doing" and "," in second[:60]:
        return None
    if _DENIED.search(first) or "," in first:
        return None
    comma = "," if " and " in first else ""
    spoken = match["be"] or match["short"]
    return _proposal(match.start(), match.end(), f"{spoken} {first}{comma} and ", number, "not-just-its")


def _agrees(subject: str, pronoun: str) -> bool:
    """Whether the pronoun can take up the subject: “we” only “we”, “it” no person."""
    pronoun = pronoun.lower()
    own = re.search(r"\b(I|we|you|he|she|it|they|this|these|that)\s*\Z", subject, re.I)
    if own:
        return own.group(1).lower() == pronoun or (own.group(1).lower(), pronoun) in {
            ("this", "it"),
            ("that", "it"),
            ("it", "this"),
            ("these", "they"),
        }
    return pronoun in {"it", "they", "this", "these"}


def _not_only(context: Context, number: int, sentence: Sentence) -> Proposal | None:
    match = _NOT_ONLY.search(context.text, sentence.start, sentence.end)
    if match is None or "," in match["x"] or _DENIED.match(match["x"]):
        return None
    before = context.text[sentence.start : match.start()]
    if re.search(r"\b(?:if|whether|why)\s\Z", before) or before.rstrip().endswith(("—", "–", ",", "(")):
        return None
    comma = "," if " and " in match["x"] else ""
    return _proposal(match.start(), match.end(), f"{match['x']}{comma} and ", number, "not-only-but")


def _proposal(start: int, end: int, after: str, number: int, name: str) -> Proposal:
    return Proposal(start, end, after, number, 3, 0.93, REASON, f"rules/contrast/{name}")
