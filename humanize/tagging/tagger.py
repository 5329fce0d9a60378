"""Tags words from left to right by the shipped weights, which are read once per process (a tenth of a second)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from humanize.tagging.features import FIRST, Padded, features, pad
from humanize.tagging.tags import FINITE, NOUNS, TAGS, Tag

WEIGHTS = Path(__file__).parent / "weights" / "tagger.npz"
CODES = "abcdefghijklmnopqrstuvwxyz{"  # a letter for each tag, short in the names of features
START = "-"
_STOPS = frozenset({".", "!", "?"})
_BEFORE_ADJECTIVE = frozenset("a an very more most less so too".split())
_VERBAL = frozenset({*FINITE, Tag.BASE})
_SINGULAR = frozenset({Tag.NOUN, Tag.PROPER})
_TOKEN = re.compile(
    r"""(?:[A-Za-z]\.){2,8}                                    # U.S., e.g.
    |can(?=not\b)
    |[^\W\d_]{1,60}?(?=n['’]t\b)|n['’]t\b                       # do n't
    |['’](?:s|re|ve|ll|d|m)\b                                  # it 's
    |\d(?:[\d.,:/]{0,30}\d)?(?:st|nd|rd|th|s)?\b
    |[^\W_]+(?:(?:[-‐‑]|['’](?!(?:s|re|ve|ll|d|m)\b)|\.(?=\w))[^\W_]+){0,20}
    |\.{2,10}|--|[^\w\s]|_""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class TaggedToken:
    """The token `text`, which stands from `start` to `end` in the source, and its part of speech."""

    text: str
    start: int
    end: int
    tag: Tag


class Tagger:
    """An averaged perceptron. `rows` gives the row of a feature in `weights`, whose row 0 is empty."""

    def __init__(
        self,
        rows: dict[str, int],
        weights: npt.NDArray[np.int32],
        certain: dict[str, int],
        lexicon: dict[str, str],
    ) -> None:
        self._rows, self._weights, self._certain, self._lexicon = rows, weights, certain, lexicon

    def tag(self, words: Sequence[str]) -> tuple[Tag, ...]:
        """Return a tag for each word; time is linear in their number."""
        padded = pad(words, self._lexicon)
        last = last_but_one = START
        row, weights, found = self._rows.get, self._weights, list[Tag]()
        for at in range(FIRST, FIRST + len(words)):
            number = self._certain.get(padded.words[at])
            if number is None:
                rows = [row(feature, 0) for feature in features(at, padded, last, last_but_one)]
                number = int(weights.take(rows, axis=0).sum(axis=0).argmax())
            found.append(TAGS[number])
            last_but_one, last = last, CODES[number]
        _give_verb(padded, found)
        _give_adjectives(padded, found)
        return tuple(found)


def _give_verb(padded: Padded, found: list[Tag]) -> None:
    """Make the likeliest noun a verb in a whole sentence without one: "The study highlights three problems."

    From left to right the tagger cannot know that no other verb will come.
    """
    if padded.words[-FIRST - 1] not in _STOPS or not _VERBAL.isdisjoint(found):
        return
    for number in range(1, len(found) - 1):
        known, before = padded.classes[number + FIRST], found[number - 1]
        if found[number] is Tag.PLURAL and "vz" in known and before in _SINGULAR:
            found[number] = Tag.THIRD
            return
        if found[number] is Tag.NOUN and "vb" in known and before in {Tag.PLURAL, Tag.PRONOUN}:
            found[number] = Tag.PRESENT
            return


def _give_adjectives(padded: Padded, found: list[Tag]) -> None:
    """Make a gerund between "a" and a noun an adjective: "a challenging year"."""
    for number in range(1, len(found) - 1):
        if (
            found[number] is Tag.GERUND
            and found[number + 1] in NOUNS
            and padded.words[number + FIRST - 1] in _BEFORE_ADJECTIVE
        ):
            found[number] = Tag.ADJECTIVE


def tag_words(words: Sequence[str]) -> tuple[Tag, ...]:
    """Return the part of speech of each word of one English sentence, given as `tag_text` divides it.

    Punctuation marks are words of their own, "don't" is "do" and "n't", a hyphenated word is one word.
    """
    return _shipped().tag(words)


def tag_text(text: str, start: int = 0, end: int | None = None) -> tuple[TaggedToken, ...]:
    """Divide the sentence `text[start:end]` into tokens and tag them; the offsets are those of `text`."""
    found = list(_TOKEN.finditer(text, start, len(text) if end is None else end))
    words = [match.group() for match in found]
    return tuple(
        TaggedToken(word, match.start(), match.end(), tag)
        for word, match, tag in zip(words, found, tag_words(words), strict=True)
    )


@lru_cache(maxsize=1)
def _shipped() -> Tagger:
    return load_tagger(WEIGHTS)


def load_tagger(path: Path) -> Tagger:
    """Read a tagger from a file that `humanize/tagging/train` wrote."""
    with np.load(path, allow_pickle=False) as held:
        names = bytes(held["features"]).decode().split("\n")
        weights = np.zeros((len(names) + 1, len(TAGS)), dtype=np.int32)
        weights[np.repeat(np.arange(1, len(names) + 1), held["counts"]), held["tags"]] = held["values"]
        certain = bytes(held["certain"]).decode().split("\n")
        words = bytes(held["words"]).decode().split("\n")
        classes = bytes(held["classes"]).decode().split("\n")
        return Tagger(
            {name: number for number, name in enumerate(names, 1)},
            weights,
            dict(zip(certain, held["certain_tags"].tolist(), strict=True)),
            {word: classes[number] for word, number in zip(words, held["word_classes"].tolist(), strict=True)},
        )
