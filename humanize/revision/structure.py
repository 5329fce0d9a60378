"""Changes of sentence structure: removes a tacked-on comment, splits a long sentence, joins two short ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from humanize.revision.placement import Place
from humanize.text.edits import TextEdit

TAIL_REASON = "A comment tacked on with “-ing”; the sentence has made its point."
SPLIT_REASON = "A long sentence; two shorter ones read more easily."
JOIN_REASON = "Two short sentences about the same subject; joined, the rhythm varies."
WHICH_REASON = "The second sentence only draws a conclusion; “which” ties it to the first."
CONTRAST_REASON = "“But” puts the two statements side by side; the reader need not wait for the point."
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
_SPLIT = re.compile(r",\s(?P<word>and|but|so|yet)\s(?=(?:it|they|he|she|we|I|there|this|these)\s[a-z'’]+)")
_SPLIT_MARK = re.compile(r";\s(?=(?:it|they|he|she|we|the|this|these|his|her|its|their|there|a|an)\s)")
_SUBJECT = re.compile(r"(?P<subject>He|She|They|We|I|It)\s(?P<verb>[a-z]+)")
_LONG_WORDS, _LEAST_PART_WORDS = 18, 6
_SHORT_WORDS, _LEAST_SHORT_WORDS = 12, 4
_LEAST_LEFT_WORDS = 7
_MIDDLING_WORDS, _BOTH_WORDS = 20, 32
_DOES = re.compile(
    r"This\s(?:also\s)?(?:allows|allowed|makes|made|means|meant|led|leads|helps|helped|gives|gave|ensures|creates|caused|causes|enables"
    r"|enabled|requires|required|results|resulted|explains|explained|suggests|suggested|shows|showed|improves|improved|reduces"
    r"|reduced|includes|included|left|leaves|lets|saves|saved|prevents|prevented|brings|brought|marks|marked)\s"
)
# The first part must state a fact ("is", "has", "may"); a "while" of time has "was sitting" or "sat".
_WHILE = re.compile(
    r"(?:While|Although|Though)\s(?P<first>(?:the|a|an|this|these|some|many|it|they|he|she|we|there|most|such|its|their|our|his|her)\s"
    r"(?:[a-z’'-]+\s){0,5}?(?:is|are|was|were|has|have|had|may|can|could|might|does|do|did|offers?|provides?|remains?|seems?|shows?|makes?)\s"
    r"(?:not\s)?(?![a-z]+ing\b)[^,;:.!?()\"“”—–\n]{3,70}),\s"
    r"(?=(?:the|a|an|this|these|some|many|it|they|he|she|we|I|there|its|their|our|his|her)\s[^,;:?!]{8,120}\.)"
)
# Excludes commands, fragments and sentences that open with a connective, which belong to the sentence before.
_STATES = re.compile(r"(?!(?:And|But|Or|So|Yet|However|Still|Then|Now|Instead|If|When|Please|Let)\b)[A-Z][\w'’-]*\s")


def tails(place: Place) -> Iterator[TextEdit]:
    """Remove tacked-on comments: “…, highlighting the need for care.”"""
    for start, end in place.sentences:
        match = _TAIL.search(place.tokens.text, start, end)
        if match is None or place.tokens.text[start : match.start()].count(" ") < _LEAST_LEFT_WORDS - 1:
            continue
        if place.free(match.start(), match.end()):
            yield _edit(place, match.start(), match.end(), "", TAIL_REASON, "model/tail")


def splits(place: Place) -> Iterator[TextEdit]:
    """Split long sentences at “, and she …”, “, but it …” or a semicolon if both parts can stand alone."""
    text = place.tokens.text
    for start, end in place.sentences:
        if text[start:end].count(" ") + 1 < _LONG_WORDS:
            continue
        for match in [*_SPLIT.finditer(text, start, end), *_SPLIT_MARK.finditer(text, start, end)]:
            if min(text[start : match.start()].count(" "), text[match.end() : end].count(" ")) >= _LEAST_PART_WORDS:
                edit = None if _inside(text[start : match.start()]) else _split(place, match)
                if edit is not None:
                    yield edit


def _inside(before: str) -> bool:
    """Return whether a bracket or quotation is open, so that no sentence can end here."""
    return before.count("(") > before.count(")") or before.count("“") > before.count("”") or before.count('"') % 2 == 1


def _split(place: Place, match: re.Match[str]) -> TextEdit | None:
    text, end = place.tokens.text, match.end()
    head = re.match(r"[A-Za-z]+", text[end : end + 30])
    if head is None:
        return None
    word = head.group()
    tie = match.group("word") if match.re is _SPLIT else "and"
    if tie != "and":
        after = f". {tie.capitalize()} "
    else:
        after, end = f". {word[0].upper()}{word[1:]}", end + len(word)
    return (
        _edit(place, match.start(), end, after, SPLIT_REASON, "model/split") if place.free(match.start(), end) else None
    )


def joins(place: Place) -> Iterator[TextEdit]:
    """Join short sentences: “She sat down. She opened the book.” → “She sat down and opened the book.”"""
    text = place.tokens.text
    last = -1
    for (start, end), (start2, end2) in pairwise(place.sentences):
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


def _go_together(one: str, two: str) -> bool:
    return _whole(one) and _whole(two) and one.count(" ") + two.count(" ") + 2 <= _BOTH_WORDS


def relatives(place: Place) -> Iterator[TextEdit]:
    """Join a conclusion: “The road was closed. This led to delays.” → “The road was closed, which led to delays.”"""
    text = place.tokens.text
    for (start, end), (start2, end2) in pairwise(place.sentences):
        one, two = text[start:end], text[start2:end2]
        head = _DOES.match(two)
        if head is None or text[end:start2] != " " or ", which" in one + two or not _go_together(one, two):
            continue
        if place.free(end - 1, start2 + len("This")):
            yield _edit(place, end - 1, start2 + len("This"), ", which", WHICH_REASON, "model/which")


def contrasts(place: Place) -> Iterator[TextEdit]:
    """Turn “While the road is short, it is steep.” into “The road is short, but it is steep.”"""
    text = place.tokens.text
    for start, end in place.sentences:
        match = _WHILE.match(text, start, end)
        if match is None or not place.free(start, match.end()):
            continue
        first = match["first"]
        after = f"{first[0].upper()}{first[1:]}, but "
        yield _edit(place, start, match.end(), after, CONTRAST_REASON, "model/contrast")


def _whole(sentence: str) -> bool:
    """Return whether the sentence is a plain statement of medium length."""
    words = sentence.count(" ") + 1
    plain = sentence.endswith(".") and not re.search(r"[;:—–()\"“”?!\n]|\.\S|\.\s", sentence[:-1])
    return plain and _LEAST_SHORT_WORDS <= words <= _MIDDLING_WORDS and _STATES.match(sentence) is not None


def _edit(place: Place, start: int, end: int, after: str, reason: str, source: str) -> TextEdit:
    return TextEdit(start, end, place.tokens.text[start:end], after, reason, source)
