"""Tells whether a stretch of a sentence can stand as a clause of its own. It gives up wherever it is not certain."""

from __future__ import annotations

import re
from itertools import pairwise

from humanize.rules.english.clause import verb_forms

_SUBJECT = re.compile(
    r"(?P<who>it|they|we|he|she|you|I|this|that|these|those|there|everyone|everything|nobody|nothing|someone|something"
    r"|no one|who)(?P<short>['’](?:s|re|ve|ll|d|m))?"
    r"(?: (?P<next>[a-z]+(?:n['’]t)?)(?: (?P<after>[a-z]+))?)?(?![\w'’-])",
    re.IGNORECASE,
)
_NOUN_SUBJECT = re.compile(
    r"(?:the|a|an|our|my|your|its|their|his|her|this|these|those|some|many|most|all|each|every|both|no) "
    r"(?:[a-z][a-z-]* ){1,4}?(?P<verb>is|are|was|were|has|have|had|can|could|will|would|may|might|must|should|do|does"
    r"|did|(?:is|are|was|were|has|have|had|do|does|did|could|would|should|wo|ca)n['’]t)\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\b(?:that|which|who|whom|whose|where|when|what|how|if|as|than)\b", re.IGNORECASE)
_AUXILIARY = frozenset(
    """is are shall was were am has have had do does did can could will would may might must should cannot isn't aren't
    wasn't weren't hasn't haven't hadn't don't doesn't didn't can't couldn't won't wouldn't shouldn't""".split()
)
_SUBORDINATE = re.compile(
    r"(?:if|when|whenever|while|although|though|because|as|since|before|after|whether|what|until|unless|once|where"
    r"|wherever|how|why|that|which|who|for|with|without|from|in|on|at|by|to|of|like|unlike|despite|given|not|no)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_BEFORE_NOUNS = frozenset("the a an its his her their our my your this these those each every some any no of".split())


def opens_clause(text: str) -> bool:
    """Return whether a stretch begins with a subject and its finite verb: “it helps us”, “the road is closed”."""
    match = _SUBJECT.match(text)
    if match is None:
        named = _NOUN_SUBJECT.match(text)
        return named is not None and _RELATIVE.search(text, 0, named.start("verb")) is None
    if match["short"]:
        return True
    word, after = (match["next"] or "").lower().replace("’", "'"), (match["after"] or "").lower()
    if word.endswith("ly") or word in {"also", "just", "still", "now", "then", "even", "never", "always", "often"}:
        word = after
    if word in _AUXILIARY:
        return True
    is_noun_next = match["who"].lower() in {"this", "that", "these", "those", "there", "who"}
    return not is_noun_next and bool({"third", "past", "base"} & verb_forms(word))


def is_clause(text: str) -> bool:
    """Return whether a stretch from the beginning of its sentence is a main clause without the rest."""
    words = [word.group().lower().replace("’", "'") for word in _WORD.finditer(text)]
    if len(words) < 2 or (_SUBORDINATE.match(text.lstrip("*_ ")) and "," not in text):
        return False
    if any(word in _AUXILIARY for word in words[1:]) or opens_clause(text.lstrip("*_ ")):
        return True
    return any({"third", "past"} & verb_forms(word) and before not in _BEFORE_NOUNS for before, word in pairwise(words))
