"""`python -m training.trainers.detector`: trains the AI-likeness model with the code that produced the shipped weights.

A pair gives two texts: the draft that a model wrote, and the text that a person kept. Of both only the prose is read.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Sequence

import numpy as np
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from humanize.scoring.features import FeatureHasher
from humanize.scoring.linear import ARRAYS, MIN_WORDS
from humanize.scoring.loader import MANIFEST
from humanize.scoring.prose import prose_of
from humanize.scoring.tokens import is_word, tokenise
from humanize.scoring.train.__main__ import corpus_of
from humanize.scoring.train.calibrate import bands, calibrate, calibrated_scores
from humanize.scoring.train.corpus import CorpusText
from humanize.scoring.train.fit import WORD_SUPPORT, fit, out_of_fold
from humanize.scoring.train.human_rates import count_reached
from humanize.scoring.train.matrix import anchors
from humanize.scoring.train.pack import pack, write
from training.trainers.contract import ModelDescription, TrainerJob, UserError, note_base, publish, report, run
from training.trainers.revision.channels import draft_pairs
from training.trainers.revision.stages import resume_stages

NAME = "detector"
LEAST_WORDS, LEAST_TEXTS = 30, 200
_STEPS = 5 + 1  # the folds, then the model itself
_WORKING = "working"


def train(job: TrainerJob) -> None:
    """Train the detector; about a minute for 12,000 texts.

    Deterministic: a stopped run continues after its last fold and produces the same bytes.
    """
    note_base(job)
    samples = _samples(draft_pairs(job))
    stages = resume_stages(job.checkpoints, _STEPS)
    with threadpool_limits(limits=1):
        kept = anchors(samples)
        corpus = corpus_of(samples, FeatureHasher(frozenset(kept)), WORD_SUPPORT[0])
        margins = out_of_fold(corpus, lambda title, make: np.asarray(stages.run_step(title, make), np.float64))
        auroc = float(roc_auc_score(corpus.labels, margins))
        report(type="metric", key="cv_auroc", step=stages.step, value=auroc)
        calibration = calibrate(margins, corpus.lengths, corpus.labels)
        likeness = calibrated_scores(margins, corpus.lengths, calibration)
        table = bands(likeness, corpus.lengths, corpus.labels)
        people = likeness[(corpus.labels == 0) & (corpus.lengths >= MIN_WORDS)]
        model = fit(corpus)
    folder = job.base / "output" / _WORKING
    rate = count_reached("kept texts of the data set", "", people, table)
    version = write(pack(model, calibration, kept), table, folder, [rate])
    files = {ARRAYS: ("model", (folder / ARRAYS).read_bytes()), MANIFEST: ("config", (folder / MANIFEST).read_bytes())}
    card = ModelDescription(
        NAME,
        "detect",
        "numpy",
        "hashed n-gram logistic regression",
        {"cv_auroc": round(auroc, 4)},
        {"version": version},
    )
    publish(job, card, files)
    report(type="progress", epoch=1, epochs=1, step=_STEPS, steps=_STEPS)


def _samples(pairs: Sequence[tuple[str, str]]) -> list[CorpusText]:
    # All drafts of one kept text form a group, which is never divided between training and judging.
    texts = {draft: (1, kept) for draft, kept in pairs}
    texts |= {kept: (0, kept) for _, kept in pairs if kept not in texts}
    samples = [_sample(text, label, group) for text, (label, group) in texts.items()]
    return _enough([sample for sample in samples if sample.words >= LEAST_WORDS])


def _sample(text: str, label: int, group: str) -> CorpusText:
    tokens = tuple(tokenise(prose_of(text).text))
    words = sum(1 for token in tokens if is_word(token))
    return CorpusText(tokens, words, label, "pairs", "", "", str(zlib.crc32(group.encode("utf-8", "surrogatepass"))))


def _enough(samples: Sequence[CorpusText]) -> list[CorpusText]:
    """Check that there are enough texts. Every band of length needs texts by people, to compute its rates."""
    human = np.array([sample.words for sample in samples if sample.label == 0])
    machine = sum(sample.label for sample in samples)
    thin = [
        f"{low}–{high} words"
        for low, high in ((60, 120), (120, 250), (250, 10**9))
        if not ((human >= low) & (human < high)).any()
    ]
    if min(len(human), machine) < LEAST_TEXTS or thin:
        missing = f"; texts by people with {', '.join(thin)} are missing" if thin else ""
        raise UserError(
            f"provide {LEAST_TEXTS} or more texts of each kind with {LEAST_WORDS} or more words each{missing}"
        )
    return list(samples)


if __name__ == "__main__":
    sys.exit(run(train))
