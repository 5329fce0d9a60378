"""Mines replacements from the pairs. Both halves of the pairs must show one, and the grammar of its phrases must agree.

Numbers, negations, pronouns and names never change; a plural stays a plural, a past tense a past tense.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from rapidfuzz.distance import Levenshtein

from humanize.revision.table import Swap, Table, cuttable, is_allowed, table_of
from humanize.revision.tokens import SPACE
from training.trainers.revision.pairs import HALVES, AlignedPair

Phrase = tuple[str, ...]
_T = TypeVar("_T")
LONGEST = 3
LEAST_EACH_HALF, LEAST_IN_ALL = 1, 3
LEAST_LEAN, LEAST_GAIN = 0.2, 0.15
LEAST_SHARE_CUT = 0.35
LEAST_TIE = 12.0
MOST_ALIKE = 0.8
_CLOSED = frozenset(
    """
    i me my mine you your yours he him his she her hers it its we us our ours they them their theirs thy thou thee ye
    who whom whose which what this that these those not no never none nothing nor n't without cannot can could may
    might must shall should will would ought one two three four five six seven eight nine ten first second third last
    all every each some any many few several most more less least only both either neither half quarter hundred
    thousand million billion always sometimes often usually rarely before after until since during today now then
    here there north south east west left right man woman men women boy girl mother father son daughter and or if
    unless is are was were be been being am do does did have has had don't didn't isn't wasn't won't can't the a an
    """.split()
)
_PAST = frozenset(
    """
    said told made gave got took kept held built led began went saw thought knew came became felt left put set let cut
    grew ran won chose drew broke sent spent met brought bought taught fought sought paid stood understood lost shown
    known given taken written seen done gone found heard read wrote spoke rose fell threw wore hit sold caught
    """.split()
)
_WEAK = frozenset("in on at by for with from to into of as than about over under such like also just so very".split())


@dataclass(slots=True)
class Counts:
    """The counts of one half."""

    swaps: Counter[tuple[Phrase, Phrase]] = field(default_factory=Counter)
    changed_occurrences: Counter[Phrase] = field(default_factory=Counter)
    occurrences: Counter[Phrase] = field(default_factory=Counter)
    human: Counter[Phrase] = field(default_factory=Counter)
    machine_words: int = 0
    human_words: int = 0


def count(pairs: Iterable[AlignedPair]) -> tuple[Counts, ...]:
    """Return one set of counts for each half."""
    halves = tuple(Counts() for _ in range(HALVES))
    for pair in pairs:
        here = halves[pair.half]
        _count_changes(here, pair)
        _count_phrases(here, pair)
    return halves


def _count_changes(here: Counts, pair: AlignedPair) -> None:
    words = pair.draft.tokens.words
    for change in pair.changes:
        before = tuple(word for word in words[change.first : change.last] if word != SPACE)
        if 1 <= len(before) <= LONGEST and len(change.after) <= LONGEST:
            here.swaps[before, change.after] += 1


def _count_phrases(here: Counts, pair: AlignedPair) -> None:
    words = [(word, bool(gone)) for word, gone in zip(pair.draft.tokens.words, pair.gone, strict=True) if word != SPACE]
    here.machine_words += len(words)
    for order in range(1, LONGEST + 1):
        for window in _windows(words, order):
            phrase = tuple(word for word, _ in window)
            here.occurrences[phrase] += 1
            here.changed_occurrences[phrase] += any(gone for _, gone in window)
    kept = [word for word in pair.kept_tokens if word != SPACE]
    here.human_words += len(kept)
    for order in range(1, LONGEST + 1):
        here.human.update(tuple(window) for window in _windows(kept, order))


def _windows(items: Sequence[_T], order: int) -> Iterator[Sequence[_T]]:
    return (items[at : at + order] for at in range(len(items) - order + 1))


def mine(halves: Sequence[Counts]) -> Table:
    """Return the table for use, mined from all halves."""
    return table_of(_kept(halves, _sum(halves)))


def mine_without_each_half(halves: Sequence[Counts], table: Table) -> tuple[Table, ...]:
    """Return for each half a table of the same lines with the counts of the other halves, to judge its pairs."""
    return tuple(
        table_of(_swap(swap.before, swap.after, _sum([half for n, half in enumerate(halves) if n != left_out]))
                 for group in table.swaps.values() for swap in group)
        for left_out in range(len(halves))
    )  # fmt: skip


def _sum(halves: Sequence[Counts]) -> Counts:
    total = Counts()
    for half in halves:
        total.swaps.update(half.swaps)
        total.changed_occurrences.update(half.changed_occurrences)
        total.occurrences.update(half.occurrences)
        total.human.update(half.human)
        total.machine_words += half.machine_words
        total.human_words += half.human_words
    return total


def _kept(halves: Sequence[Counts], total: Counts) -> Iterator[Swap]:
    for (before, after), chosen in total.swaps.items():
        agreed = all(half.swaps[before, after] >= LEAST_EACH_HALF for half in halves)
        if agreed and chosen >= LEAST_IN_ALL and (_may_cut if not after else _may_replace)(before, after, total):
            yield _swap(before, after, total)
    for word in sorted(cuttable().words):
        phrase = (word,)
        if (
            total.occurrences[phrase] >= LEAST_IN_ALL
            and (phrase, ()) not in total.swaps
            and _may_cut(phrase, (), total)
        ):
            yield _swap(phrase, (), total)


def _swap(before: Phrase, after: Phrase, total: Counts) -> Swap:
    return Swap(
        before,
        after,
        float(total.swaps[before, after]),
        float(total.changed_occurrences[before]),
        float(total.occurrences[before]),
        round(lean(total, before), 3),
        round(lean(total, after), 3) if after else 0.0,
    )


def lean(total: Counts, phrase: Phrase) -> float:
    """Return the logarithm of the rate in drafts divided by the rate in kept texts, smoothed."""
    machine = (total.occurrences[phrase] + 1.0) / (total.machine_words + 1.0)
    human = (total.human[phrase] + 1.0) / (total.human_words + 1.0)
    return math.log(machine / human)


def _may_cut(before: Phrase, _after: Phrase, total: Counts) -> bool:
    """Allow only words and connectives that carry no fact, and only if people leave them out."""
    share = total.changed_occurrences[before] / max(1, total.occurrences[before])
    return is_allowed(before, ()) and share >= LEAST_SHARE_CUT and lean(total, before) >= LEAST_LEAN


def _may_replace(before: Phrase, after: Phrase, total: Counts) -> bool:
    if not _words_only(before, after) or not _same_form(before[-1], after[-1]) or _alike(before, after):
        return False
    if not is_allowed(before, after) or total.human[after] <= total.human[before]:
        return False  # people write the plainer word more often
    gain = lean(total, before) - lean(total, after)
    return lean(total, before) >= LEAST_LEAN and gain >= LEAST_GAIN and _tied(before, after, total)


def _words_only(before: Phrase, after: Phrase) -> bool:
    """Check that only words differ, that a comma ends both phrases or none, and that no fact is on one side only."""
    if (before[-1] == ",") != (after[-1] == ","):
        return False
    plain = [word for word in (*before, *after) if word != ","]
    letters = all(word.replace("-", "").replace("'", "").isalpha() for word in plain)
    content = any(len(word) > 3 and word not in _CLOSED and word not in _WEAK for word in before)
    return letters and content and not (set(before) ^ set(after)) & _CLOSED


def _same_form(before: str, after: str) -> bool:
    """Check that a plural replaces a plural, a past a past, an -ing an -ing and an -ly an -ly."""
    return _form(before) == _form(after)


def _form(word: str) -> str:
    if word in _PAST or word.endswith("ed"):
        return "past"
    for ending in ("ing", "ly"):
        if word.endswith(ending):
            return ending
    return "s" if word.endswith("s") and not word.endswith(("ss", "us", "is", "ous")) else ""


def _alike(before: Phrase, after: Phrase) -> bool:
    """Return whether the phrases are spellings of the same word, which are the writer's choice."""
    return bool(Levenshtein.normalized_similarity(" ".join(before), " ".join(after)) >= MOST_ALIKE)


def _tied(before: Phrase, after: Phrase, total: Counts) -> bool:
    """Return whether the two phrases occur together far more often than their frequencies explain."""
    chosen, all_changes = total.swaps[before, after], max(1, sum(total.swaps.values()))
    expected = total.changed_occurrences[before] * total.human[after] / max(1, total.human_words)
    return chosen >= LEAST_TIE * expected and all_changes > 0
