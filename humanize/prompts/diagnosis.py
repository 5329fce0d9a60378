"""What we know of a text before we ask a model: the tells of each paragraph, and the genre. Lexical and linear."""

from __future__ import annotations

import re
from collections.abc import Mapping

from humanize.genre import Genre, recognise
from humanize.text.segment import SegmentedText

_MOST_TELLS = 6  # named for one paragraph
_PROMPT_GENRES: Mapping[Genre, str] = {
    Genre.EMAIL: "email",
    Genre.POST: "post",
    Genre.FICTION: "story",
    Genre.VERSE: "story",
    Genre.DIALOGUE: "story",
    Genre.DOCUMENTATION: "documentation",
    Genre.DATA: "documentation",
    Genre.PAPER: "academic",
    Genre.MEDICINE: "academic",
    Genre.LAW: "academic",
}
GENRES = ("email", "post", "story", "documentation", "academic", "article")

TELLS: Mapping[str, re.Pattern[str]] = {
    "tail": re.compile(r",\s(?:\w{1,20}ly\s)?[a-z]{2,20}ing\s[^,.;:!?\n]{3,120}[.!?]", re.I),
    "dash": re.compile(r"\s[–—]\s|\w—\w"),
    "contrast": re.compile(r"\bnot (?:only|just|merely)\b|\b(?:isn|aren|wasn)['’]t (?:just|about)\b", re.I),
    "triad": re.compile(r"\b\w{3,20}, \w{3,20},? and \w{3,20}\b"),
    "abstract": re.compile(
        r"\b(?:landscapes?|tapestry|realms?|journeys?|insights?|impacts?|testament|cornerstones?|synerg\w{1,4}|paradigms?"
        r"|interplay|intersection|nuances?)\b",
        re.I,
    ),
    "adjective": re.compile(
        r"\b(?:crucial|pivotal|vital|essential|key|valuable|comprehensive|robust|seamless|transformative|profound"
        r"|invaluable|vibrant|intricate|multifaceted|groundbreaking|cutting-edge|ever-\w{2,12})\b",
        re.I,
    ),
    "verb": re.compile(
        r"\b(?:enhanc|foster|leverag|underscor|delv|streamlin|empower|elevat|harness|navigat|facilitat|bolster|showcas"
        r"|unlock|embrac|spearhead)(?:e|es|ed|ing|s)?\b",
        re.I,
    ),
    "hook": re.compile(
        r"\b(?:the (?:result|best part|catch|answer|truth|kicker)|here['’]s (?:the thing|why|how))\b[?:]?", re.I
    ),
    "pointer": re.compile(
        r"(?:^|[.!?]\s)(?:This|These|Such) [a-z]{3,20} (?:[a-z]{1,12}s|is|are|was|were|can|has|have)\b"
    ),
    "by_doing": re.compile(r"(?:^|[.!?]\s)By [a-z]{2,20}ing\b"),
    "sweep": re.compile(r"\bfrom [a-z]{3,20}(?: [a-z]{3,20})? to [a-z]{3,20}(?: [a-z]{3,20})?, ", re.I),
    "label": re.compile(r"^\s{0,6}(?:[-*+•]\s+|\d{1,2}[.)]\s+)?(?:\*\*|__)[^*_\n]{2,60}(?:\*\*|__)\s?[:—–-]", re.M),
    "chat": re.compile(
        r"\b(?:sure|certainly|absolutely|of course)[!,]|\bhere(?:['’]s| is) (?:a|the|your)\b|\bwould you like me to\b"
        r"|\blet me know if\b|\bi hope this helps\b",
        re.I,
    ),
    "summary": re.compile(r"(?:^|[.!?]\s)(?:In conclusion|Overall|Ultimately|In summary|In short|All in all)\b"),
    "concession": re.compile(r"(?:^|[.!?]\s)(?:While|Although) [^.!?\n]{5,160},"),
}


def tells_in(text: str) -> list[str]:
    """Return the names of the tells of a paragraph, the most frequent first, at most six."""
    counts = {name: len(pattern.findall(text)) for name, pattern in TELLS.items()}
    found = sorted((name for name, count in counts.items() if count), key=lambda name: -counts[name])
    return found[:_MOST_TELLS]


def genre_of(document: SegmentedText) -> str:
    """Return the prompt's name of a text's genre: one of `GENRES`."""
    return _PROMPT_GENRES.get(recognise(document).genre, "article")
