"""SARI (Xu et al., 2016): how well words were kept, deleted and added, compared with the text that an author kept.

One reference; 1- to 4-grams of folded tokens; keep and add as F1, delete as precision. From 0 to 100.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

ORDERS = (1, 2, 3, 4)
Grams = Counter[tuple[str, ...]]


def sari(source: Sequence[str], result: Sequence[str], reference: Sequence[str]) -> float:
    """Return SARI, from 0 to 100, of three texts as tokens. A part with nothing to change and no change is perfect."""
    parts = [_order(_grams(source, n), _grams(result, n), _grams(reference, n)) for n in ORDERS]
    return 100.0 * sum(keep + delete + add for keep, delete, add in parts) / (3 * len(ORDERS))


def _grams(tokens: Sequence[str], order: int) -> Grams:
    return Counter(tuple(tokens[at : at + order]) for at in range(len(tokens) - order + 1))


def _order(source: Grams, result: Grams, reference: Grams) -> tuple[float, float, float]:
    kept, should_keep = source & result, source & reference
    deleted, should_delete = source - result, source - reference
    added, should_add = set(result) - set(source), set(reference) - set(source)
    keep = _f1(_share(kept & should_keep, kept), _share(kept & should_keep, should_keep))
    delete = _share(deleted & should_delete, deleted) if deleted or should_delete else 1.0
    right = len(added & should_add)
    add = _f1(right / len(added) if added else float(not should_add), right / len(should_add) if should_add else 1.0)
    return keep, delete if deleted or not should_delete else 0.0, add


def _share(part: Grams, whole: Grams) -> float:
    total = sum(whole.values())
    return sum(part.values()) / total if total else 1.0


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
