"""Second opinions on AI-likeness, by other features or from other texts. They ship nowhere and guide nothing.

An editor may learn to please the detector that measures it. Both of these detectors see words only, so that no comma,
bracket or dash can move them; one of them has never seen a text from a source of the pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.support.data import detector_rows
from humanize.options import RewriteOptions
from humanize.pipeline.verification import keep_verified
from humanize.text.edits import apply
from training.evaluation.edit_counts import Editor, HeldOutText
from training.evaluation.revision import BOLD

PAIR_SOURCES = frozenset({"l2r"})
MOST_PEOPLE = 0.05  # the share of people's own texts that it flags
LEAST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Second:
    """`margins` of texts, and the threshold over which a text is flagged. `auroc` is on the detector's dev texts."""

    margins: Callable[[Sequence[str]], NDArray[np.float64]]
    threshold: float
    auroc: float

    def points_less(self, texts: Sequence[HeldOutText], results: Sequence[str]) -> float:
        """Return by how many percentage points fewer texts are flagged, of those long enough for a verdict."""
        long = [n for n, text in enumerate(texts) if len(text.document.text.split()) >= LEAST_WORDS]
        before = self.margins([texts[n].document.text for n in long]) >= self.threshold
        after = self.margins([results[n] for n in long]) >= self.threshold
        return round(100.0 * float(before.mean() - after.mean()), 1)


def second(without: Collection[str] = ()) -> Second:
    """Train on the detector's training texts, except those from the sources `without`."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    rows = [row for row in detector_rows("train") if row.source not in without]
    vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True, token_pattern=r"[^\W\d_]+")
    matrix = vectors.fit_transform([row.text for row in rows])
    model = LogisticRegression(C=30.0, class_weight="balanced", max_iter=300)
    model.fit(matrix, np.array([row.machine for row in rows]))

    def margins(texts: Sequence[str]) -> NDArray[np.float64]:
        return np.asarray(model.decision_function(vectors.transform(texts)), dtype=np.float64)

    dev = list(detector_rows("dev"))
    scores, machine = margins([row.text for row in dev]), np.array([row.machine for row in dev])
    threshold = float(np.quantile(scores[~machine], 1.0 - MOST_PEOPLE))
    return Second(margins, threshold, round(float(roc_auc_score(machine, scores)), 3))


def rewritten(texts: Sequence[HeldOutText], editor: Editor) -> list[str]:
    """Return the texts with all verified edits, also those to be looked at, as the gate does it."""
    options = RewriteOptions(level=BOLD, language="en", format="text")
    found = []
    for text in texts:
        edits = editor(text.document, text.protected, options)
        kept = keep_verified(text.document, edits, text.protected, "en")
        found.append(apply(text.document.text, kept.edits))
    return found
