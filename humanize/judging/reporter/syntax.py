"""Reads a text as its reporter does: parts of speech, the lengths of sentences and clauses, the lengths of words.

The tagger works by word lists and endings and is coarse on purpose: it takes time linear in the text and never fails.
Of a content word only the class is left, so what is counted here cannot tell the words of a text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache

from humanize.judging.design import Design, Sequences, Slot
from humanize.rules.english.clause import TABLE
from humanize.rules.forms import verbs_of
from humanize.scoring.tokens import tokenise

_CLOSED = {
    "a": "a an",
    "the": "the",
    "this": "this these",
    "that": "that those",
    "my": "my our",
    "your": "your",
    "his": "his her its their whose",
    "I": "i we me us myself ourselves",
    "you": "you yourself yourselves",
    "he": "he she they him them himself herself themselves",
    "it": "it itself",
    "one": "one ones someone anyone everyone something anything everything nothing nobody somebody none mine hers",
    "all": "all each every both no any some many much few several more most less least another other others such",
    "which": "which who whom what whatever",
    "when": "when where how why while whenever wherever once",
    "if": "if unless whether because since although though until till before after",
    "as": "as than like",
    "and": "and",
    "or": "or nor",
    "but": "but yet so",
    "of": "of",
    "to": "to",
    "in": "in on at into onto upon",
    "with": "with without",
    "for": "for",
    "from": "from by",
    "through": " ".join(
        "through across along around over under above below between among against toward towards beyond within "
        "behind beneath beside near during about off out up down away back".split()
    ),
    "will": "will would shall should can could may might must cannot",
    "is": "is are am",
    "was": "was were",
    "be": "be been being",
    "has": "has have having",
    "had": "had",
    "do": "do does did done doing",
    "not": "not never",
    "there": "there here",
    "then": "then now still just even only also too again already ever always often sometimes almost perhaps maybe "
    "later soon rather quite very really once however instead indeed though",
}
_PAST = (
    "said went came saw took got made knew thought found gave told felt left kept held brought began stood heard let "
    "meant met ran paid sat spoke lay led read grew lost fell sent built understood drew broke spent cut rose drove "
    "bought wore chose caught slept fought threw won shook hung swung blew shut struck taught sold flew set put hit "
    "forgot froze hid woke bent lit slid swept stuck wrote ate drank sang rang sank swam crept wept bit tore stole "
    "bore known seen taken given gone written spoken broken worn chosen fallen grown drawn thrown shown driven"
    " forgotten"
).split()
_ENDINGS = (
    ("ly", "ly"), ("ing", "ing"), ("ed", "ed"), ("tion", "tion"), ("sion", "tion"), ("ment", "tion"), ("ness", "tion"),
    ("ity", "tion"), ("ance", "tion"), ("ence", "tion"), ("ism", "tion"), ("ship", "tion"), ("ions", "tions"),
    ("ments", "tions"), ("ities", "tions"), ("ous", "ous"), ("ful", "ous"), ("less", "ous"), ("ive", "ous"),
    ("able", "ous"), ("ible", "ous"), ("al", "ous"), ("ic", "ous"), ("ant", "ous"), ("ent", "ous"), ("est", "est"),
    ("er", "er"), ("ers", "s"), ("ss", "word"), ("us", "word"), ("is", "word"), ("s", "s"), ("y", "y"),
)  # fmt: skip
_SHORT = 4


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    found: dict[str, str] = {}
    for verb in verbs_of(TABLE):
        for form in ("base", "third", "past"):
            found.setdefault(verb.form(form), form)
        found.setdefault(verb.participle, "past")
    found |= dict.fromkeys(_PAST, "past")
    return found | {word: tag for tag, words in _CLOSED.items() for word in words.split()}


@lru_cache(maxsize=20_000)
def tag_of(word: str) -> str:
    """Return the tag of a lower-case word, by its class, its verb form or its ending."""
    known = _known().get(word)
    if known:
        return known
    for ending, tag in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return tag
    return "short" if len(word) <= _SHORT else "word"


_TOKEN = re.compile(
    r"[A-Za-z]{1,40}|['’](?:s|t|re|ve|ll|d|m)\b|\d+(?:[.,]\d+)*|[—–]|(?<=\s)--?(?=\s)|[,;:(?!\"“”\n]|[.…]+"
)
_BREAK, _NAME, _NUMBER = "¶", "Name", "0"
_OPENERS = frozenset('.?!"¶')
_SAME = {"–": "-", "—": "-", "--": "-", "“": '"', "”": '"', "…": "."}


def tags(text: str) -> list[str]:
    """Return a tag for each word and mark of a text; `Name` is a capital inside a sentence, `¶` a line break."""
    found = [_BREAK]
    for piece in _TOKEN.findall(text):
        first = piece[0]
        if first.isalpha():
            inside = found[-1] not in _OPENERS and piece != "I"
            found.append(_NAME if inside and first.isupper() else tag_of(piece.lower()))
        elif first.isdigit():
            found.append(_NUMBER)
        elif piece == "\n":
            if found[-1] != _BREAK:
                found.append(_BREAK)
        elif first in "'’":
            found.append("'" + piece[1:])
        else:
            found.append(_SAME.get(piece, first))
    return found


def _rhythm(tagged: list[str]) -> Iterator[str]:
    """Yield the lengths of sentences and clauses, on a logarithmic scale, with the marks that end them."""
    sentence = clause = 0
    for tag in tagged:
        if tag in ".?!¶":
            if sentence:
                yield f"S{min(int(1.5 * math.log2(sentence + 1)), 9)}"
            if tag != ".":
                yield tag
            sentence = clause = 0
        elif tag in ",;:-":
            yield f"c{min(int(1.5 * math.log2(clause + 1)), 7)}"
            clause = 0
        elif tag != '"':
            sentence += 1
            clause += 1
    yield "."


def _lengths(text: str) -> list[str]:
    """Return the length of each word, up to nine letters, and the marks between them."""
    return [str(min(9, len(token))) if token[0].isalpha() else token for token in tokenise(text)]


def _read(text: str) -> Sequences:
    tagged = tags(text)
    return tagged, list(_rhythm(tagged)), _lengths(text)


SYNTAX = Design(
    "syntax",
    _read,
    (
        *(Slot(0, order, scale) for order, scale in ((1, 1.0), (2, 0.7), (3, 0.5))),
        *(Slot(sequence, order, 0.3) for sequence in (1, 2) for order in (1, 2)),
    ),
    bits=13,
)
"""The reporter: up to three parts of speech in a row, the rhythm of sentences and clauses, and word lengths."""
