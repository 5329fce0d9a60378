"""Checks whether a changed sentence still means what the original meant.

A check of the whole text could miss one bad sentence among many good ones. These checks are lexical and fast;
`text.verify` checks the whole text afterwards.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from humanize.text.patterns import CITATION, EMAIL, HANDLE, HTML, PLACEHOLDER, URL
from humanize.text.similarity import similarity

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_INVENTED = tuple((name, re.compile(pattern)) for name, pattern in (
    ("address", URL), ("address", EMAIL), ("name", HANDLE), ("citation", CITATION), ("markup", HTML),
    ("placeholder", PLACEHOLDER),
))  # fmt: skip
_CAPITAL = re.compile(r"(?<=[a-z,;’'] )[A-Z][\w’'-]+")
_NO = re.compile(r"\b(?:no|not|never|none|nothing|nobody|neither|nor|cannot|without|hardly)\b|n['’]t\b", re.I)
_NEGATIVE = re.compile(
    r"\b(?:un[a-z]{3,}|non-?[a-z]{3,}|dis[a-z]{3,}|im(?:possib|probab|perfect|practic|patien|mobil)"
    r"|in(?:ab|acc|adeq|cap|compl|consis|correct|depend|eff|freq|secur|suff|val|visib)|ir(?:reg|rel|rev)|il(?:leg|log)"
    r"|lack|fail|avoid|refus|den[iy]|prevent|stop|free of|rather than|instead|few|little|rare|seldom|only|absen|miss"
    r"|exclud|reject|unless|beyond)",
    re.I,
)
_I = re.compile(r"I(?:['’]\w+)?")
_MARKUP = re.compile(r"[⟦⟧]|\*\*|__|[*`]|(?<![^\W_])_|_(?![^\W_])")
_ABOUT_ITSELF = re.compile(
    r"\b(?:as an ai|language model|system prompt|my instructions"
    r"|i (?:cannot|can't|can’t|won't|won’t) (?:help|assist|rewrite|comply))",
    re.I,
)
_FLOOR, _FULL_FROM_WORDS, _LEAST_SHARE = 0.45, 14, 0.7  # from edits by professional editors; see docs/routing.md


def objections(before: str, after: str) -> Iterator[str]:
    """Yield the objections to `after` in place of `before`, in words for the model and for people."""
    yield from _invented(before, after)
    yield from _length(before, after)
    yield from _denial(before, after)
    if Counter(_MARKUP.findall(before)) != Counter(_MARKUP.findall(after)):
        yield "the markup around words was changed"
    if _ABOUT_ITSELF.search(after) and not _ABOUT_ITSELF.search(before):
        yield "it speaks about itself instead of editing"
    alike = similarity(before, after)
    if alike < _floor(before):
        yield f"too little of the meaning is left ({alike:.2f})"


def _invented(before: str, after: str) -> Iterator[str]:
    for name, pattern in _INVENTED:
        for match in pattern.finditer(after):
            if match.group() not in before:
                yield f"the {name} “{match.group()[:40]}” was not in the sentence"
    for word in dict.fromkeys(_CAPITAL.findall(after)):
        bare = re.sub(r"['’]s?$", "", word)
        if bare.lower() not in before.lower() and not _I.fullmatch(bare):
            yield f"“{word}” was not in the sentence"
    if (
        not before.isupper()
        and sum(word.isupper() and len(word) > 1 for word in after.split()) > 3 + before.count(" ") // 3
    ):
        yield "it is written in capitals"


def _length(before: str, after: str) -> Iterator[str]:
    old, new = len(_WORD.findall(before)), len(_WORD.findall(after))
    if new > 1.25 * old + 4:
        yield f"it grew from {old} to {new} words"
    if new < 0.4 * old - 2:
        yield f"it shrank from {old} to {new} words"


def _denial(before: str, after: str) -> Iterator[str]:
    """Object if a negation appears or disappears, which reverses a fact. Negation without "not" is accepted."""
    old, new = len(_NO.findall(before)), len(_NO.findall(after))
    if (old == 0) != (new == 0) and not _NEGATIVE.search(after if old else before):
        yield "it denies what the sentence says" if new else "a denial was lost"


def _floor(before: str) -> float:
    """Return the lowest acceptable similarity. It is lower for short sentences, which a single change affects more."""
    return _FLOOR * min(1.0, max(_LEAST_SHARE, len(_WORD.findall(before)) / _FULL_FROM_WORDS))
