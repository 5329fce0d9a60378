"""Changes of sentence structure: a tacked-on comment goes, a long sentence is split, two short ones are joined."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from humanize.revision.fit import Place
from humanize.text.edits import Edit

TAIL_REASON = "A comment tacked on with “-ing”; the sentence has made its point."
SPLIT_REASON = "A long sentence; two shorter ones read more easily."
JOIN_REASON = "Two short sentences about the same subject; joined, the rhythm varies."
_COMMENTS = (
    "highlighting underscoring emphasizing emphasising illustrating demonstrating showcasing reflecting reinforcing "
    "signaling symbolizing evoking cementing solidifying exemplifying embodying epitomizing underlining"
)
_ABSTRACT = (
    "importance significance relevance need value necessity power potential role commitment dedication versatility "
    "beauty complexity complexities depth richness impact resilience spirit essence passion nature legacy appeal allure"
)
_SCENE = (
    r"(?:casting|adding|leaving|creating|filling|lending|weaving|painting|evoking|offering)\s(?:a|an|the|long|soft|eerie|dancing)"
    r"\s(?:[a-z]+\s)?(?:sense|touch|layer|air|hint|glow|shadows?|atmosphere|tapestry|picture|backdrop|ambiance|mood|aura|feeling)"
)
_TAIL = re.compile(
    rf",\s(?:(?:{'|'.join(_COMMENTS.split())})\s(?:the|its|their|his|her|a|an)\s(?:[a-z]+\s){{0,2}}(?:{'|'.join(_ABSTRACT.split())})"
    rf"|{_SCENE})\b[^,.;:!?()\"“”\d—–]{{0,80}}(?=[.!]$)"
)
_SPLIT = re.compile(r",\s(?P<word>and|but)\s(?=(?:it|they|he|she|we|I|there|this|these)\s[a-z'’]+)")
_SPLIT_MARK = re.compile(r";\s(?=(?:it|they|he|she|we|the|this|these|his|her|its|their|there|a|an)\s)")
_SUBJECT = re.compile(r"(?P<subject>He|She|They|We|I|It)\s(?P<verb>[a-z]+)")
_LONG_WORDS, _LEAST_PART_WORDS = 24, 8
_SHORT_WORDS, _LEAST_SHORT_WORDS = 12, 4
_LEAST_LEFT_WORDS = 7


def tails(place: Place) -> Iterator[Edit]:
    """“…, highlighting the need for care.” ends at the comma."""
    for start, end in _sentences(place):
        match = _TAIL.search(place.tokens.text, start, end)
        if match is None or place.tokens.text[start : match.start()].count(" ") < _LEAST_LEFT_WORDS - 1:
            continue
        if place.free(match.start(), match.end()):
            yield _edit(place, match.start(), match.end(), "", TAIL_REASON, "model/tail")


def splits(place: Place) -> Iterator[Edit]:
    """At “, and she …”, “, but it …” or a semicolon, where both parts can stand alone."""
    text = place.tokens.text
    for start, end in _sentences(place):
        if text[start:end].count(" ") + 1 < _LONG_WORDS:
            continue
        for match in [*_SPLIT.finditer(text, start, end), *_SPLIT_MARK.finditer(text, start, end)]:
            if min(text[start : match.start()].count(" "), text[match.end() : end].count(" ")) >= _LEAST_PART_WORDS:
                edit = _split(place, match)
                if edit is not None:
                    yield edit


def _split(place: Place, match: re.Match[str]) -> Edit | None:
    text, end = place.tokens.text, match.end()
    head = re.match(r"[A-Za-z]+", text[end : end + 30])
    if head is None:
        return None
    word = head.group()
    if match.re is _SPLIT and match.group("word") == "but":
        after = ". But "
    else:
        after, end = f". {word[0].upper()}{word[1:]}", end + len(word)
    return (
        _edit(place, match.start(), end, after, SPLIT_REASON, "model/split") if place.free(match.start(), end) else None
    )


def joins(place: Place) -> Iterator[Edit]:
    """“She sat down. She opened the book.” becomes “She sat down and opened the book.”"""
    text = place.tokens.text
    last = -1
    for (start, end), (start2, end2) in pairwise(_sentences(place)):
        first, second = _SUBJECT.match(text, start, end), _SUBJECT.match(text, start2, end2)
        if first is None or second is None or first.group("subject") != second.group("subject") or start == last:
            continue
        one, two = text[start:end], text[start2:end2]
        plain = one.endswith(".") and not re.search(r"[,;:—–()\"“”]|\band\b|\bor\b|\bbut\b", one + two)
        words = one.count(" ") + 1, two.count(" ") + 1
        short = words[0] >= _LEAST_SHORT_WORDS and max(words) <= _SHORT_WORDS and text[end:start2] == " "
        if plain and short and place.free(end - 1, second.start("verb")):
            last = start2
            yield _edit(place, end - 1, second.start("verb"), " and ", JOIN_REASON, "model/join")


def _sentences(place: Place) -> list[tuple[int, int]]:
    """Starts and ends in the text, white space at the ends left out."""
    tokens = place.tokens
    bounds: dict[int, tuple[int, int]] = {}
    for number, word in enumerate(tokens.words):
        if word != " ":
            key = int(tokens.sentence[number])
            bounds[key] = (bounds.get(key, (tokens.starts[number], 0))[0], tokens.ends[number])
    return list(bounds.values())


def _edit(place: Place, start: int, end: int, after: str, reason: str, source: str) -> Edit:
    return Edit(start, end, place.tokens.text[start:end], after, reason, source)
