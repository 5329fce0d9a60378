"""`python -m training.domains.fit`: fits the weights on the shared data and reports their accuracy by domain.

The report is computed on the dev split. Needs scikit-learn; the weights contain no texts.
"""

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

# The labels of the corpora → our domains; other labels (teaching material, food, law) are left out of the fit.
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
    """Yield (text, domain) for all texts that the shared data labels."""
    for name in ("detector", "pairs"):
        with gzip.open(data / name / f"{split}.jsonl.gz", "rt", encoding="utf-8") as file:
            for row in map(json.loads, file):
                domain = SOURCES.get(row["domain"])
                if domain:
                    yield from ((row[key], domain) for key in ("text", "ai_text", "target_text") if row.get(key))


def fit(texts: list[tuple[str, str]]) -> None:
    """Fit the model to (text, domain) pairs and write the weights."""
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
    classifier._model.cache_clear()  # this process may have loaded the weights that were just replaced


def report(texts: list[tuple[str, str]]) -> str:
    """Return a table with one line per domain: texts, recall, precision, share without a guess, confusions."""
    guesses = [(guess_domain(text).domain, domain) for text, domain in texts]
    confusion: dict[str, Counter[str]] = defaultdict(Counter)
    for guessed, domain in guesses:
        confusion[domain][guessed] += 1
    total = Counter(guessed for guessed, _ in guesses)
    lines = [f"{'domain':12}{'texts':>7}{'recall':>8}{'precis.':>8}{'none':>8}  confused with"]
    for domain in sorted(confusion):
        row = confusion[domain]
        right = row[domain] / total[domain] if total[domain] else 0.0
        wrong = ", ".join(f"{name} {n}" for name, n in row.most_common(4) if name not in {domain, ""})
        shares = f"{row[domain] / row.total():8.2f}{right:8.2f}{row[''] / row.total():8.2f}"
        lines.append(f"{domain:12}{row.total():7}{shares}  {wrong}")
    guessed_only = [guess for guess in guesses if guess[0]]
    correct = sum(guess == domain for guess, domain in guessed_only) / len(guessed_only)
    lines.append(f"{len(guessed_only) / len(guesses):.2f} of the texts got a guess; {correct:.3f} of those are right")
    return "\n".join(lines)


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")
    fit(list(labelled(folder, "train")))
    sys.stdout.write(report(list(labelled(folder, "dev"))) + "\n")
    sys.stdout.write(f"{WEIGHTS.stat().st_size:,} bytes\n")
