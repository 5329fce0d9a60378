"""Chooses "a" or "an" before a word by its sound, as far as the spelling shows it."""

from __future__ import annotations

import re

_AN = re.compile(
    r"(?:hour|honest|honou?r|heir|[aeio]|u(?!ni(?:[^nm]|$)|s[aeiou]|rin|ro|te|ti|bi|ra|kr|ga)|8|11(?!\d)|18(?!\d))",
    re.I,
)
_NOT_AN = re.compile(r"(?:eu|ewe|one\b|once|oui|unanim|uk|usu|ut[eio]|uni(?!n|m[^e]))", re.I)
_AN_UNI = re.compile(r"uni(?:n|m[^e]|dent)", re.I)
_SPELT_AN = frozenset("AEFHILMNORSX")
_ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]++s?\b")
_EITHER = re.compile(r"(?:h(?:istoric|ypothe|erb|otel|abitual)|u[hr]\b)", re.I)


def article_for(following: str) -> str | None:
    """Return "a" or "an" for the text that follows; None if both are in use or the sound is unclear."""
    word = following.lstrip("\"'“‘(*_[`")[:40]
    if not word or not word[0].isalnum() or _EITHER.match(word):
        return None
    if _ACRONYM.match(word):
        return _for_acronym(word)
    if len(word) == 1 or not word[1].isalnum():
        return "an" if word[0].upper() in _SPELT_AN and word[0] != "a" else ("an" if word[0] in "aeio8" else "a")
    if _NOT_AN.match(word) and not _AN_UNI.match(word):
        return "a"
    return "an" if _AN.match(word) else "a"


def _for_acronym(word: str) -> str | None:
    """Return the article for an acronym; None if it depends on whether the acronym is spelt out or read as a word."""
    spelt = "an" if word[0] in _SPELT_AN else "a"
    read = "an" if word[0] in "AEIO" else "a"
    readable = word[0] in "AEIOU" or word[1] in "AEIOUY"
    return spelt if spelt == read or not readable else None
