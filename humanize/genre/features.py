"""What the classifier looks at: the layout first, then words. Linear; every repeat in a pattern is bounded."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from humanize.text.plain import ITEM, Line, lines
from humanize.text.segment import SegmentedText
from humanize.text.verse import speech_spans, verse_spans

SAMPLE = 20_000  # characters
WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?")
_HEADING = re.compile(r"^#{1,6}\s")
_TABLE = re.compile(r"^\s{0,3}\||\t[^\t]+\t")
_LABEL = re.compile(r"^\s{0,6}(?:[-*+•]\s)?(?:\*\*|__)?[A-Z][^:.!?\n]{1,40}:(?:\*\*|__)?(?:\s|$)")
_NUMBERED = re.compile(r"^\s{0,6}(?:\(?\d{1,3}[.)]|§|(?:Section|Article|Clause)\s\d)")
# Each is counted per 100 words: patterns, phrases of the lower-case text, and words.
_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "greeting": re.compile(
        r"^\W{0,3}(?:hi|hello|dear|hey|good (?:morning|afternoon)|to whom it may)\b[^\n.]{0,60}[,!]?\s*$", re.M
    ),
    "farewell": re.compile(
        r"^\W{0,3}(?:(?:best|kind|warm|kindest) (?:regards|wishes)|regards|best|cheers|many thanks|thanks|sincerely|"
        r"yours \w+|subject:)\W{0,3}(?:$|(?<=:))", re.M,
    ),
    "hashtag": re.compile(r"(?<=\s)#[a-z]\w{2,40}"),
    "emoji": re.compile(r"[\U0001F300-\U0001FAFF☀-➿]"),
    "citation": re.compile(r"\([^()\n\d]{2,80}(?:19|20)\d\d[a-z]?\)|\[\d{1,3}\]|\\\w{2,20}"),
    "statistic": re.compile(r"\b[pn] ?[=<>] ?\.?\d"),
    "figure": re.compile(r"\d+"),
    "step": re.compile(
        r"^\s{0,6}(?:\d{1,2}[.)]|[-*+•])\s+\*{0,2}(?:open|run|click|press|add|use|set|check|install|select|enter|remove|place|"
        r"turn|mix|make|write|call|take|put|go|stir|bake|fix)\b", re.M,
    ),
    "assent": re.compile(r"^\W{0,4}(?:sure|certainly|absolutely|of course|great question|yes|no)[!,.]"),
}  # fmt: skip
_PHRASES: Mapping[str, tuple[str, ...]] = {
    "mail": ("attached", "i am writing", "i'm writing", "look forward to", "please let", "please find", "get back to"),
    "code": ("```", "`", "()", "$ "),
    "bold": ("**",),
    "quote": ("“", '"'),
    "chat": (
        "here's ", "here is ", "here are ", "would you like me to", "let me know", "hope this helps", "keep in mind",
    ),
    "study": (
        "et al", "we show", "we propose", "we present", "we find", "we study", "we introduce", "we investigate",
        "results show", "this paper", "hypothes", "baseline", "theorem", "dataset", "±",
    ),
    "question": ("?",),
    "exclamation": ("!",),
    "stop": (". ", ".\n"),
    "comma": (",",),
    "mathematics": ("$", "\\"),
}  # fmt: skip
_WORDS: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "said": "said asked whispered replied murmured cried shouted muttered sighed laughed",
        "past": "was were had felt went saw knew took stood came looked turned",
        "first": "i me my mine i'm i've i'd i'll",
        "we": "we our us",
        "you": "you your yours you're you'll",
        "third": "he she him her his hers",
        "duty": "shall hereby herein hereunder hereto thereof thereafter pursuant notwithstanding hereinafter whereas",
        "legal": "party parties agreement clause section liable liability plaintiff claimant defendant court tenant "
        "landlord provision provisions terminate termination terminated warranty warranties jurisdiction statute "
        "statutory consent breach contract refund refunds refundable terms tribunal appeal",
        "clinic": "patient patients dose doses tablet tablets clinical diagnosis diagnosed symptom symptoms treatment "
        "treatments therapy therapies surgery doctor disease diseases medicine medicines medication blood cancer "
        "infection mg nurse acute chronic hospital surgical",
    }.items()
}
_SHAPE = (
    "items", "headings", "tables", "labels", "numbered", "short lines", "long lines", "lines", "words", "verse",
    "speech", "words per line",
)  # fmt: skip
FORMAL = (*_SHAPE, *_PATTERNS, *_PHRASES, *_WORDS)


def features(document: SegmentedText, places: Mapping[str, int]) -> npt.NDArray[np.float32]:
    """Return the features of layout, each about from 0 to 3, and then those of the words in `places`.

    A word counts as the logarithm of how often it stands there; these features are scaled to length one.
    """
    text = document.text[:SAMPLE]
    lower = text.lower().replace("’", "'")
    counts = Counter(WORD.findall(lower))
    return np.concatenate([np.array(_formal(text, lower, counts), dtype=np.float32), _lexical(counts, places)])


def _formal(text: str, lower: str, counts: Counter[str]) -> list[float]:
    found = [line for line in lines(text) if not line.blank]
    words = max(1, counts.total())
    totals = [
        *(len(pattern.findall(lower)) for pattern in _PATTERNS.values()),
        *(sum(map(lower.count, phrases)) for phrases in _PHRASES.values()),
        *(sum(counts[word] for word in known) for known in _WORDS.values()),
    ]
    return [*_shape(text, found, words), *(math.log1p(100 * total / words) for total in totals)]


def _shape(text: str, found: list[Line], words: int) -> list[float]:
    count, extent = max(1, len(found)), [(0, len(text))]
    shares = [
        sum(pattern.match(line.content) is not None for line in found) / count
        for pattern in (ITEM, _HEADING, _TABLE, _LABEL, _NUMBERED)
    ]
    short = sum(len(line.content) < 60 for line in found) / count
    long = sum(len(line.content) > 160 for line in found) / count
    covered = [
        sum(span.end - span.start for span in spans(text, extent)) / max(1, len(text))
        for spans in (verse_spans, speech_spans)
    ]
    sizes = [math.log1p(count) / 3, math.log1p(words) / 4]
    return [
        *(2 * share for share in (*shares, short, long)),
        *sizes,
        *(3 * one for one in covered),
        math.log1p(words / count) / 2,
    ]


def _lexical(counts: Counter[str], places: Mapping[str, int]) -> npt.NDArray[np.float32]:
    vector = np.zeros(len(places), dtype=np.float32)
    for word, count in counts.items():
        place = places.get(word)
        if place is not None:
            vector[place] = math.log1p(count)
    length = float(np.sqrt((vector * vector).sum()))
    return vector / np.float32(length) if length else vector
