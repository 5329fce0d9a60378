"""Finds verse and speech by their layout: stanzas, lines after a dash, and the lines of a play. Linear.

Marks of quotation are the business of `patterns`; what has no marks is recognised here, by the lines alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from humanize.text.plain import ITEM, Line, lines
from humanize.text.spans import Span

LEAST_LINES = 3
LONGEST_LINE = 80  # characters; a mean of 60 at most
_MEAN_LENGTH = (14, 60)
_MEAN_WORDS = 3.5
_BREAK = "<br>"  # ends a line of verse in Markdown, as do a backslash and two spaces
_NO_VERSE = re.compile(r"[|@#{}=<>$]|https?:|\d{3}|^\S{1,20}(?:\s\S{1,20}){0,3}:\s|:\*\*")
_STOPPED = re.compile(r"[.!?…][\"'”’)*_]{0,3}$")
_PAUSED = re.compile(r"[,;:—–-][\"'”’)*_]{0,3}$")
_LAST_WORD = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,40})\W{0,12}$")
_SMALL_WORD = re.compile(
    r"\b(?:a|an|the|and|or|but|of|in|on|to|from|with|for|by|at|as|is|are|was|were|be|it|its|my|your|our|their|his|her|"
    r"I|you|we|they|he|she|that|this|not|no|so|when|where|who|will)\b",
    re.I,
)
_SPEECH_DASH = re.compile(r"^\s{0,8}[—―]\s?(?=[^\W\d_a-z]|[¿¡“\"'‘…])")
_LOW_DASH = re.compile(r"^\s{0,8}–\s(?=[^\W\d_a-z])")
_SAYS = re.compile(
    r"[,.?!…–—]\s(?:–\s|—\s)?(?:[^\W\d_]+\s){0,3}(?:said|says|asked|asks|replied|answered|whispered|cried|shouted|murmured|"
    r"muttered|told|added|called)\b"
)
_LABEL = re.compile(
    r"^\s{0,8}(?:\*\*|__)?(?P<name>[^\W\d_a-z][\w.'’-]{0,20}(?:\s[^\W\d_a-z][\w.'’-]{0,20}){0,2})(?:\s?\([^()\n]{1,60}\))?"
    r"(?:\*\*|__)?:(?:\*\*|__)?\s+(?=\S)"
)
_NO_SPEAKER = frozenset(
    """
    note notes warning caution tip important subject to from date cc bcc re question answer q a faq pros cons
    summary step example examples result results conclusion title author ps p.s attachments attendees agenda
    time location where when who what why how price size colour color ingredients method serves abstract
    keywords background methods objective todo fixed added changed removed deprecated security monday tuesday
    wednesday thursday friday saturday sunday phone tel email e-mail fax address website web ref reference
    action actions decision decisions owner deadline status present apologies absent chair minutes topic purpose
    scope goal goals risk risks budget team lead role skills education experience languages contact salary hours
    duration level requirements day week month year phase part chapter section verse chorus bridge option error
    input output default type name version usage
    """.split()
)
_VOICE = re.compile(r"[!?…]|\b(?:I|you|we|me|my|your|us|let['’]s|I['’]\w+|no|yes|oh)\b", re.I)


def verse_spans(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """Yield the stanzas in the parts `spans` of the text, of kind "verse".

    A stanza has from three lines of verse's length, which stop neither all at their ends nor where the page ends, and
    which are not a list, an address or a table.
    """
    for start, end in spans:
        for is_blank, group in groupby(_lines(text, start, end), key=lambda line: line.blank):
            stanza = list(group)
            if not is_blank and is_stanza([line.content for line in stanza]):
                yield Span(stanza[0].start, stanza[-1].end, "verse")


def is_stanza(contents: Sequence[str]) -> bool:
    """Return whether these lines, none of them blank, are verse."""
    if len(contents) < LEAST_LINES:
        return False
    found = [content.rstrip().removesuffix(_BREAK).rstrip("*_\\ \t").lstrip() for content in contents]
    if any(not line or len(line) > LONGEST_LINE or _NO_VERSE.search(line) for line in found):
        return False
    mean = sum(map(len, found)) / len(found)
    words = sum(len(line.split()) for line in found) / len(found)
    small = sum(_SMALL_WORD.search(line) is not None for line in found) / len(found)
    if not _MEAN_LENGTH[0] <= mean <= _MEAN_LENGTH[1] or words < _MEAN_WORDS or small < 0.5:
        return False
    return not any(ITEM.match(content) for content in contents) and _ragged(found) and _runs_on(found)


def _ragged(found: Sequence[str]) -> bool:
    """Return whether most lines end although the next word had room: then no page's width broke them."""
    width = max(map(len, found))
    room = [len(line) + 1 + len(after.split()[0]) <= width for line, after in pairwise(found) if after]
    capitals = sum(line[:1].isupper() or not line[:1].isalpha() for line in found) / len(found)
    return capitals >= 0.75 or (len(found) > LEAST_LINES and sum(room) >= 0.6 * len(room))


def _runs_on(found: Sequence[str]) -> bool:
    """Return whether sentences run over the ends of lines, or lines rhyme; in a list each line stands by itself."""
    inner = found[:-1]
    stopped = sum(_STOPPED.search(line) is not None for line in inner)
    paused = sum(_PAUSED.search(line) is not None for line in inner)
    rhyme = _rhymes(found)
    if stopped + paused == 0:
        return len(found) > LEAST_LINES and (
            rhyme >= 0.5 or (not found[1][:1].isupper() and bool(_STOPPED.search(found[-1])))
        )
    open_ends = len(inner) - stopped
    return rhyme >= 0.5 or (open_ends >= 0.4 * len(inner) and paused >= 1) or paused >= 0.5 * len(inner)


def _rhymes(found: Sequence[str]) -> float:
    """Return the share of lines whose last sound, by its letters, comes again at the end of another near line."""
    ends = [match.group(1).lower() if (match := _LAST_WORD.search(line)) else "" for line in found]
    rhymed: set[int] = set()
    for at, word in enumerate(ends):
        for other in range(at + 1, min(at + 4, len(ends))):
            if len(word) > 1 and word[-2:] == ends[other][-2:] and (word != ends[other] or len(found) > LEAST_LINES):
                rhymed |= {at, other}
    return len(rhymed) / len(found)


def speech_spans(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """Yield the lines in the parts `spans` that are direct speech, of kind "quotation".

    A line after a dash is one, and so is "NAME: …" where the names of a play alternate.
    """
    found = [line for start, end in spans for line in _lines(text, start, end) if not line.blank]
    speakers = _speakers(found)
    for line in found:
        label = _LABEL.match(line.content)
        by_dash = _SPEECH_DASH.match(line.content) or (
            _LOW_DASH.match(line.content)
            and (_SAYS.search(line.content) or _STOPPED.search(line.content.rstrip()))
            and _VOICE.search(line.content)
        )
        if by_dash or (label and label.group("name") in speakers):
            yield Span(line.start, line.end, "quotation")


def _speakers(found: Sequence[Line]) -> frozenset[str]:
    """Return the names of a play: two or more that take turns, or capitals all through, with the voice of speech."""
    labels = [
        (match.group("name"), line.content[match.end() :]) for line in found if (match := _LABEL.match(line.content))
    ]
    labels = [(name, said) for name, said in labels if not _NO_SPEAKER.intersection(name.lower().split())]
    counts = Counter(name for name, _ in labels)
    spoken = sum(_VOICE.search(said) is not None for _, said in labels)
    if len(counts) < 2 or spoken < 0.4 * len(labels):
        return frozenset()
    taking_turns = len(labels) >= 3 and max(counts.values()) >= 2 and len(labels) >= 1.4 * len(counts)
    in_capitals = all(name.isupper() for name in counts)
    ended = sum(_STOPPED.search(said.rstrip()) is not None for _, said in labels) >= 0.7 * len(labels)
    return frozenset(counts) if ended and (taking_turns or in_capitals) else frozenset()


def _lines(text: str, start: int, end: int) -> Iterator[Line]:
    for line in lines(text[start:end]):
        yield Line(start + line.start, start + line.end, line.content)
