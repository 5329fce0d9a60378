"""Names as a set over a stretch: which left it, which came. A first name may go; initials may stand for a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from humanize.facts.numerals import Token, numeral_at
from humanize.facts.stems import stem
from humanize.text.spans import Span

_DATA = Path(__file__).parent / "data" / "common_stems.txt"
_PARTS = re.compile(r"[-.'’&]")
_WORD = re.compile(r"[^\W_]+(?:['’\-.&][^\W_]+)*")
_CAPITAL = re.compile(r"(?<![\w'’#@-])[A-ZÀ-ÖØ-Þ][\w]*(?:['’\-&.][\w]+)*")
_LABEL = re.compile(r"(?:\*\*|__)[^*_\n]{1,120}(?:\*\*|__)|(?:^|(?<=\n))[ \t>*•–—-]{0,8}[^.!?:\n]{1,80}:(?=\s|$)")
_BACK = 12  # characters before a word that show whether it opens a sentence
_MOST_RUN = 8
_MOST_RESPELLED = 200  # names on each side; who changes more mends no spelling
_LEAST_RESPELLED = 7  # letters; shorter names differ by one: Maria and Mario
_PARTICLES = frozenset("of the de la le van von der den di da del du al bin ibn and for in a an".split())
_TITLES = frozenset("mr mrs ms dr prof professor sir dame lord lady st saint president king queen miss".split())
_PRONOUNS = frozenset(
    "i me my mine you your yours he him his she her hers it its we us our ours they them their theirs who one".split()
)
_ROMAN = re.compile(r"[ivx]{1,5}|ww[iv]{1,3}")
_POSSESSIVE = re.compile(r"['’](?:s|S)?$|['’](?:m|ve|ll|d|re|t)$")
# Words that one and the same country, people or language goes by.
_KIN = tuple(
    frozenset(group.split())
    for group in (
        "us usa u.s u.s.a america american americans states",
        "uk u.k britain british britons kingdom",
        "france french", "spain spanish spaniards", "netherlands dutch holland", "germany german germans",
        "switzerland swiss", "denmark danish danes", "sweden swedish swedes", "finland finnish finns",
        "poland polish poles", "turkey turkish turks", "wales welsh", "ireland irish", "greece greek greeks",
        "iceland icelandic", "eu e.u european europe", "un u.n nations", "philippines filipino filipinos",
        "england english", "scotland scottish scots", "china chinese", "japan japanese", "portugal portuguese",
        "norway norwegian", "israel israeli jewish", "thailand thai", "earth earth's",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the text, and the words in it that tell it from others, in lower case.

    A `doubtful` one opens a sentence and stands nowhere else: it may only be a rare word.
    """

    span: Span
    words: tuple[str, ...]
    is_doubtful: bool = False


def names_in(text: str, sentences: Sequence[Span]) -> list[Name]:
    """Return the names in these sentences, in order: what has a capital that neither its place nor a label explains."""
    found, inside = [], _capitals_inside(text, sentences)
    for sentence in sentences:
        for run in _runs(text, sentence):
            name = _name_of(text, sentence, run, inside)
            if name is not None:
                found.append(name)
    return found


def gone(wanted: Sequence[Name], text: str) -> Iterator[Name]:
    """Yield the names of which no word, initials or kin is left in `text`, once each.

    Names that share a word are one: “Jane Smith” may go on as “Smith” or “Jane”.
    """
    there = Vocabulary(text)
    for family in _namesakes(wanted):
        if not any(there.knows(word) for word in family.words) and not there.abbreviates(family.first.words):
            yield family.first


@dataclass(eq=False, slots=True)
class _Namesakes:
    """Names that share words; `order` is the number of the last of them."""

    first: Name
    words: set[str]
    order: int


def _namesakes(wanted: Sequence[Name]) -> list[_Namesakes]:
    """Join the names that share a word. Small families move into the large, so that many names stay linear."""
    of_word: dict[str, _Namesakes] = {}
    for number, name in enumerate(wanted):
        shared = {id(of_word[word]): of_word[word] for word in name.words if word in of_word}.values()
        oldest = min(shared, key=lambda one: one.order, default=None)
        first = oldest.first if oldest else name
        largest = max(shared, key=lambda one: len(one.words), default=_Namesakes(name, set(), number))
        largest.first, largest.order = first, number
        for word in (*name.words, *(word for one in shared if one is not largest for word in one.words)):
            largest.words.add(word)
            of_word[word] = largest
    return sorted({id(one): one for one in of_word.values()}.values(), key=lambda one: one.order)


def come(found: Sequence[Name], text: str) -> Iterator[Name]:
    """Yield the names with a word that is nowhere in `text`, once each."""
    there, said = Vocabulary(text), set[tuple[str, ...]]()
    initials = _initials(text)
    for name in found:
        strange = [word for word in name.words if not there.knows(word) and word not in initials]
        if strange and name.words not in said and not there.abbreviates(name.words):
            said.add(name.words)
            yield name


def without_respelled(left: list[Name], new: list[Name]) -> tuple[list[Name], list[Name]]:
    """Leave out a long name that came back with one letter changed: its spelling was mended."""
    for one in left[:_MOST_RESPELLED]:
        for other in new[:_MOST_RESPELLED]:
            if _is_respelled("".join(one.words), "".join(other.words)):
                left.remove(one)
                new.remove(other)
                break
    return left, new


def _is_respelled(one: str, other: str) -> bool:
    return (
        min(len(one), len(other)) >= _LEAST_RESPELLED
        and one[0] == other[0]
        and Levenshtein.distance(one, other, score_cutoff=1) == 1
    )


class Vocabulary:
    """The words of a text in lower case, their parts and their singular, and what each may also be known by."""

    def __init__(self, text: str) -> None:
        words = set(_plain_words(text))
        words |= {part for word in words for part in _PARTS.split(word) if part}
        self._words = frozenset(words | {_base(word) for word in words})
        self._beginnings: frozenset[tuple[str, int]] | None = None  # made when it is first needed

    def knows(self, word: str) -> bool:
        """Return whether the word, its kin or a word with the same beginning is there: Canada and Canadian."""
        there = self._words
        if word in there or _base(word) in there or all(part in there for part in _PARTS.split(word)):
            return True
        return any(word in kin and kin & there for kin in _KIN) or self._has_beginning_of(word)

    def abbreviates(self, words: Iterable[str]) -> bool:
        """Return whether the initials of the words are there."""
        letters = "".join(word[0] for word in words)
        return len(letters) > 1 and letters in self._words

    def _has_beginning_of(self, word: str) -> bool:
        if len(word) < _LEAST_KIN:
            return False
        if self._beginnings is None:
            self._beginnings = frozenset(
                (other[: _shared(near, len(other))], len(other))
                for other in self._words
                if len(other) >= _LEAST_SHARED
                for near in _lengths_near(len(other))
            )
        return any((word[: _shared(len(word), near)], near) in self._beginnings for near in _lengths_near(len(word)))


_LEAST_KIN = 5  # letters of a word that may be kin by its beginning
_LEAST_SHARED = 4  # letters of the beginning
_ENDING = 4  # letters by which the two may differ in length


def _shared(one: int, other: int) -> int:
    """How many letters two words of these lengths must share from the first on."""
    return max(_LEAST_SHARED, min(one, other) - 2)


def _lengths_near(length: int) -> range:
    return range(max(_LEAST_SHARED, length - _ENDING), length + _ENDING + 1)


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(_DATA.read_text(encoding="utf-8").split())


def _is_common(word: str) -> bool:
    plain = _POSSESSIVE.sub("", word.lower())
    return (
        plain in _PRONOUNS or plain in _PARTICLES or all(stem(part) in _common() for part in plain.split("-") if part)
    )


def _capitals_inside(text: str, sentences: Sequence[Span]) -> frozenset[str]:
    """The words that have a capital where no sentence opens."""
    found = set[str]()
    for sentence in sentences:
        matches = list(_CAPITAL.finditer(text, sentence.start, sentence.end))
        if not _is_title_case(matches, text, sentence):
            found.update(m.group() for m in matches if not _opens(text, sentence, m.start()))
    return frozenset(found)


def _is_title_case(matches: Sequence[re.Match[str]], text: str, sentence: Span) -> bool:
    return len(matches) > 3 and len(matches) * 10 > 7 * len(text[sentence.start : sentence.end].split())


def _opens(text: str, sentence: Span, at: int) -> bool:
    """Whether a capital here is only style: at the start of the sentence, or after a mark that opens something."""
    before = text[max(sentence.start, at - _BACK) : at].rstrip(" \t\n\"'“‘«([*_#>")
    return not before or not (before[-1].isalpha() or before[-1] in ",;)’'%&/")


def _runs(text: str, sentence: Span) -> Iterator[list[re.Match[str]]]:
    """Runs of capitalised words, outside bold labels and what stands before a colon at the start of a line."""
    labels = [(label.start(), label.end()) for label in _LABEL.finditer(text, sentence.start, sentence.end)]
    matches = [
        match
        for match in _CAPITAL.finditer(text, sentence.start, sentence.end)
        if not any(start <= match.start() < end for start, end in labels)
    ]
    if _is_title_case(matches, text, sentence):
        return
    run: list[re.Match[str]] = []
    for match in matches:
        if run and (len(run) >= _MOST_RUN or not _joined(text[run[-1].end() : match.start()])):
            yield run
            run = []
        run.append(match)
    if run:
        yield run


def _joined(gap: str) -> bool:
    between = gap.split()
    return bool(gap) and gap.strip(" ") == " ".join(between) and len(between) <= 2 and set(between) <= _PARTICLES


def _name_of(text: str, sentence: Span, run: list[re.Match[str]], inside: frozenset[str]) -> Name | None:
    while run and _opens(text, sentence, run[0].start()) and not _is_name_at_start(run[0].group(), inside):
        run = run[1:]
    if not run:
        return None
    start, end = run[0].start(), run[-1].end()
    words = tuple(word for word in _plain_words(text[start:end]) if not _is_plain(word))
    alone = len(run) == 1 and _opens(text, sentence, start) and run[0].group() not in inside
    return Name(Span(start, end, "name"), words, alone) if words else None


def _is_name_at_start(word: str, inside: frozenset[str]) -> bool:
    bare = _POSSESSIVE.sub("", word)
    if len(bare) > 1 and (bare.isupper() or any(letter.isupper() for letter in bare[1:])):
        return not _is_common(bare) or len(bare) < 5
    return (bare in inside or word in inside or not _is_common(bare)) and bare.lower() not in _PRONOUNS


def _is_plain(word: str) -> bool:
    """Whether a word tells no name from another: a particle, a title, a number, a pronoun."""
    if word in _PARTICLES or word in _TITLES or word in _PRONOUNS or _ROMAN.fullmatch(word) or word[0].isdigit():
        return True
    return numeral_at([Token(word, word, 0, len(word))], 0) is not None or (word.endswith("ly") and _is_common(word))


def _plain_words(text: str) -> Iterator[str]:
    for match in _WORD.finditer(text):
        word = _POSSESSIVE.sub("", match.group().lower())
        if word:
            yield word


def _base(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _initials(text: str) -> frozenset[str]:
    """The initials of every run of words with capitals."""
    found = set()
    for match in re.finditer(r"[A-Z][\w'’-]*(?: (?:of |and |the |for )?[A-Z][\w'’-]*){1,6}", text):
        words = match.group().split()
        found.add("".join(word[0] for word in words).lower())
        found.add("".join(word[0] for word in words if word[0].isupper()).lower())
    return frozenset(found)
