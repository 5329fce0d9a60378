"""A light rewrite as its changes: which words each took away and put in, those that only moved left out.

Phrases that say nothing, and tails that only comment on the sentence, do not count: they may come and go.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from humanize.facts import lexicon
from humanize.facts.stems import Word, read_words
from humanize.text.align import differences
from humanize.text.spans import Guard, Span

# Tails that name no more than a virtue of what the sentence says: “, highlighting the importance of teamwork”.
_COMMENT = re.compile(
    r",\s(?:(?:thus|thereby|further|ultimately|clearly|truly)\s)?"
    r"(?:highlight|underscor|underlin|emphasi[sz]|showcas|demonstrat|reflect|illustrat|show|reinforc|signal)ing\s"
    r"(?:the|its|their|his|her|our|a|an)\s(?:[a-z]{1,20}\s){0,2}"
    r"(?:importance|significance|need|value|commitment|potential|power|relevance|richness|beauty|depth|strength|role)\b"
    r"(?:\s[a-z'’-]{1,30}){0,8}(?=[.!?;]|$)"
)
# A noun with a question mark asks nothing: “The result? Faster builds.”
_NOT_ASKED = re.compile(
    r"(?:(?<=[.!?:…\n]\s)|^)(?:(?:And|But|So) )?(?:The|My|Our|Your|His|Her|Its|Their|the|my|our)"
    r"(?: [a-z'’-]{2,20}){1,6}"
    r"(?P<mark>\?)(?=\s)"
    r"|(?:(?<=[.!?:…\n]\s)|^)(?:Have|Need|Want)(?: [a-z'’-]{1,20}){1,9}(?P<condition>\?)(?=\s)"
)
_NEAR = 2  # unchanged words between two changes that make them one


@dataclass(frozen=True, slots=True)
class WordChange:
    """One change: the words that stood there and those that stand there now, in order.

    `gone` and `new` are the content words without a counterpart anywhere on the other side; `repeated` those that went
    from here alone and stand elsewhere in the rewrite, where they stood before; `again` those that came here and stood
    elsewhere in the source, where they still stand. `lead` and `tail` are the unchanged words next to it, up to two.
    """

    before: tuple[Word, ...]
    after: tuple[Word, ...]
    gone: tuple[Word, ...]
    new: tuple[Word, ...]
    repeated: tuple[Word, ...] = ()
    again: tuple[Word, ...] = ()
    lead: tuple[Word, ...] = ()
    tail: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """All words of both sides, the changes in order, and the share of words that were deleted or inserted (0 to 1)."""

    before: tuple[Word, ...]
    after: tuple[Word, ...]
    changes: tuple[WordChange, ...]
    share: float


def compare(before: str, after: str) -> Difference:
    """Compare two stretches word by word."""
    old, new = telling_words(before), telling_words(after)
    left, right = [word.low for word in old], [word.low for word in new]
    there, here = {word.stem for word in new}, {word.stem for word in old}
    steps = list(differences(left, right))
    ranges = _joined(steps)
    put_in = {word.stem for _, _, c, d in ranges for word in new[c:d]}
    stayed = there - put_in
    taken_out = {word.stem for a, b, _, _ in ranges for word in old[a:b]}
    remained = here - taken_out
    changes = tuple(
        WordChange(
            old[a:b],
            new[c:d],
            tuple(word for word in old[a:b] if word.is_content and word.stem not in there),
            tuple(word for word in new[c:d] if word.is_content and word.stem not in here),
            tuple(word for word in old[a:b] if word.is_content and word.stem in stayed),
            tuple(word for word in new[c:d] if word.is_content and word.stem in remained),
            old[max(0, a - _NEAR) : a],
            old[b : b + _NEAR],
        )
        for a, b, c, d in ranges
    )
    changed = sum(b - a + d - c for a, b, c, d in steps)
    return Difference(old, new, changes, changed / max(1, len(old) + len(new)))


def telling_words(text: str) -> tuple[Word, ...]:
    """Return the words of a text outside of empty phrases and of tails that only comment."""
    words = read_words(text)
    spans = [match.span() for pattern in (_empty_phrases(), _COMMENT) for match in pattern.finditer(text)]
    spans += [match.span("mark" if match["mark"] else "condition") for match in _NOT_ASKED.finditer(text)]
    if not spans:
        return tuple(words)
    guard = Guard([Span(start, end, "") for start, end in spans])
    return tuple(word for word in words if guard.free(word.start, word.end))


@lru_cache(maxsize=1)
def _empty_phrases() -> re.Pattern[str]:
    phrases = "|".join(re.escape(phrase).replace("'", "['’]") for phrase in sorted(lexicon.words("empty_phrases")))
    return re.compile(rf"(?<![\w’'-])(?:{phrases.replace(chr(92) + ' ', ' ')})(?![\w’'-]),?", re.I)


def _joined(steps: Sequence[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    found: list[tuple[int, int, int, int]] = []
    for here in steps:
        if found and here[0] - found[-1][1] < _NEAR:
            found[-1] = (found[-1][0], here[1], found[-1][2], here[3])
        else:
            found.append(here)
    return found
