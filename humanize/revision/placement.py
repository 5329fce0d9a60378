"""Fits a replacement into its sentence (capitals, articles, white space), or decides that the grammar forbids it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from humanize.revision.table import Swap, cuttable
from humanize.revision.tokens import SPACE, Tokens
from humanize.text.articles import article_for
from humanize.text.edits import TextEdit
from humanize.text.spans import Guard, Span

SWAP_SOURCE, CUT_SOURCE = "model/swap", "model/cut"
_DETERMINERS = frozenset(
    "a an the this that these those my your his her its our their some any no every each several many both all".split()
)
_PREPOSITIONS = frozenset(
    "of in on at by for with from to into onto over under between among through during about against across as".split()
)
_DEGREES = frozenset(
    'more most so as too how very less least quite rather even not than and or but , ; : - – — ( “ "'.split()
)
_ADJECTIVES = ("ive", "ous", "ful", "ic", "able", "ible", "less", "ant", "ent")
# “in an unprecedented way”, “of remarkable scale”: here the adjective carries all the meaning.
_EMPTY = frozenset("way ways manner fashion scale level levels degree rate pace extent kind sort".split())
_NEAR = 14  # tokens on either side that must not already contain a new word
_VERBAL = frozenset(
    "is are was were be been being am feel feels felt seem seems seemed remain remains become becomes".split()
)
_SHORT = 5  # letters up to which an adjective forms its degrees with -er and -est


class Place:
    """The tokens of a text, with the spans that must not change."""

    def __init__(self, tokens: Tokens, closed: Sequence[Span]) -> None:
        self.tokens = tokens
        self.free = Guard(closed).free

    def word(self, number: int) -> str:
        return self.tokens.words[number] if 0 <= number < len(self.tokens) else ""

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """Return the start and end of each sentence in the text, without white space at its ends."""
        tokens = self.tokens
        bounds: dict[int, tuple[int, int]] = {}
        for number, word in enumerate(tokens.words):
            if word != SPACE:
                key = int(tokens.sentence[number])
                bounds[key] = (bounds.get(key, (tokens.starts[number], 0))[0], tokens.ends[number])
        return list(bounds.values())

    def before(self, number: int) -> int:
        """Return the number of the token before, skipping white space; -1 at the start of the sentence."""
        at = number - 1
        while at >= 0 and self.tokens.words[at] == SPACE:
            at -= 1
        return at if at >= 0 and self.tokens.sentence[at] == self.tokens.sentence[number] else -1

    def after(self, number: int) -> int:
        """Return the number of the token at or after, skipping white space; -1 at the end of the text."""
        while number < len(self.tokens) and self.tokens.words[number] == SPACE:
            number += 1
        return number if number < len(self.tokens) else -1


def fit_swap(place: Place, first: int, last: int, swap: Swap) -> TextEdit | None:
    """Return the edit that puts `swap` in place of tokens `first` up to `last` (exclusive); None if it does not fit."""
    return _cut(place, first, last, swap) if not swap.after else _replace(place, first, last, swap)


def _replace(place: Place, first: int, last: int, swap: Swap) -> TextEdit | None:
    tokens = place.tokens
    start, end = tokens.starts[first], tokens.ends[last - 1]
    left = place.before(first)
    if any(char.isupper() for char in tokens.text[start + (left < 0) : end]):
        return None  # a name, a title, or shouting
    after = " ".join(swap.after).replace(" ,", ",")
    if tokens.text[start].isupper():
        after = after[0].upper() + after[1:]
    start, after = _with_article(place, left, start, after)
    if (
        not place.free(start, end)
        or _echoes(place, first, last, swap.after)
        or (left >= 0 and _clashes(place.word(left), swap.after))
    ):
        return None
    following = place.word(place.after(last))
    if following == swap.after[-1]:
        return None
    return _edit(place, start, end, after, _swap_reason(swap), SWAP_SOURCE)


def _echoes(place: Place, first: int, last: int, after: Sequence[str]) -> bool:
    words = place.tokens.words
    near = {*words[max(0, first - _NEAR) : first], *words[last : last + _NEAR]}
    return any(len(word) > 4 and word in near for word in after)


def _clashes(left: str, after: Sequence[str]) -> bool:
    """Return whether a word would occur twice in a row, or "more" would precede a short adjective ("more nice")."""
    return left == after[0] or (left in {"more", "most"} and len(after) == 1 and len(after[0]) <= _SHORT)


def _with_article(place: Place, left: int, start: int, after: str) -> tuple[int, str]:
    """Extend the replacement by the article before it if the new word needs "an" for "a" or the reverse."""
    word = place.word(left)
    wanted = article_for(after)
    if word not in {"a", "an"} or wanted is None or wanted == word:
        return start, after
    tokens = place.tokens
    upper = tokens.text[tokens.starts[left]].isupper()
    return tokens.starts[left], f"{wanted.capitalize() if upper else wanted} {after}"


def _cut(place: Place, first: int, last: int, swap: Swap) -> TextEdit | None:
    tokens = place.tokens
    if swap.before[-1] == ",":
        return _cut_tie(place, first, last, swap)
    left, right = place.before(first), place.after(last)
    if left < 0 or right < 0 or tokens.text[tokens.starts[first]].isupper():
        return None
    if _may_go(place, left, right, swap.before[-1]):
        return _cut_to(place, first, right, swap)
    if _first_of_two(place, left, right):
        return _cut_to(place, first, place.after(right + 1), swap)
    return _cut_second(place, first, left, right, swap)


def _cut_to(place: Place, first: int, stop: int, swap: Swap) -> TextEdit | None:
    """Remove everything up to the token `stop` and correct the article before it."""
    tokens = place.tokens
    start, end = tokens.starts[first], tokens.starts[stop]
    if "\n" in tokens.text[start:end]:
        return None
    after, left = "", place.before(first)
    word, wanted = place.word(left), article_for(tokens.text[end : end + 30])
    if word in {"a", "an"} and wanted and wanted != word:
        upper = tokens.text[tokens.starts[left]].isupper()
        start, after = tokens.starts[left], f"{wanted.capitalize() if upper else wanted} "
    return _edit(place, start, end, after, _cut_reason(swap), CUT_SOURCE) if place.free(start, end) else None


def _first_of_two(place: Place, left: int, right: int) -> bool:
    """Return whether it is the first of two adjectives before a noun: “a vibrant and lively town”."""
    if place.word(right) not in {"and", ","} or place.word(left) not in _DETERMINERS | _PREPOSITIONS:
        return False
    second = place.after(right + 1)
    return second > 0 and _adjective(place.word(second)) and _noun_follows(place, second)


def _cut_second(place: Place, first: int, left: int, right: int, swap: Swap) -> TextEdit | None:
    """Remove the second of two adjectives before a noun: “a lively and vibrant town”."""
    other = place.before(left)
    opener = place.before(other) if other >= 0 else -1
    fits = (
        place.word(left) == "and"
        and opener >= 0
        and _adjective(place.word(other))
        and place.word(opener) in _DETERMINERS
        and _noun_follows(place, first)
    )
    if not fits:
        return None
    tokens = place.tokens
    start, end = tokens.ends[other], tokens.ends[right - 2] if right - 2 >= first else tokens.ends[first]
    return _edit(place, start, end, "", _cut_reason(swap), CUT_SOURCE) if place.free(start, end) else None


def _adjective(word: str) -> bool:
    return word in cuttable().words or word.endswith(_ADJECTIVES)


def _noun_follows(place: Place, number: int) -> bool:
    noun = place.after(number + 1)
    word = place.word(noun)
    return word[:1].isalpha() and word not in _PREPOSITIONS | _DEGREES | _DETERMINERS | _VERBAL and len(word) > 2


def _may_go(place: Place, left: int, right: int, word: str) -> bool:
    """Return whether the word can be removed: an adverb before the word that it strengthens, or an adjective between
    article and noun."""
    before, behind = place.word(left), place.word(right)
    if (
        before in _DEGREES
        or not behind[:1].isalpha()
        or behind in _PREPOSITIONS
        or behind in _EMPTY
        or behind in {"and", "or", "but", "than"}
    ):
        return False
    if place.tokens.text[place.tokens.starts[right]].isupper():
        return False
    if word.endswith("ly") or word in {"very", "quite"}:
        return behind not in {"that", "because", "when", "if", "enough", "the", "a", "an"}
    return before in _DETERMINERS or before in _PREPOSITIONS


def _cut_tie(place: Place, first: int, last: int, swap: Swap) -> TextEdit | None:
    """Remove an opener such as “Furthermore,” and capitalise the next word."""
    tokens = place.tokens
    right = place.after(last)
    if place.before(first) >= 0 or right < 0 or tokens.sentence[right] != tokens.sentence[first]:
        return None
    start, end = tokens.starts[first], tokens.ends[right]
    word = tokens.text[tokens.starts[right] : end]
    if not word[0].isalpha() or not place.free(start, end):
        return None
    return _edit(place, start, end, word[0].upper() + word[1:], _cut_reason(swap), CUT_SOURCE)


def _edit(place: Place, start: int, end: int, after: str, reason: str, source: str) -> TextEdit:
    return TextEdit(start, end, place.tokens.text[start:end], after, reason, source)


def _swap_reason(swap: Swap) -> str:
    before, after = _shown(swap.before), _shown(swap.after)
    return f"Models favour “{before}”; where people changed it, “{after}” was a common choice."


def _cut_reason(swap: Swap) -> str:
    share = round(100 * swap.share_changed)
    return f"“{_shown(swap.before)}” adds little; people removed or changed it {share} times in 100."


def _shown(words: Sequence[str]) -> str:
    return " ".join(words).removesuffix(" ,")
