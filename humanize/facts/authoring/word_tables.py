"""Writes the tables in `humanize/facts/data/`: words in use, their ties in WordNet, and irregular forms.

`python -m humanize.facts.authoring.word_tables TEXTS [--wordnet FOLDER]`, where TEXTS is a file with one text per line
as a JSON string, and FOLDER holds WordNet 3.0 (Debian's package wordnet-base puts it in /usr/share/wordnet).
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from humanize.facts.stems import stem

FOLDER = Path(__file__).resolve().parent.parent / "data"
POS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
SENSES = 4  # of each part of speech, the most frequent first; rarer ones tie words that no writer would exchange
SENSES_ABOVE = 3
MOST_CHILDREN = 150  # a thing with more kinds, such as “person”, makes siblings of everything
LEAST_COUNT = 4
LEAST_STEM_COUNT = 6
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_ENDINGS = (
    ("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"),
    ("er", ""), ("est", ""), ("er", "e"), ("est", "e"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Synset:
    """The words of a sense, and its pointers: sign, target, and the numbers of the words that they tie."""

    words: tuple[str, ...]
    pointers: tuple[tuple[str, str, str], ...]


@dataclass
class WordNet:
    """The database files: senses by lemma, synsets by id (a letter for the part of speech and the offset)."""

    senses: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    synsets: dict[str, Synset] = field(default_factory=dict)
    irregular: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def lemmas(self, word: str) -> set[str]:
        """Return the lemmas that a word may be a form of."""
        found = {word} if word in self.senses else set()
        found.update(self.irregular.get(word, ()))
        for ending, base in _ENDINGS:
            if word.endswith(ending) and len(word) > len(ending) + 2:
                cut = word[: -len(ending)] + base
                found.update(one for one in (cut, _single(cut)) if one in self.senses)
        return found


def _single(word: str) -> str:
    """Without the last of two equal letters: “plann”, “plan”."""
    return word[:-1] if word[-1:] == word[-2:-1] else word


def read_wordnet(folder: Path) -> WordNet:
    """Read WordNet's files `data.*`, `index.*` and `*.exc`."""
    net = WordNet()
    for name, letter in POS.items():
        for line in (folder / f"{name}.exc").read_text(encoding="ascii").splitlines():
            form, *bases = line.split()
            net.irregular[form] += bases
        for line in (folder / f"data.{name}").read_text(encoding="latin-1").splitlines():
            if not line.startswith("  "):
                fields = line.split("|")[0].split()
                net.synsets[letter + fields[0]] = _synset(fields)
        for line in (folder / f"index.{name}").read_text(encoding="latin-1").splitlines():
            if not line.startswith("  "):
                fields = line.split()
                net.senses[fields[0]] += [letter + offset for offset in fields[-int(fields[2]) :]]
    return net


def _synset(fields: list[str]) -> Synset:
    count = int(fields[3], 16)
    words = tuple(fields[4 + 2 * place].split("(")[0].lower() for place in range(count))
    at = 4 + 2 * count
    pointers = []
    for place in range(int(fields[at])):
        sign, offset, kind, ends = fields[at + 1 + 4 * place : at + 5 + 4 * place]
        pointers.append((sign, ("a" if kind == "s" else kind) + offset, ends))
    return Synset(words, tuple(pointers))


@dataclass
class _Row:
    lemma: str
    senses: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    opposites: set[str] = field(default_factory=set)
    derived: set[str] = field(default_factory=set)


def relations(net: WordNet, lemmas: Iterable[str]) -> list[_Row]:
    """Return the ties of each lemma to the others."""
    kept = set(lemmas)
    children = Counter(target for one in net.synsets.values() for sign, target, _ in one.pointers if sign[0] == "@")
    rows = []
    for lemma in sorted(kept):
        row, seen = _Row(lemma), Counter[str]()
        for sense in net.senses[lemma]:
            seen[sense[0]] += 1
            if seen[sense[0]] <= SENSES:
                row.senses.append(sense)
                _follow(net, row, sense, children, is_frequent=seen[sense[0]] <= SENSES_ABOVE)
        row.opposites &= kept
        row.derived = {word for word in row.derived & kept if word[:4] != lemma[:4]}
        rows.append(row)
    return rows


def _follow(net: WordNet, row: _Row, sense: str, children: Counter[str], *, is_frequent: bool) -> None:
    synset = net.synsets[sense]
    own = synset.words.index(row.lemma) + 1 if row.lemma in synset.words else 0
    for sign, target, ends in synset.pointers:
        is_own, other = int(ends[:2], 16) in (0, own), net.synsets[target].words[max(0, int(ends[2:], 16) - 1)]
        if sign[0] == "@" and children[target] <= MOST_CHILDREN and is_frequent:
            row.above.append(target)
        elif sign == "&":
            row.above += [target, sense]
        elif sign == "!" and is_own:
            row.opposites.add(other)
        elif sign in {"+", "\\"} and is_own:
            row.derived.add(other)


def write_tables(texts: Iterable[str], net: WordNet, folder: Path = FOLDER) -> None:
    """Count the words of the texts and write the three tables."""
    low, capitals = _counts(texts)
    counts = Counter[str]()
    for word, count in low.items():
        for lemma in net.lemmas(word):
            counts[lemma] += count
    lemmas = [
        word for word, count in counts.items() if count >= LEAST_COUNT and re.fullmatch(r"[a-z]{2,}(-[a-z]+)*", word)
    ]
    (folder / "word_relations.tsv").write_text("".join(_lines(relations(net, lemmas))), encoding="utf-8")
    known = set(lemmas)
    forms = sorted((form, bases[0]) for form, bases in net.irregular.items() if low[form] > 2 and bases[0] in known)
    (folder / "irregular_forms.tsv").write_text("".join(f"{form}\t{base}\n" for form, base in forms if form.isalpha()))
    (folder / "common_stems.txt").write_text("".join(f"{one}\n" for one in _common(low, capitals)), encoding="utf-8")


def _counts(texts: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    """Words in lower case, and words with a capital where no sentence begins."""
    low, capitals = Counter[str](), Counter[str]()
    for text in texts:
        for match in _WORD.finditer(text):
            word = match.group()
            if word[0].islower():
                low[word] += 1
            elif word[1:].islower() and re.search(r"[a-z,;)] $", text[max(0, match.start() - 3) : match.start()]):
                capitals[word.lower()] += 1
    return low, capitals


def _common(low: Counter[str], capitals: Counter[str]) -> list[str]:
    plain, named = Counter[str](), Counter[str]()
    for counts, stems in ((low, plain), (capitals, named)):
        for word, count in counts.items():
            if word.isascii() and "'" not in word and len(word) > 1:
                stems[stem(word)] += count
    return sorted(one for one, count in plain.items() if count >= LEAST_STEM_COUNT and count >= 3 * named[one])


def _lines(rows: list[_Row]) -> Iterator[str]:
    """One line a lemma. Senses that a single word has tie nothing and are left out; the rest are numbered."""
    used = Counter(sense for row in rows for sense in {*row.senses, *row.above})
    numbers: dict[str, str] = {}

    def number(sense: str) -> str:
        return numbers.setdefault(sense, f"{sense[0]}{len(numbers):x}")

    for row in rows:
        senses, above = (
            " ".join(number(one) for one in dict.fromkeys(ids) if used[one] > 1) for ids in (row.senses, row.above)
        )
        columns = (row.lemma, senses, above, " ".join(sorted(row.opposites)), " ".join(sorted(row.derived)))
        yield "\t".join(columns).rstrip("\t") + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"))
    given = parser.parse_args()
    with given.texts.open(encoding="utf-8") as file:
        write_tables((json.loads(line) for line in file), read_wordnet(given.wordnet))
