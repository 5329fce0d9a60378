"""Evidence of changed facts of marked kinds, from words that went, came or turned between two stretches of English."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from humanize.facts import lexicon
from humanize.facts.stems import Word, read_words

_SCOPE = 4  # words behind a denial that it may deny
_STOPS = frozenset(".,;:!?—–()")
_LONGEST = 4  # words of an entry
_FAMILIES: tuple[tuple[str, dict[str, str]], ...] = (
    ("modality", lexicon.MODALS),
    ("hedge", lexicon.HEDGES),
    ("quantifier", lexicon.QUANTIFIERS),
    ("condition", lexicon.CONDITIONS),
    ("cause", lexicon.CAUSES),
    ("order", lexicon.ORDERS),
    ("attribution", lexicon.SPEAKERS),
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sign of a changed fact. `source` and `rewrite` are ranges in code points, empty where nothing stands."""

    kind: str
    detail: str
    source: tuple[int, int]
    rewrite: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """What the words of the source without a counterpart in the rewrite, and of the rewrite without one, are."""

    before: tuple[Word, ...]
    after: tuple[Word, ...]
    lost: tuple[Word, ...]
    new: tuple[Word, ...]


def difference(before: str, after: str) -> Difference:
    """Compare two stretches by their words: one that only moved is neither lost nor new."""
    old, new = tuple(read_words(before)), tuple(read_words(after))
    lost, come = _unshared(old, new), _unshared(new, old)
    return Difference(old, new, lost, come)


def _unshared(words: Sequence[Word], others: Sequence[Word]) -> tuple[Word, ...]:
    """The words whose stem is nowhere on the other side."""
    there = {word.stem for word in others if word.stem}
    return tuple(word for word in words if word.stem and word.stem not in there)


def evidence(delta: Difference) -> Iterator[Evidence]:
    """Yield the signs that a fact of a marked kind changed."""
    yield from _denials(delta)
    yield from _opposites(delta)
    for kind, table in _FAMILIES:
        yield from _senses(delta, kind, table)


def _denied(words: Sequence[Word]) -> dict[str, bool]:
    """For each content stem, whether every mention is denied (True) or none (False); mixed ones are left out."""
    seen: dict[str, set[bool]] = {}
    reach = 0
    for word in words:
        if word.low in _STOPS:
            reach = 0
        elif _denies(word):
            reach = _SCOPE + 1
        elif word.is_content:
            seen.setdefault(word.stem, set()).add(reach > 0)
        reach = max(0, reach - 1)
    return {stem: flags.pop() for stem, flags in seen.items() if len(flags) == 1}


def _denies(word: Word) -> bool:
    return word.low in lexicon.DENIALS or word.low.endswith("n't")


def _denials(delta: Difference) -> Iterator[Evidence]:
    old, new = _denied(delta.before), _denied(delta.after)
    turned = [word for word in delta.after if word.stem in old and old[word.stem] != new.get(word.stem, old[word.stem])]
    before, after = _count(delta.before), _count(delta.after)
    if turned and before != after:
        word = turned[0]
        verb = "is denied only in the rewrite" if after > before else "is denied only in the original"
        yield Evidence("denial", f"“{word.low}” {verb}", _place(delta.before, word.stem), (word.start, word.end))
    elif before != after:
        yield Evidence("denial count", f"{before} denials became {after}", (0, 0), (0, 0))


def _count(words: Sequence[Word]) -> int:
    return sum(_denies(word) for word in words)


def _place(words: Sequence[Word], stem: str) -> tuple[int, int]:
    return next(((word.start, word.end) for word in words if word.stem == stem), (0, 0))


def _opposites(delta: Difference) -> Iterator[Evidence]:
    gone, come = _bag(delta.before), _bag(delta.after)
    for one, other in lexicon.OPPOSITES:
        if gone[one] > come[one] and come[other] > gone[other]:
            old = next(word for word in delta.before if word.low == one)
            new = next(word for word in delta.after if word.low == other)
            yield Evidence("opposite", f"“{one}” became “{other}”", (old.start, old.end), (new.start, new.end))


def _bag(words: Sequence[Word]) -> Counter[str]:
    return Counter(word.low for word in words)


def _senses(delta: Difference, kind: str, table: dict[str, str]) -> Iterator[Evidence]:
    old, new = _sense_count(delta.before, table), _sense_count(delta.after, table)
    lost = [sense for sense in old if old[sense] and not new.get(sense)]
    come = [sense for sense in new if new[sense] and not old.get(sense)]
    if lost and come:
        yield Evidence(f"{kind} turned", f"{', '.join(lost)} became {', '.join(come)}", (0, 0), (0, 0))
    elif lost:
        yield Evidence(f"{kind} lost", f"{', '.join(lost)} went", (0, 0), (0, 0))
    elif come:
        yield Evidence(f"{kind} came", f"{', '.join(come)} came", (0, 0), (0, 0))


def _sense_count(words: Sequence[Word], table: dict[str, str]) -> Counter[str]:
    """Count the senses, longest entries first; a word belongs to one entry."""
    found: Counter[str] = Counter()
    at = 0
    lows = [word.low for word in words]
    while at < len(lows):
        for length in range(min(_LONGEST, len(lows) - at), 0, -1):
            sense = table.get(" ".join(lows[at : at + length]))
            if sense is not None:
                found[sense] += 1
                at += length
                break
        else:
            at += 1
    return found


def longest_run(words: Sequence[Word], unshared: Sequence[Word]) -> int:
    """Return the most content words in a row without a counterpart; words that only join do not end the row."""
    strange = {(word.start, word.end) for word in unshared}
    best = run = 0
    for word in words:
        if not word.is_content:
            continue
        run = run + 1 if (word.start, word.end) in strange else 0
        best = max(best, run)
    return best


def edit_share(delta: Difference) -> float:
    """Return the share of words that were deleted or inserted, from 0 for the same text to 1 for another one."""
    old, new = [word.low for word in delta.before if word.stem], [word.low for word in delta.after if word.stem]
    return float(Indel.normalized_distance(old, new))
