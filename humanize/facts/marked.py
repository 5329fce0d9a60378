"""Evidence of changed facts of marked and open kinds in a light rewrite of English, weighed change by change."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from humanize.facts import lexicon
from humanize.facts.changes import Difference, WordChange
from humanize.facts.relations import Relation, relation
from humanize.facts.stems import Word

_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non")
_JOINING = frozenset({",", "and", "or", "the", "a", "an"})
_MOST_PAIRED = 100  # words of a change on each side; more have no counterpart that anyone would see
_LONGEST = 4  # words of an entry of the lexicon
_PERSONS = {
    word: person
    for person, words in {
        "I": "i me my mine myself",
        "we": "we us our ours ourselves",
        "you": "you your yours yourself",
        "he": "he him his himself",
        "she": "she her hers herself",
        "they": "they them their theirs themselves",
    }.items()
    for word in words.split()
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sign that a fact changed: its weight, from 0, and the words on both sides (either may be empty)."""

    kind: str
    weight: float
    before: tuple[Word, ...]
    after: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class _Family:
    """Words that tell one kind of fact, and how much it weighs when a sense is lost, comes or turns into another."""

    kind: str
    lost: float
    came: float
    turned: float


_FAMILIES = (
    _Family("modality", 0.8, 0.8, 1.2),
    _Family("hedge", 0.8, 0.6, 0.9),
    _Family("quantifier", 0.6, 0.7, 1.0),
    _Family("limit", 0.9, 0.8, 0.9),
    _Family("certainty", 0.6, 0.8, 0.8),
    _Family("condition", 0.6, 0.4, 0.6),
    _Family("cause", 0.2, 0.3, 0.5),
    _Family("order", 0.2, 0.3, 0.6),
    _Family("attribution", 0.5, 0.5, 0.2),
)
_TIES = {
    Relation.SAME: 0.0,
    Relation.SYNONYM: 0.1,
    Relation.OPPOSITE: 3.0,
    Relation.GENERAL: 0.5,
    Relation.SIBLING: 0.9,
    Relation.SIBLING_ACT: 0.4,
    Relation.STRANGER: 0.45,
    Relation.UNKNOWN: 0.6,
}


def evidence(delta: Difference) -> Iterator[Evidence]:
    """Yield the signs of a changed fact, change by change."""
    before, after = _counted(delta.before), _counted(delta.after)
    for change in delta.changes:
        yield from _content(change)
        yield from _opposites(change)
        yield from _said_again(change)
        if before.denials != after.denials:
            yield from _denial(change)
        yield from _person(before.persons, after.persons, change)
        for family in _FAMILIES:
            yield from _family(before.senses[family.kind], after.senses[family.kind], change, family)
        if _turns_question(change):
            yield Evidence("question", 1.0, change.before, change.after)
    yield from _exchanged(delta.changes)


def _exchanged(changes: Sequence[WordChange]) -> Iterator[Evidence]:
    """Two words that took each other's place: “from Paris to Rome”, “from Rome to Paris”. A passive does that too."""
    sides = [({word.low for word in one.before}, {word.low for word in one.after}) for one in changes]
    if any("by" in before ^ after for before, after in sides):
        return
    yield from (Evidence(_exchange(one), 1.0, one.before, one.after) for one in changes if _turns(one))
    new_at: dict[str, set[int]] = defaultdict(set)
    for number, one in enumerate(changes):
        for word in one.after:
            if word.is_content and word.low not in sides[number][0]:
                new_at[word.low].add(number)
    for number, one in enumerate(changes):
        went = [word for word in one.before if word.is_content and word.low not in sides[number][1]]
        for other in {place for word in went for place in new_at[word.low] if place > number}:
            back = sides[other][0] - sides[other][1]
            if any(word.is_content and word.low in back and number in new_at[word.low] for word in one.after):
                for place in (one, changes[other]):
                    yield Evidence(_exchange(place), 1.0, place.before, place.after)


def _exchange(change: WordChange) -> str:
    """Return the kind of an exchange: figures that changed places are a closed conflict, whatever anybody says."""
    return "number" if any(word.low[0].isdigit() for word in (*change.before, *change.after)) else "exchanged"


def _turns(change: WordChange) -> bool:
    """Whether a change only turns round words that “to” or the like ties: “York to Leeds”, but not “Tom and Ann”."""
    old, new = ([word.low for word in words if word.is_content] for words in (change.before, change.after))
    ties = {word.low for word in change.before if not word.is_content} - _JOINING
    return bool(ties) and old != new and sorted(old) == sorted(new)


# The kinds that `turns` yields; a figure that changed places is a number.
TURNS = frozenset({"denial", "opposite", "exchanged", "number", "person", "question"})


def turns(delta: Difference) -> Iterator[Evidence]:
    """Yield only what turns a fact round: denials, opposites, persons, questions and words that changed places."""
    denials = [len(_denials(side)) for side in (delta.before, delta.after)]
    persons = _persons(delta.before), _persons(delta.after)
    for change in delta.changes:
        yield from _opposites(change)
        if denials[0] != denials[1]:
            yield from _denial(change)
        yield from _person(*persons, change)
        if _turns_question(change):
            yield Evidence("question", 1.0, change.before, change.after)
    yield from _exchanged(delta.changes)


@dataclass(frozen=True, slots=True)
class _Counted:
    """What a whole side holds: denials, persons, and the senses of each family."""

    denials: int
    persons: frozenset[str]
    senses: dict[str, Counter[str]]


def _counted(words: Sequence[Word]) -> _Counted:
    senses = {family.kind: _senses(words, lexicon.senses(family.kind)) for family in _FAMILIES}
    return _Counted(len(_denials(words)), _persons(words), senses)


def score(found: Sequence[Evidence]) -> float:
    """Return how much speaks against the rewrite: the gravest change, and a little of all others."""
    weights = sorted((one.weight for one in found), reverse=True)
    return weights[0] + 0.2 * sum(weights[1:]) if weights else 0.0


def _content(change: WordChange) -> Iterator[Evidence]:
    gone, new = change.gone, change.new
    near, far = gone[:_MOST_PAIRED], new[:_MOST_PAIRED]
    pairs = sorted(
        ((_TIES[relation(a.low, b.low)], abs(i - j), i, j) for i, a in enumerate(near) for j, b in enumerate(far)),
    )
    used_old, used_new = set[int](), set[int]()
    for weight, _, i, j in pairs:
        if i in used_old or j in used_new:
            continue
        used_old.add(i)
        used_new.add(j)
        if weight > 0:
            yield Evidence(f"wording {relation(gone[i].low, new[j].low)}", weight, (gone[i],), (new[j],))
    lost = _unpaired(gone, used_old, change.after)
    come = _unpaired(new, used_new, change.before)
    if change.repeated and not any(word.is_content for word in change.after):
        weight = 0.15 * len(change.repeated) + (0.5 if len(change.repeated) > 2 else 0.0)
        yield Evidence("content lost here", weight, change.before, ())
    if lost:
        yield Evidence("content lost", _sum(lost, 0.35) + (0.5 if len(lost) > 2 else 0.0), lost, ())
    if come:
        yield Evidence("content new", _sum(come, 0.45) + (0.5 if len(come) > 1 else 0.0), (), come)
    for one, other in ((change.before, change.after), (change.after, change.before)):
        if _is_item(one, lost or come) and not any(word.is_content for word in other):
            yield Evidence("list item", 1.0, change.before, change.after)
    compared = _compared(change.before), _compared(change.after)
    if compared[0] != compared[1] and "less" in compared[0] | compared[1]:
        yield Evidence("comparison", 1.2, change.before, change.after)


def _unpaired(words: Sequence[Word], used: set[int], other: Sequence[Word]) -> tuple[Word, ...]:
    """Return the words without a counterpart, nor a small word of the other side that says the same: “uses”, “has”."""
    small = [word.low for word in other[:_MOST_PAIRED] if word.stem and not word.is_content]
    return tuple(
        word
        for number, word in enumerate(words)
        if number not in used
        and word.low not in lexicon.words("padding")
        and not any(relation(word.low, one) in {Relation.SAME, Relation.SYNONYM} for one in small)
    )


def _said_again(change: WordChange) -> Iterator[Evidence]:
    """Words of another place: they say of one thing what the source says of another."""
    if change.again and change.gone and not change.new:
        ties = {relation(one.low, other.low) for one in change.gone for other in change.again}
        if not ties & {Relation.SAME, Relation.SYNONYM, Relation.GENERAL}:
            yield Evidence("said of another", 0.8, change.gone, change.again)
    elif change.again and not any(word.is_content or word.low in _PERSONS for word in change.before):
        yield Evidence("said of another", 0.6 + 0.2 * len(change.again), (), change.after)


def _opposites(change: WordChange) -> Iterator[Evidence]:
    """Words that turn a fact round in one place: “he” for “she”, “although” for “because”, “before” for “after”."""
    old, new = {word.low for word in change.before}, {word.low for word in change.after}
    left, come = old - new, new - old
    if any(not lexicon.opposites_of(word).isdisjoint(come) for word in left):
        yield Evidence("opposite", 1.5, change.before, change.after)


def _sum(words: Sequence[Word], weight: float) -> float:
    """An adverb in -ly is decoration more often than another word."""
    return sum(0.2 if word.low.endswith("ly") else weight for word in words)


def _is_item(words: Sequence[Word], content: Sequence[Word]) -> bool:
    """Whether the words are one item of an enumeration: content next to a comma or an “and”."""
    rest = [word for word in words if word.low not in _JOINING]
    is_listed = any(word.low in {",", "and", "or"} for word in words)
    return bool(content) and 0 < len(rest) <= 3 and is_listed and all(word.is_content for word in rest)


def _compared(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(word.low for word in words if word.low in {"less", "least", "more", "most", "as"})


def _denial(change: WordChange) -> Iterator[Evidence]:
    old, new = _denials(change.before), _denials(change.after)
    if len(old) != len(new):
        yield Evidence("denial", 1.3, old, new)


def _denials(words: Sequence[Word]) -> tuple[Word, ...]:
    return tuple(
        word
        for at, word in enumerate(words)
        if (word.low in lexicon.words("denials") or word.low.endswith("n't") or _is_negative(word.low))
        and not (
            (word.low == "not" or word.low.endswith("n't"))
            and at + 1 < len(words)
            and words[at + 1].low in {"only", "just", "merely", "simply"}
        )
    )


def _is_negative(low: str) -> bool:
    """Whether a prefix denies the rest of the word: “unsafe” but not “under”, “non” as in “non-believer”."""
    return any(
        low.startswith(prefix) and relation(low, low[len(prefix) :]) == Relation.OPPOSITE for prefix in _PREFIXES
    )


def _persons(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(_PERSONS[word.low] for word in words if word.low in _PERSONS)


def _person(before: frozenset[str], after: frozenset[str], change: WordChange) -> Iterator[Evidence]:
    """`before` and `after` are the persons of the whole sides."""
    old, new = _persons(change.before), _persons(change.after)
    came, went = new - before, old - after
    if old and new and not old & new and not change.gone:
        yield Evidence("person", 1.0, change.before, change.after)
    elif came and went:
        yield Evidence("person", 1.5, change.before, change.after)
    elif came and came != {"they"} and not change.gone:
        yield Evidence("person", 0.4, change.before, change.after)
    elif went and change.new:
        yield Evidence("person", 0.8, change.before, change.after)


def _family(before: Counter[str], after: Counter[str], change: WordChange, family: _Family) -> Iterator[Evidence]:
    """`before` and `after` are the senses of the whole sides."""
    table = lexicon.senses(family.kind)
    old, new = (_senses((*change.lead, *side, *change.tail), table) for side in (change.before, change.after))
    is_lost = any(before[sense] > after[sense] for sense in old - new)
    has_come = any(after[sense] > before[sense] for sense in new - old)
    weight = family.turned if is_lost and has_come else family.lost if is_lost else family.came if has_come else 0.0
    if weight:
        yield Evidence(family.kind, weight, change.before, change.after)


def _senses(words: Sequence[Word], table: dict[str, str]) -> Counter[str]:
    """Count the senses, longest entries first; a word belongs to one entry."""
    found: Counter[str] = Counter()
    at, lows = 0, [word.low for word in words]
    while at < len(lows):
        for length in range(min(_LONGEST, len(lows) - at), 0, -1):
            sense = table.get(" ".join(lows[at : at + length]))
            if sense is None and length == 1:
                sense = table.get(_modal_in(lows[at]))
            if sense is not None:
                found[sense] += 1
                at += length
                break
        else:
            at += 1
    return found


def _modal_in(low: str) -> str:
    """Return the modal verb in a contraction, as the word lists have it: “won't” holds “will”; "" if none is in it."""
    if low.endswith("n't"):
        return "will" if low == "won't" else low[:-3]
    return next((ending for ending in ("'ll", "'d") if low.endswith(ending)), "")


def _turns_question(change: WordChange) -> bool:
    """Whether a question became a statement or the other way round. One that goes as a whole is not turned."""
    if not change.after and len(change.before) > 1 and change.before[-1].low == "?":
        return False
    return _marks(change.before) != _marks(change.after)


def _marks(words: Sequence[Word]) -> int:
    return sum(word.low == "?" for word in words)
