"""Arrays for the token scorer: hashed n-grams around each token, and facts about its position.

The graph that scores them (see `docs/revision-model.md`) adds the scores of the neighbouring tokens. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from humanize.revision.hashed_ngrams import Hasher, Keys, buckets, combine
from humanize.revision.signals import Signals
from humanize.revision.tokens import SPACE, Tokens
from humanize.text.spans import Span

TEMPLATES = 27
DENSE = 34
_REACH = 3
_PERSONS = "he she his her him hers they them i my me we our you your".split()
_MARKS = frozenset({",", ".", "!", "?", '"', "“", "”", "*"})


def grams(tokens: Tokens, hasher: Hasher, bits: int) -> NDArray[np.int32]:
    """Return n-gram buckets as `[n, 27]`. White space is described by the words on either side of it."""
    solid = [word for word in tokens.words if word != SPACE]
    pad = [""] * _REACH
    keys = hasher.keys([*pad, *solid, *pad])
    is_space = np.array([word == SPACE for word in tokens.words], dtype=bool)
    # A space takes the position of the word that follows it.
    place = np.cumsum(~is_space) - (~is_space) + _REACH
    rows = _templates(keys, place)
    rows = rows + is_space[None, :].astype(np.uint64) * np.uint64(0x5851F42D4C957F2D)
    return np.ascontiguousarray(buckets(rows, bits).T)


def _templates(keys: Keys, at: NDArray[np.int64]) -> Keys:
    word, form, head, tail = keys.T
    w = {step: word[np.clip(at + step, 0, len(word) - 1)] for step in range(-_REACH, _REACH + 1)}
    s = {step: form[np.clip(at + step, 0, len(word) - 1)] for step in range(-_REACH, _REACH + 1)}
    here = np.clip(at, 0, len(word) - 1)
    groups: tuple[tuple[Keys, ...], ...] = (
        (w[0],), (w[-1],), (w[1],), (w[-2],), (w[2],), (w[-3],), (w[3],),
        (w[-1], w[0]), (w[0], w[1]), (w[-1], w[1]), (w[-2], w[-1]), (w[1], w[2]),
        (w[-2], w[-1], w[0]), (w[-1], w[0], w[1]), (w[0], w[1], w[2]),
        (s[0],), (s[-1], s[0]), (s[0], s[1]), (s[-1], s[0], s[1]), (s[-2], s[-1], s[0]), (s[0], s[1], s[2]),
        (s[-2], s[-1], s[0], s[1], s[2]), (s[-1], w[0]), (w[0], s[1]), (s[-1], w[0], s[1]),
        (head[here],), (tail[here],),
    )  # fmt: skip
    return np.stack([combine(salt, *group) for salt, group in enumerate(groups)])


def dense(tokens: Tokens, protected: Sequence[Span], signals: Signals) -> NDArray[np.float32]:
    """Return `[n, 34]`: position, token, signals of rules and scores, and the style of the whole text."""
    count = len(tokens)
    if not count:
        return np.zeros((0, DENSE), dtype=np.float32)
    columns = np.concatenate(
        [_place(tokens), _own(tokens), _known(tokens, protected, signals), np.tile(_style(tokens), (count, 1))], axis=1
    )
    return np.asarray(columns, dtype=np.float32)


def _place(tokens: Tokens) -> NDArray[np.float64]:
    count = len(tokens)
    index = np.arange(count)
    heads = np.searchsorted(tokens.sentence, tokens.sentence, side="left")
    tails = np.searchsorted(tokens.sentence, tokens.sentence, side="right")
    return np.stack([index - heads, tails - heads, tails - index, index, index / count, count - index], axis=1).astype(
        np.float64
    )


def _own(tokens: Tokens) -> NDArray[np.float64]:
    seen = Counter(tokens.words)
    text = tokens.text
    rows = [
        (
            word == SPACE,
            word[0].isalpha(),
            text[start].isupper(),
            word[0].isdigit(),
            len(word),
            seen[word] if word != SPACE else 0,
        )
        for word, start in zip(tokens.words, tokens.starts, strict=True)
    ]
    return np.array(rows, dtype=np.float64)


def _known(tokens: Tokens, protected: Sequence[Span], signals: Signals) -> NDArray[np.float64]:
    known = np.zeros((len(tokens), 6))
    starts = np.array(tokens.starts)
    for span in protected:
        known[np.searchsorted(starts, span.start) : np.searchsorted(starts, span.end), 0] = 1.0
    for edit in signals.edits:
        first = np.searchsorted(starts, edit.start)
        known[first : max(int(np.searchsorted(starts, edit.end)), int(first) + 1), 1] = 1.0
    if signals.sentence_weights:
        weights = np.array(signals.sentence_weights)
        known[:, 2] = weights[np.minimum(tokens.sentence, len(weights) - 1)]
        known[:, 4] = weights.mean()
    known[:, 3] = signals.likeness
    known[:, 5] = 100.0 * len(signals.edits) / len(tokens)
    return known


def _style(tokens: Tokens) -> NDArray[np.float64]:
    """Return 16 figures of the whole text that distinguish stories from reports, which editors treat differently."""
    solid = [word for word in tokens.words if word != SPACE]
    total, seen = max(1, len(solid)), Counter(solid)

    def share(*words: str) -> float:
        return sum(seen[word] for word in words) / total

    ends = Counter(word[-3:] for word in solid if len(word) > 4)
    return np.array(
        [
            np.log(total), share(*_PERSONS), share(","), share(".", "!", "?"), share('"', "“", "”"),
            len(seen) / total, ends["ing"] / total, sum(n for end, n in ends.items() if end.endswith("ed")) / total,
            share("*"), sum(word[0].isdigit() for word in solid) / total, share("was", "were", "had"),
            share("is", "are", "has"), np.log1p(tokens.text.count("\n")),
            sum(map(len, solid)) / total, share("the", "a", "an"), len(solid) / (int(tokens.sentence[-1]) + 1),
        ]
    )  # fmt: skip
