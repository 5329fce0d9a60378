"""Arrays for the ranker: what each candidate removes and adds, and facts about it. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from humanize.revision.candidates import KINDS, CandidateEdit
from humanize.revision.hashed_ngrams import Hasher, buckets, combine
from humanize.revision.rates import NO_RATE, Rates, key_of
from humanize.revision.signals import Signals
from humanize.revision.tokens import SPACE, Tokens, fold_all

FACTS = 27
GRAMS = 24
ORDERS = (1, 2, 3)
_CONTEXT = 2
_INSIDE = 5


@dataclass(frozen=True, slots=True)
class CandidateArrays:
    """One row per candidate: its tokens `[m, 2]`, n-gram buckets before and after `[m, 24]`, and facts `[m, 27]`."""

    span: NDArray[np.int64]
    gone: NDArray[np.int32]
    came: NDArray[np.int32]
    facts: NDArray[np.float32]


def candidate_arrays(
    tokens: Tokens,
    candidates: Sequence[CandidateEdit],
    signals: Signals,
    rates: Rates,
    hasher: Hasher,
    bits: int,
) -> CandidateArrays:
    pairs = [_around(tokens, one) for one in candidates]
    return CandidateArrays(
        span=np.array([(one.first, one.last) for one in candidates], dtype=np.int64).reshape(-1, 2),
        gone=gram_rows([before for before, _ in pairs], hasher, bits),
        came=gram_rows([after for _, after in pairs], hasher, bits),
        facts=np.array([_facts(tokens, one, candidates, signals, rates) for one in candidates], np.float32).reshape(
            -1, FACTS
        ),
    )


def gram_rows(texts: Sequence[Sequence[str]], hasher: Hasher, bits: int) -> NDArray[np.int32]:
    """Return the buckets of all 1–3-grams of each short text as `[m, 24]`; bucket 0 is padding and has no weight."""
    rows = np.zeros((len(texts), GRAMS), dtype=np.int32)
    if not texts:
        return rows
    lengths = [len(text) for text in texts]
    keys = hasher.keys([word for text in texts for word in text])[:, 0]
    inside = np.concatenate([np.arange(length, 0, -1) for length in lengths])
    row = np.repeat(np.arange(len(texts)), lengths)
    place = np.zeros(len(texts), dtype=np.int64)
    for order, found in grams_by_order(keys, bits):
        whole = np.flatnonzero(inside[: len(found)] >= order)
        counts = np.bincount(row[whole], minlength=len(texts))
        column = np.arange(len(whole)) - np.repeat(np.cumsum(counts) - counts, counts) + place[row[whole]]
        rows[row[whole], column] = found[whole]
        place += counts
    return rows


def grams_by_order(keys: NDArray[np.uint64], bits: int) -> list[tuple[int, NDArray[np.int32]]]:
    """Return, for each order, the bucket (never 0) of the n-gram that begins at each position."""
    found = []
    for order in ORDERS:
        count = max(0, len(keys) - order + 1)
        columns = [keys[step : step + count] for step in range(order)]
        found.append((order, np.maximum(buckets(combine(100 + order, *columns), bits), 1)))
    return found


def _around(tokens: Tokens, one: CandidateEdit) -> tuple[list[str], list[str]]:
    """Return the words before and after the change, each with two words of context on either side."""
    before, after = (_short([w for w in fold_all(text) if w != SPACE]) for text in (one.edit.before, one.edit.after))
    left = _solid(tokens, range(one.first - 1, max(-1, one.first - 8), -1))[::-1]
    right = _solid(tokens, range(one.last, min(len(tokens), one.last + 8)))
    return [*left, *before, *right], [*left, *after, *right]


def _short(words: list[str]) -> list[str]:
    return words if len(words) <= _INSIDE else [*words[:3], *words[-2:]]


def _solid(tokens: Tokens, numbers: range) -> list[str]:
    found: list[str] = []
    for number in numbers:
        if len(found) == _CONTEXT:
            break
        if tokens.words[number] != SPACE:
            found.append(tokens.words[number])
    return found


def _facts(
    tokens: Tokens, one: CandidateEdit, found: Sequence[CandidateEdit], signals: Signals, rates: Rates
) -> tuple[float, ...]:
    swap, rate = one.swap, rates.get(key_of(one), NO_RATE)
    sentence = int(tokens.sentence[one.first])
    weights = signals.sentence_weights
    before, after = one.edit.before.count(" ") + 1, one.edit.after.count(" ") + 1
    opens = one.first == 0 or int(tokens.sentence[one.first - 1]) != sentence
    return (
        *(float(one.kind == kind) for kind in KINDS),
        rate.share,
        math.log1p(rate.total),
        *(
            (math.log1p(swap.times_chosen), swap.share_chosen, swap.share_changed, math.log1p(swap.times_seen))
            if swap
            else _NO_SWAP
        ),
        swap.lean if swap else 0.0,
        swap.after_lean if swap else 0.0,
        float(before),
        float(after),
        float(len(one.edit.after) - len(one.edit.before)),
        float(opens),
        float(len(tokens)),
        signals.likeness,
        weights[min(sentence, len(weights) - 1)] if weights else 0.5,
        sum(weights) / len(weights) if weights else 0.5,
        100.0 * len(signals.edits) / len(tokens),
        100.0 * len(found) / len(tokens),
        one.first / len(tokens),
        float(one.edit.after == ""),
        float(any(other.first < one.last and one.first < other.last for other in found if other is not one)),
    )


_NO_SWAP = (0.0, 0.0, 0.0, 0.0)
