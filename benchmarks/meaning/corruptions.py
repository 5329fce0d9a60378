"""One fact changed in a paragraph that people wrote: a kind is a name, a pattern and what takes its place."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Change = Callable[[re.Match[str], random.Random], str]


@dataclass(frozen=True, slots=True)
class Corruption:
    """A paragraph with one change of a kind. `is_closed`: whether the kind is decided strictly."""

    kind: str
    is_closed: bool
    source: str
    rewrite: str


@dataclass(frozen=True, slots=True)
class Kind:
    """What may be changed, and into what; the change must differ from what it replaces."""

    name: str
    pattern: re.Pattern[str]
    change: Change
    is_closed: bool = False


def _swap(name: str, pairs: dict[str, str], *, is_closed: bool = False) -> Kind:
    """Whole words, in the case of what they replace."""
    found = "|".join(sorted(map(re.escape, pairs), key=len, reverse=True))

    def change(match: re.Match[str], chooser: random.Random) -> str:
        del chooser
        new = pairs[match.group().lower()]
        return new[:1].upper() + new[1:] if match.group()[0].isupper() else new

    return Kind(name, re.compile(rf"(?<![\w'’-])(?:{found})(?![\w'’-])", re.I), change, is_closed)


def _both(*pairs: tuple[str, str]) -> dict[str, str]:
    return dict(pairs) | {other: one for one, other in pairs}


def _drop(name: str, pattern: str) -> Kind:
    return Kind(name, re.compile(pattern), lambda match, chooser: "")


_WORDS = "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty".split()
_MONTHS = "January February March April June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_OTHER_NAMES = ("Halvorsen", "Okonkwo", "Brightwater", "Castellane", "Vance", "Tromsby", "Delacroix", "Wexcombe")
_SENTENCE = r"(?<=[.!?] )[A-Z][^.!?\n]{25,160}[.!?](?= [A-Z]|$)"
_ADDED = (
    "The cost was borne by the city.", "Nobody was told about it.", "It had been tried once before, in Lisbon.",
    "Two of them later left.", "The results were never published.",
)  # fmt: skip


def _other(words: Sequence[str]) -> Change:
    def change(match: re.Match[str], chooser: random.Random) -> str:
        return chooser.choice([word for word in words if word.lower() != match.group().lower()])

    return change


def _digit(match: re.Match[str], chooser: random.Random) -> str:
    text = match.group()
    at = chooser.choice([place for place, character in enumerate(text) if character.isdigit()])
    return text[:at] + chooser.choice([d for d in "123456789" if d != text[at]]) + text[at + 1 :]


def _longer(match: re.Match[str], chooser: random.Random) -> str:
    del chooser
    return f"{match.group()}0"


def _inside(match: re.Match[str], chooser: random.Random) -> str:
    """Another word in the middle of a quotation."""
    words = match.group().split(" ")
    at = chooser.randrange(1, len(words) - 1)
    words[at] = chooser.choice([one for one in ("gladly", "nothing", "everybody", "before") if one != words[at]])
    return " ".join(words)


def _shorter(match: re.Match[str], chooser: random.Random) -> str:
    words = match.group().split(" ")
    del words[chooser.randrange(1, len(words) - 1)]
    return " ".join(words)


_QUOTED = re.compile(r"[“\"][A-Z][^“”\"\n]{30,200}[”\"]")
_NUMBER = r"(?<![\w.,/-])\d{2,6}(?![\w.,/%-])"
KINDS: tuple[Kind, ...] = (
    Kind("digit", re.compile(_NUMBER), _digit, is_closed=True),
    Kind("ten times as much", re.compile(_NUMBER), _longer, is_closed=True),
    Kind("number word", re.compile(rf"\b(?:{'|'.join(_WORDS)})\b(?!-)"), _other(_WORDS), is_closed=True),
    Kind("decimal", re.compile(r"(?<![\w.])\d+\.\d+(?![\w.])"), _digit, is_closed=True),
    _swap("scale", _both(("million", "billion"), ("thousand", "million")), is_closed=True),
    Kind("percent", re.compile(r"\d+(?:\.\d+)?(?= ?%| percent| per cent)"), _digit, is_closed=True),
    Kind("money", re.compile(r"(?<=[$£€])\d[\d,.]*\d"), _digit, is_closed=True),
    Kind("currency", re.compile(r"[$£€](?=\d)"), _other("$£€"), is_closed=True),
    Kind("unit of time", re.compile(r"(?<=\d )(?:hours|minutes|days|weeks|months|years)\b"),
         _other(["hours", "minutes", "days", "weeks", "months", "years"]), is_closed=True),
    Kind("unit of length", re.compile(r"(?<=\d )(?:miles|kilometres|kilometers|metres|meters|feet|inches|km|cm|mm)\b"),
         _other(["miles", "kilometres", "feet", "inches", "mm"]), is_closed=True),
    Kind("month", re.compile(rf"\b(?:{'|'.join(_MONTHS)})\b"), _other(_MONTHS), is_closed=True),
    Kind("weekday", re.compile(rf"\b(?:{'|'.join(_DAYS)})\b"), _other(_DAYS), is_closed=True),
    Kind("year", re.compile(r"\b(?:19|20)\d\d\b(?![-–/])"), _digit, is_closed=True),
    Kind("clock", re.compile(r"\b\d{1,2}:[0-5]\d\b"), lambda m, c: f"{m.group()[:-1]}{(int(m.group()[-1]) + 3) % 10}",
         is_closed=True),
    Kind("name", re.compile(r"(?<=[a-z,] )(?:Mr\. |Dr\. )?[A-Z][a-z]{3,}(?: [A-Z][a-z]{3,})?(?=[ ,.'’])"),
         _other(_OTHER_NAMES), is_closed=True),
    Kind("word of a quotation", _QUOTED, _inside, is_closed=True),
    Kind("shorter quotation", _QUOTED, _shorter, is_closed=True),
    Kind("citation", re.compile(r"\((?:[A-Z][\w’'-]+(?: et al\.|,? and [A-Z]\w+|,? & [A-Z]\w+)?,? )(?:19|20)\d\d\)"), _digit,
         is_closed=True),
    Kind("link", re.compile(r"https?://[\w./-]{8,}\w"), lambda m, c: f"{m.group()}x", is_closed=True),
    Kind("ordinal", re.compile(r"\b(?:second|third|fourth|fifth|sixth|10th|11th|12th|18th|19th|20th)\b(?=[ -][a-z])"),
         _other(["third", "fourth", "seventh", "14th", "ninth"]), is_closed=True),
    _drop("not went", r"(?<=[a-z]) not(?= [a-z])"),
    Kind("not came", re.compile(r"\b(?:is|are|was|were|will|can|should|could|would|must)(?= [a-z])(?! not)"),
         lambda m, c: f"{m.group()} not"),
    _swap("never", _both(("never", "always"))),
    _swap("possible to certain", {"may": "will", "might": "will", "could": "will"}),
    _swap("obligation", {"must": "may", "should": "must", "have to": "may", "need to": "may", "has to": "may"}),
    _swap("all to some", {"all": "some", "every": "hardly any", "each": "every other", "everyone": "almost no one"}),
    _swap("most to few", {"most": "few", "many": "few", "several": "all", "some": "all"}),
    _drop("only went", r" only(?= [a-z])"),
    _swap("often to rarely", {"often": "rarely", "usually": "seldom", "frequently": "rarely", "sometimes": "always"}),
    _drop("hedge went", r" (?:probably|perhaps|possibly|likely|apparently|roughly|approximately|about|nearly|almost)(?= )"),
    Kind("certainty came", re.compile(r"\b(?:is|are|was|were)(?= [a-z])(?! not)"), lambda m, c: f"{m.group()} certainly"),
    _swap("direction", _both(("increase", "decrease"), ("increased", "decreased"), ("rise", "fall"), ("rose", "fell"),
                             ("grow", "shrink"), ("growing", "shrinking"), ("increasing", "decreasing"))),
    _swap("comparison", _both(("higher", "lower"), ("larger", "smaller"), ("better", "worse"), ("more", "less"),
                              ("longer", "shorter"), ("faster", "slower"), ("stronger", "weaker"), ("older", "younger"))),
    _swap("order in time", _both(("before", "after"), ("earlier", "later"), ("first", "last"))),
    _swap("cause to contrast", {"because": "although", "since": "although", "therefore": "nevertheless", "so": "yet"}),
    _swap("condition", _both(("if", "unless"))),
    _swap("exception", {"except": "including", "without": "with", "excluding": "including"}),
    _swap("gender", _both(("he", "she"), ("his", "her"), ("man", "woman"), ("men", "women"), ("father", "mother"))),
    _swap("person", {"we": "they", "our": "their", "i": "she", "my": "her", "they": "we"}),
    _swap("denied or said", {"said": "denied", "confirmed": "denied", "agreed": "refused", "says": "denies"}),
    _swap("good or bad", _both(("good", "bad"), ("best", "worst"), ("positive", "negative"), ("easy", "difficult"),
                               ("safe", "dangerous"), ("success", "failure"), ("advantages", "drawbacks"))),
    _swap("place", _both(("left", "right"), ("above", "below"), ("inside", "outside"), ("north", "south"), ("east", "west"))),
    _swap("at least", _both(("at least", "at most"), ("more than", "less than"), ("over", "under"))),
    _swap("planned or done", {"will be": "has been", "plans to": "managed to", "is going to": "has already begun to",
                              "will": "did", "hopes to": "was able to"}),
    _drop("list item went", r", [a-z]+(?=, (?:and|or) [a-z])"),
    Kind("list item came", re.compile(r"(?<=[a-z]), (?=and [a-z]+ ?[.,])"), lambda m, c: ", insurance, "),
    _drop("sentence went", rf" {_SENTENCE}".replace("(?<=[.!?] )", "(?<=[.!?])", 1).replace(" (?<=[.!?])", "(?<=[.!?]) ", 1)),
    Kind("sentence came", re.compile(r"(?<=[a-z][.]) (?=[A-Z])"), lambda m, c: f" {c.choice(_ADDED)} "),
    _swap("who", _both(("teacher", "student"), ("teachers", "students"), ("doctor", "patient"), ("doctors", "patients"),
                       ("customer", "company"), ("parents", "children"), ("employees", "employers"))),
    _drop("condition went", r",? if [a-z][^,.;!?]{8,80}(?=[.])"),
    _drop("exception went", r",? (?:except|unless|apart from|other than) [a-z][^,.;!?]{5,80}(?=[.,])"),
    _drop("reason went", r",? because (?:of )?[a-z][^,.;!?]{10,100}(?=[.])"),
)  # fmt: skip


def corruptions(paragraphs: Sequence[str], *, a_kind: int, seed: int = 12) -> Iterator[Corruption]:
    """Yield up to `a_kind` corruptions of each kind, each of another paragraph where there are enough."""
    for kind in KINDS:
        chooser = random.Random(f"{seed} {kind.name}")
        found = 0
        for paragraph in chooser.sample(paragraphs, len(paragraphs)):
            places = list(kind.pattern.finditer(paragraph))
            if not places:
                continue
            place = chooser.choice(places)
            new = kind.change(place, chooser)
            if new.strip().lower() == place.group().strip().lower():
                continue
            found += 1
            yield Corruption(
                kind.name, kind.is_closed, paragraph, paragraph[: place.start()] + new + paragraph[place.end() :]
            )
            if found == a_kind:
                break
