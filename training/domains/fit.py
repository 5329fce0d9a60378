"""`python -m training.domains.fit`: fits the weights on the shared data and prints how often they are right on its dev
split, by domain, and on the texts of our own that the tests hold. Needs scikit-learn; the weights hold no texts."""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from training.domains import classifier
from training.domains.classifier import LEARNED, WEIGHTS, guess_domain
from training.domains.features import tokens, vector

# The labels of the corpora; what stands in none of ours (teaching material, food, law) is left out of the fit.
SOURCES = {
    "AcademicResearch": "academic", "MedicalText": "academic", "TechnicalWriting": "academic", "arxiv": "academic",
    "Business": "business", "Finance": "business", "Environmental": "business",
    "essay": "essay", "LiteratureCreativeWriting": "fiction", "creative": "fiction", "writing": "fiction",
    "NewsArticle": "news", "news": "news", "PersonalCommunication": "personal", "OnlineContent": "personal",
    "ArtCulture": "reference", "GovernmentPublic": "reference", "Sports": "reference", "Religious": "religious",
    "ProductReview": "review", "Entertainment": "review", "FoodCusine": "review",
}  # fmt: skip
_LEAST_TEXTS = 12
_MOST_WORDS = 8_000


def labelled(data: Path, split: str) -> Iterator[tuple[str, str]]:
    """(text, domain) of all texts that the shared data labels."""
    for name in ("detector", "pairs"):
        with gzip.open(data / name / f"{split}.jsonl.gz", "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                domain = SOURCES.get(row["domain"])
                if domain:
                    yield from ((row[key], domain) for key in ("text", "ai_text", "target_text") if row.get(key))


def fit(texts: list[tuple[str, str]]) -> None:
    """Writes the weights."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    seen = Counter(word for text, _ in texts for word in set(tokens(text)))
    words = [word for word, count in seen.most_common(_MOST_WORDS) if count >= _LEAST_TEXTS]
    places = {word: place for place, word in enumerate(words)}
    rows = [vector(text, places) for text, _ in texts]
    ends = np.cumsum([0, *(len(where) for where, _ in rows)])
    matrix = csr_matrix(
        (np.concatenate([values for _, values in rows]), np.concatenate([where for where, _ in rows]), ends),
        shape=(len(rows), len(words)),
    )
    model = LogisticRegression(C=3.0, max_iter=300)
    model.fit(matrix, np.array([LEARNED.index(domain) for _, domain in texts]))
    np.savez_compressed(
        WEIGHTS,
        vocabulary=np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
        weights=model.coef_.T.astype(np.float16),
        bias=model.intercept_.astype(np.float16),
    )
    classifier._model.cache_clear()  # this process has read the weights that were just replaced


def report(texts: list[tuple[str, str]]) -> str:
    """Of each domain: how many, how many of them found, how many of the guesses right, how many left open."""
    guesses = [(guess_domain(text).domain, domain) for text, domain in texts]
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for guessed, domain in guesses:
        found[domain][guessed] += 1
    made = Counter(guessed for guessed, _ in guesses)
    lines = [f"{'domain':12}{'texts':>7}{'found':>8}{'right':>8}{'open':>8}  taken for"]
    for domain in sorted(found):
        row = found[domain]
        right = row[domain] / made[domain] if made[domain] else 0.0
        wrong = ", ".join(f"{name} {n}" for name, n in row.most_common(4) if name not in {domain, ""})
        shares = f"{row[domain] / row.total():8.2f}{right:8.2f}{row[''] / row.total():8.2f}"
        lines.append(f"{domain:12}{row.total():7}{shares}  {wrong}")
    named = [one for one in guesses if one[0]]
    lines.append(
        f"named {len(named) / len(guesses):.2f}, of those right {sum(a == b for a, b in named) / len(named):.3f}"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")
    fit(list(labelled(folder, "train")))
    sys.stdout.write(report(list(labelled(folder, "dev"))) + "\n")
    sys.stdout.write(f"{WEIGHTS.stat().st_size:,} bytes\n")
