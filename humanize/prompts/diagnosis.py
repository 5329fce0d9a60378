"""What we know of a text before we ask a model: the tells of each paragraph, and the genre. Lexical and linear."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SAMPLE = 20_000  # characters
_MOST_TELLS = 6  # named for one paragraph
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
_EMAIL = re.compile(
    r"^\s*(?:hi|hello|dear|hey)\b[^\n]{0,60}[,!]\s*$|^\s*(?:best|kind|warm) regards\b|^subject:", re.I | re.M
)
_POST = re.compile(r"(?:^|\s)#[A-Za-z]\w{2,40}(?:\s|$)|[\U0001F300-\U0001FAFF]")
_DOCUMENTATION = re.compile(
    r"^```|^\s{0,3}(?:\$|npm|pip|git) \w|`[^`\n]{2,60}`\s*\(|^#{1,4} (?:install|usage|getting started|api)", re.I | re.M
)
_ACADEMIC = re.compile(
    r"\bet al\.|\((?:[A-Z][\w'’-]{1,30}(?: (?:and|&) [A-Z][\w'’-]{1,30})?),? (?:19|20)\d\d\)|\[\d{1,3}\]"
    r"|\bhypothes[ie]s\b"
)
_SPEECH = re.compile(
    r"[“\"][^”\"\n]{3,300}[,.!?][”\"]\s+(?:[A-Z]?[a-z]{1,20}\s){0,3}(?:said|asked|whispered|replied|murmured|cried)\b"
)
_PAST = re.compile(r"\b(?:he|she|they|I) (?:had|was|were|[a-z]{2,15}ed|looked|felt|went|saw|knew|took|stood|turned)\b")


def tells_in(text: str) -> list[str]:
    """Return the names of the tells of a paragraph, the most frequent first, at most six."""
    counts = {name: len(pattern.findall(text)) for name, pattern in TELLS.items()}
    found = sorted((name for name, count in counts.items() if count), key=lambda name: -counts[name])
    return found[:_MOST_TELLS]


def genre_of(text: str) -> str:
    """Guess the genre of a text from its first 20,000 characters: one of `GENRES`, "article" if nothing tells."""
    sample = text[:_SAMPLE]
    words = max(1, len(sample.split()))
    if _EMAIL.search(sample):
        return "email"
    if _DOCUMENTATION.search(sample):
        return "documentation"
    if len(_ACADEMIC.findall(sample)) >= 2:
        return "academic"
    if _SPEECH.search(sample) or 1000 * len(_PAST.findall(sample)) / words > 25:
        return "story"
    if len(_POST.findall(sample)) >= 2 and words < 500:
        return "post"
    return "article"
