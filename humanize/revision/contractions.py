"""Writes contractions out: all of them if the text mostly writes such forms out or is not chatty, else every second.

Models that are asked for an easy tone contract 2.5 forms per 100 words and write out 0.2; people who wrote the same
contents contracted 1.0 and wrote out 0.7 (texts of `pairs/train` without stories). Stories keep their voice. Questions,
replies, and a "’s" that may mean "has" or be a possessive are left unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from humanize.revision.placement import Place
from humanize.text.edits import TextEdit

REASON = "This text is impersonal or mostly writes such forms out; written out, this one fits in."
SOURCE = "model/written-out"
MIXED_REASON = "Nearly everything is contracted here; people mix both forms."
MIXED_SOURCE = "model/mixed-forms"
_IS = r"it|that|there|here|what|he|she"
_NOT = "do|does|did|is|are|was|were|has|have|had|would|could|should"
_SHORT = re.compile(
    rf"\b(?:(?P<who>{_IS})(?P<s>['’]s)|(?P<they>you|we|they)(?P<re>['’]re)|(?P<i>i)(?P<m>['’]m)|(?P<have>i|you|we|they)(?P<ve>['’]ve)"
    rf"|(?P<will>i|you|we|they|it|he|she)(?P<ll>['’]ll)|(?P<do>{_NOT})(?P<nt>n['’]t)|(?P<can>ca|wo)(?P<cant>n['’]t))(?![\w'’])",
    re.IGNORECASE,
)
_LONG = re.compile(
    rf"\b(?:(?:{_IS})\sis|(?:you|we|they)\sare|i\sam|(?:i|you|we|they)\shave(?=\s\w+(?:ed|en|wn|ne)\b|\sbeen\b)"
    rf"|(?:i|you|we|they|it|he|she)\swill|(?:{_NOT}|will)\snot|cannot)\b",
    re.IGNORECASE,
)
_TAILS = {"s": " is", "re": " are", "m": " am", "ve": " have", "ll": " will", "nt": " not"}
# "he’s gone", "it’s been": here "’s" means has, not is.
_MAY_BE_HAS = re.compile(r"\s(?:been|got|had|done|gone|come|become|begun|\w{2,}(?:ed|wn|en))\b", re.IGNORECASE)
# Many people write "it’s" for "its", so it counts only before words that cannot be possessed.
_IS_MEANT = re.compile(
    r"\s(?:a|an|the|not|no|now|also|still|just|only|like|about|for|from|with|as|at|in|on|to|too|so|very|more|most|less|easy|hard"
    r"|important|clear|possible|worth|crucial|essential|vital|necessary|likely|unlikely|difficult|true|best|better|common|time|all"
    r"|always|never|often|both|because|that|this|what|why|how|\w+ly|\w+ing\s(?:the|a|an|to|in|on|for|its?))\b",
    re.IGNORECASE,
)
_IDIOM = re.compile(
    r"(?:here|what|there|how)['’]s\b|\b\w+['’]ve\sgot\b|can['’]t\b|i['’]m\s(?:sorry|sure|afraid|glad)\b|\b\w+['’]ll\b",
    re.IGNORECASE,
)
_FOLLOWED = re.compile(r"\s(?:\w|[“\"‘])")
_ASKED = re.compile(r"\s(?:i|you|we|they|it|he|she|that|this|there)\b", re.IGNORECASE)
_LEAST_LONG, _LEAST_MIXED = 2, 3
_CHATTY = re.compile(
    r"!|\b(?:hey|okay|ok|yeah|wow|guys|folks|gonna|wanna|kinda|awesome|super|stuff|honestly|totally|literally|let['’]s|lol|btw|ugh)\b",
    re.IGNORECASE,
)
_STORY, _TELLER = (re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for words in ("he|she|his|her|him", "i|my|me"))
_VOICE_SHARE = 0.012


def written_out_contractions(place: Place) -> Iterator[TextEdit]:
    """Yield edits that write contractions out.

    None in a story. A chatty text keeps half of its contractions, and all those in lively sentences.
    """
    text = place.tokens.text
    short = list(_SHORT.finditer(text))
    if not short or _many(_STORY, text):
        return
    even = _mostly_long(text, len(short)) or not (_CHATTY.search(text) or _many(_TELLER, text))
    if not even:
        short = _every_second(place, short)
    for match in short:
        edit = _edit(text, match)
        if edit is not None and place.free(match.start(), match.end()):
            yield edit if even else replace(edit, reason=MIXED_REASON, source=MIXED_SOURCE)


def _every_second(place: Place, short: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    if len(short) < _LEAST_MIXED:
        return []
    text = place.tokens.text
    quiet = [
        (start, end) for start, end in place.sentences if text[end - 1] == "." and not _CHATTY.search(text, start, end)
    ]
    plain = [one for one in short if not _IDIOM.match(text, one.start())]
    return [one for one in plain if any(start <= one.start() < end for start, end in quiet)][::2]


def _is(text: str, match: re.Match[str], end: int) -> bool:
    return match["who"].lower() != "it" or _IS_MEANT.match(text, end) is not None


def _mostly_long(text: str, short: int) -> bool:
    return sum(1 for _ in _LONG.finditer(text)) >= max(_LEAST_LONG, short)


def _many(voice: re.Pattern[str], text: str) -> bool:
    return sum(1 for _ in voice.finditer(text)) > _VOICE_SHARE * len(text.split())


def _edit(text: str, match: re.Match[str]) -> TextEdit | None:
    kind = match.lastgroup or ""
    start, end = match.start(kind), match.end(kind)
    if not _FOLLOWED.match(text, end) or match.group().isupper():
        return None
    if kind == "s" and (_MAY_BE_HAS.match(text, end) or not _is(text, match, end)):
        return None
    if kind in {"nt", "cant"} and (_ASKED.match(text, end) or match.group()[0].isupper()):
        return None  # "isn't it", "Don't go"
    if kind == "cant":
        start = match.start("can")
        after = "cannot" if match["can"].lower() == "ca" else "will not"
    else:
        after = _TAILS[kind]
    return TextEdit(start, end, text[start:end], after, REASON, SOURCE)
