"""What the tagger looks at: the word, its ending and lexicon class, its neighbours, and the two tags before it.

Training and tagging read the same features from here; they would drift apart otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FIRST = 2  # where the first word stands behind the padding
NUMERAL = "!"
UNKNOWN = "?"
_BEFORE, _AFTER = ["<", "<"], [">", ">"]


@dataclass(frozen=True, slots=True)
class Padded:
    """A sentence with two pads on either side: normal words, their lexicon classes, and the look of each word."""

    words: list[str]
    classes: list[str]
    looks: list[str]


def normal(word: str) -> str:
    """Return the word in lower case with a straight apostrophe; every numeral becomes the same word."""
    return NUMERAL if word[:1].isdigit() else word.lower().replace("’", "'")


def pad(words: Sequence[str], lexicon: Mapping[str, str]) -> Padded:
    plain = [normal(word) for word in words]
    looks = ["A" if word[:1].isupper() else "a" for word in words]
    if looks:
        looks[0] += "^"
    return Padded(
        [*_BEFORE, *plain, *_AFTER],
        [*_BEFORE, *(lexicon.get(word, UNKNOWN) for word in plain), *_AFTER],
        [*_BEFORE, *looks, *_AFTER],
    )


def features(at: int, padded: Padded, last: str, last_but_one: str) -> list[str]:
    """Return the features of the word at `at`; `last` and `last_but_one` stand for the tags before it."""
    words, classes = padded.words, padded.classes
    word, before, after = words[at], words[at - 1], words[at + 1]
    known, known_after = classes[at], classes[at + 1]
    ending = word[-3:]
    found = [
        "w" + word,
        "c" + known,
        "3" + ending,
        "2" + word[-2:],
        "4" + word[-4:],
        "f" + word[:1] + padded.looks[at],
        "t" + last,
        "u" + last_but_one + last,
        "W" + last + word,
        "b" + before,
        "a" + after,
        "e" + after[-3:],
        "x" + words[at + 2],
        "y" + words[at - 2],
        "T" + last + known,
        "d" + known + " " + known_after,
        "n" + known_after,
        "D" + last + known + " " + known_after,
        "A" + word + " " + known_after,
        "B" + before + " " + known,
        "N" + known_after + " " + classes[at + 2],
    ]
    if "-" in word:
        found.append("h" + ending)
    return found
