"""Reads the tagged corpora and makes the lexicon. Their texts stay outside of the project (see NOTICE)."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lemminflect import getAllLemmas, getInflection

from humanize.tagging.tags import Tag

Sentence = list[tuple[str, Tag | None]]  # None: no tag is certain; nothing is learnt from it
# The parts of GUM whose texts are under CC BY or free of rights; its fiction and guides may not be used commercially.
FREE = frozenset("news interview bio voyage textbook vlog speech conversation court".split())
LEAST_COUNT = 2  # of a word in the training data, to be in the lexicon

_PENN = {
    "NN": Tag.NOUN, "NNS": Tag.PLURAL, "NNP": Tag.PROPER, "NNPS": Tag.PROPER,
    "VB": Tag.BASE, "VBP": Tag.PRESENT, "VBZ": Tag.THIRD, "VBD": Tag.PAST, "VBG": Tag.GERUND, "VBN": Tag.PARTICIPLE,
    "MD": Tag.MODAL, "JJ": Tag.ADJECTIVE, "JJR": Tag.ADJECTIVE, "JJS": Tag.ADJECTIVE, "AFX": Tag.ADJECTIVE,
    "RB": Tag.ADVERB, "RBR": Tag.ADVERB, "RBS": Tag.ADVERB, "WRB": Tag.QUESTION_ADVERB, "DT": Tag.DETERMINER,
    "PDT": Tag.DETERMINER, "WDT": Tag.RELATIVE, "WP": Tag.RELATIVE, "PRP": Tag.PRONOUN, "PRP$": Tag.POSSESSIVE,
    "WP$": Tag.POSSESSIVE, "IN": Tag.PREPOSITION, "RP": Tag.PARTICLE, "TO": Tag.TO, "CC": Tag.CONJUNCTION,
    "CD": Tag.NUMBER, "EX": Tag.THERE, "POS": Tag.POSSESSIVE_MARK, "SYM": Tag.MARK, "NFP": Tag.MARK, "HYPH": Tag.MARK,
    "LRB": Tag.MARK,
}  # fmt: skip
_FORMS = (("VB", "b"), ("VBZ", "z"), ("VBD", "d"), ("VBN", "e"), ("VBG", "g"))
_OTHERS = {"ADJ": "a", "ADV": "r", "AUX": "x"}


def treebank(path: Path, *, joined: bool = True) -> list[Sentence]:
    """Read a CoNLL-U file. `joined` makes one word of the parts of a hyphenated one, as the tagger's tokens are."""
    found: list[Sentence] = []
    rows: list[list[str]] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line and line[0] != "#":
            rows.append(line.split("\t"))
        elif not line and rows:
            tokens = [row for row in rows if row[0].isdigit()]  # not the ranges of words that are written as one
            hyphens = {number for number, row in enumerate(tokens) if row[4] == "HYPH"}
            found.append(_join_hyphens([(row[1], _tag_of(row)) for row in tokens], hyphens, joined))
            rows = []
    return found


def _tag_of(row: list[str]) -> Tag:
    return Tag.SUBORDINATOR if (row[3], row[4]) == ("SCONJ", "IN") else _penn(row[4])


def _penn(name: str) -> Tag:
    return _PENN.get(name, Tag.OTHER if name.isalpha() else Tag.MARK)


def _join_hyphens(sentence: list[tuple[str, Tag]], hyphens: set[int], joined: bool) -> Sentence:
    if not joined or not hyphens:
        return list(sentence)
    found: Sentence = []
    for number, (word, tag) in enumerate(sentence):
        if found and (number in hyphens or number - 1 in hyphens):
            found[-1] = (found[-1][0] + word, _whole(tag) if number not in hyphens else found[-1][1])
        else:
            found.append((word, tag))
    return found


def _whole(last: Tag) -> Tag:
    """Return the tag of a hyphenated word from that of its last part: "well-known" is an adjective."""
    return Tag.ADJECTIVE if last in {Tag.PARTICIPLE, Tag.GERUND, Tag.ADJECTIVE, Tag.PREPOSITION, Tag.PAST} else last


def masc(folder: Path) -> Iterator[Sentence]:
    """Read the sentences of MASC's `word_TAG` files, spam and odd lengths aside."""
    for path in sorted(folder.glob("*/*.txt")):
        if "spam" in path.name:
            continue
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            pairs = [item.rpartition("_") for item in line.split()]
            sentence: Sentence = [(word, _penn(name)) for word, _, name in pairs if word]
            if 4 <= len(sentence) <= 80:
                yield sentence


def lexicon(data: Path) -> dict[str, str]:
    """Return for each word of the training data the letters of what it can be: "leaves" is `Nvz`.

    n noun, N plural, v verb with the forms b z d e g, a adjective, r adverb, x auxiliary.
    """
    counts: Counter[str] = Counter()
    for name in ("pairs", "detector"):
        with gzip.open(data / name / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                text = row.get("text") or f"{row['ai_text']} {row['target_text']}"
                counts.update(word.lower() for word in re.findall(r"[A-Za-z][A-Za-z'’-]*", text))
    words = sorted(word for word, count in counts.items() if count >= LEAST_COUNT and word.isalpha())
    classes = {word: _class_of(word) for word in words}
    return {word: name for word, name in classes.items() if name}


def _class_of(word: str) -> str:
    letters = ""
    for part, lemmas in getAllLemmas(word).items():
        if part == "VERB":
            forms = {letter for lemma in lemmas for tag, letter in _FORMS if word in getInflection(lemma, tag)}
            letters += "v" + "".join(sorted(forms))
        elif part == "NOUN":
            letters += "n" if word in lemmas else "N"
        else:
            letters += _OTHERS.get(part, "")
    return letters
