"""`python -m humanize.genre.train --data ../shared/data --masc DIR`: makes and measures the weights.

Domains of the training data, the drafts with an even number, letters of MASC, the long descriptions of installed
packages, and texts of our own (`samples.txt`) are the teachers. `--measure` prints the figures of the card.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.metadata import distributions
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from humanize.genre.features import FORMAL, WORD, features
from humanize.genre.genres import GENRES, Genre
from humanize.genre.recognition import WEIGHTS, recognise
from humanize.text.segment import segment

Example = tuple[str, Genre]
MOST_OF_A_DOMAIN, WORDS, LEAST_TEXTS, PENALTY = 60, 1_500, 8, 2.0
DOMAINS = {
    "AcademicResearch": Genre.PAPER, "arxiv": Genre.PAPER, "MedicalText": Genre.MEDICINE, "creative": Genre.FICTION,
    "LegalDocument": Genre.LAW,
    **dict.fromkeys(
        "NewsArticle Sports ArtCulture Environmental EducationMaterial Business Finance GovernmentPublic Religious "
        "ProductReview Entertainment FoodCusine essay news".split(), Genre.ARTICLE,
    ),
}  # fmt: skip
DRAFTS = {
    **dict.fromkeys(
        ["business e-mail", "customer-support answer", "recommendation letter", "cover letter", "complaint letter"],
        Genre.EMAIL,
    ),
    **dict.fromkeys(["LinkedIn post", "social caption"], Genre.POST),
    **dict.fromkeys(
        ["release notes", "README", "README/docs in Markdown", "recipe", "how-to", "FAQ"], Genre.DOCUMENTATION
    ),
    **dict.fromkeys(["short story scene", "memoir paragraph"], Genre.FICTION),
    "dialogue scene": Genre.DIALOGUE,
    **dict.fromkeys(["scientific abstract", "literature-review paragraph"], Genre.PAPER),
    "policy or terms paragraph": Genre.LAW,
    "medical leaflet": Genre.MEDICINE,
    **dict.fromkeys(["résumé bullets", "meeting minutes"], Genre.DATA),
}  # fmt: skip  # every other one is an article
_SPACED = re.compile(r" (?=[,.;:!?)’'%]|n['’]t)|(?<=[(“]) ")


def training_examples(data: Path, masc: Path) -> list[Example]:
    thin = [*_samples(), *_drafts(data, 0)]
    halves = [
        (text[: len(text) // 2], genre) for text, genre in thin if genre is not Genre.VERSE
    ]  # texts come in parts
    return [*thin, *halves, *_of_domains(data), *_letters(masc), *_descriptions()]


def _samples() -> Iterator[Example]:
    text = (Path(__file__).parent / "samples.txt").read_text(encoding="utf-8")
    for part in re.split(r"^== ", text, flags=re.M)[1:]:
        name, _, body = part.partition("\n")
        for _ in range(4):
            yield body.strip(), Genre(name.strip())


def _of_domains(data: Path) -> Iterator[Example]:
    taken: Counter[tuple[str, int]] = Counter()
    with gzip.open(data / "pairs" / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            genre = DOMAINS.get(row["domain"])
            limit = MOST_OF_A_DOMAIN * (1 if genre is Genre.ARTICLE else 4)
            for side, text in enumerate((row["ai_text"], row["target_text"])):
                if genre is not None and taken[row["domain"], side] < limit:
                    taken[row["domain"], side] += 1
                    yield text, genre


def _drafts(data: Path, parity: int) -> Iterator[Example]:
    with (data / "drafts2026" / "pairs.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["n"] % 2 == parity:
                genre = DRAFTS.get(row["genre"], Genre.ARTICLE)
                yield row["draft"], genre
                if not parity:
                    yield row["rewrite"], genre


def _letters(folder: Path) -> Iterator[Example]:
    """Yield MASC's letters, stories and scripts; its words are put together again."""
    kinds = {"letters": Genre.EMAIL, "email": Genre.EMAIL, "ficlets": Genre.FICTION, "fiction": Genre.FICTION}
    rows = (line.split() for line in (folder / "categories.txt").read_text(encoding="utf-8").splitlines())
    for name, kind, *_ in sorted(row for row in rows if len(row) >= 2):
        path = folder / name if name.endswith(".txt") else folder / f"{name}.txt"
        if kind in kinds and path.exists():
            raw = re.sub(r"_\S+", "", path.read_text(encoding="utf-8", errors="replace"))
            yield _SPACED.sub("", raw)[:4_000], kinds[kind]


def _descriptions() -> Iterator[Example]:
    """Yield what installed packages say of themselves: documentation."""
    for package in sorted(distributions(), key=lambda one: one.metadata["Name"].lower()):
        text = package.metadata.get_payload()  # type: ignore[attr-defined]  # an e-mail message
        if isinstance(text, str) and len(text) > 600:
            yield text[:3_000], Genre.DOCUMENTATION


def vocabulary(examples: Sequence[Example]) -> list[str]:
    """Return the words that stand in the most texts, in alphabetical order."""
    counts = Counter(word for text, _ in examples for word in set(WORD.findall(text.lower().replace("’", "'"))))
    return sorted(word for word, count in counts.most_common(WORDS) if count >= LEAST_TEXTS)


def matrix(texts: Sequence[str], places: dict[str, int]) -> csr_matrix:
    """Return the features of shape (texts, features)."""
    return csr_matrix(np.stack([features(segment(text), places) for text in texts]))


def train(examples: Sequence[Example], path: Path) -> None:
    words = vocabulary(examples)
    inputs = matrix([text for text, _ in examples], {word: place for place, word in enumerate(words)})
    model = LogisticRegression(C=PENALTY, max_iter=1_000, class_weight="balanced")
    model.fit(inputs, [GENRES.index(genre) for _, genre in examples])
    weights = np.zeros((len(FORMAL) + len(words), len(GENRES)), dtype=np.float32)
    bias = np.full(len(GENRES), -20.0, dtype=np.float32)
    weights[:, model.classes_], bias[model.classes_] = model.coef_.T, model.intercept_
    scale = np.float32(np.abs(weights).max() / 32_000)
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            words=np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
            weights=np.rint(weights / scale).astype(np.int16),
            scale=scale,
            bias=bias,
        )


def dev_examples(data: Path) -> list[Example]:
    """Return what nothing learnt from: the dev split of the detector's texts and the drafts with an odd number."""
    found = list(_drafts(data, 1))
    with gzip.open(data / "detector" / "dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        found += [(row["text"], DOMAINS[row["domain"]]) for row in map(json.loads, lines) if row["domain"] in DOMAINS]
    return found


def figures(examples: Sequence[Example]) -> str:
    """Return for each genre how many are right, and as what the others were taken."""
    taken: Counter[tuple[Genre, Genre]] = Counter((genre, recognise(segment(text)).genre) for text, genre in examples)
    out = []
    for genre in GENRES:
        total = sum(count for (gold, _), count in taken.items() if gold is genre)
        if total:
            wrong = ", ".join(
                f"{guess} {n}" for (gold, guess), n in taken.most_common() if gold is genre and guess is not gold
            )
            out.append(f"{genre}: {taken[genre, genre]} of {total}; taken for: {wrong or '-'}")
    right = sum(count for (gold, guess), count in taken.items() if gold is guess)
    return "\n".join([*out, f"all: {right} of {len(examples)}\n"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m humanize.genre.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that contains pairs/train.jsonl.gz")
    parser.add_argument("--masc", type=Path, required=True, help="the folder of NLTK's corpus masc_tagged")
    parser.add_argument("--measure", action="store_true", help="only measure the shipped weights")
    options = parser.parse_args()
    if not options.measure:
        with threadpool_limits(limits=1):
            train(training_examples(options.data, options.masc), WEIGHTS)
    found = dev_examples(options.data)
    drafts = sum(1 for _ in _drafts(options.data, 1))
    sys.stdout.write(f"drafts\n{figures(found[:drafts])}\ndev\n{figures(found[drafts:])}")


if __name__ == "__main__":
    main()
