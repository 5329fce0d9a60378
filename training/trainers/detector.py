"""`python -m training.trainers.detector`: the AI-likeness model as a job, by the code that made the shipped weights.

A pair gives two texts: the draft a model wrote, and the text as a person left it.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from humanize.scoring.features import Hasher
from humanize.scoring.linear import ARRAYS
from humanize.scoring.loader import MANIFEST
from humanize.scoring.tokens import is_word, tokenise
from humanize.scoring.train.__main__ import corpus_of
from humanize.scoring.train.calibrate import bands, calibrate, calibrated_scores
from humanize.scoring.train.corpus import Sample
from humanize.scoring.train.fit import WORD_SUPPORT, fit, out_of_fold
from humanize.scoring.train.matrix import anchors
from humanize.scoring.train.pack import pack, write
from training.trainers.contract import ModelDescription, TrainerJob, UserError, note_base, publish, report, run
from training.trainers.revision.pairs import PairsError, read_pairs
from training.trainers.revision.stages import resume_stages

NAME = "detector"
LEAST_WORDS, LEAST_TEXTS = 30, 200
_STEPS = 5 + 1  # the folds, then the model itself
_WORKING = "working"


def train(job: TrainerJob) -> None:
    """Deterministic (about a minute for 12,000 texts): a stopped run goes on after its last fold, to the same bytes."""
    note_base(job)
    samples = _samples(job.channel("train"))
    stages = resume_stages(job.checkpoints, _STEPS)
    with threadpool_limits(limits=1):
        kept = anchors(samples)
        corpus = corpus_of(samples, Hasher(frozenset(kept)), WORD_SUPPORT[0])
        margins = out_of_fold(corpus, lambda title, make: np.asarray(stages.step_of(title, make), np.float64))
        auroc = float(roc_auc_score(corpus.labels, margins))
        report(type="metric", key="cv_auroc", step=stages.step, value=auroc)
        calibration = calibrate(margins, corpus.lengths, corpus.labels)
        table = bands(calibrated_scores(margins, corpus.lengths, calibration), corpus.lengths, corpus.labels)
        model = fit(corpus)
    folder = job.base / "output" / _WORKING
    version = write(pack(model, calibration, kept), table, folder)
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


def _samples(path: Path | None) -> list[Sample]:
    if path is None:
        raise UserError("there is no channel train with a pairs.jsonl")
    try:
        pairs = read_pairs(path)
    except PairsError as error:
        raise UserError(str(error)) from error
    # All drafts of one kept text are one group: none of them may judge a model that saw another.
    texts = {draft: (1, kept) for draft, kept in pairs}
    texts |= {kept: (0, kept) for _, kept in pairs if kept not in texts}
    found = [_sample(text, label, group) for text, (label, group) in texts.items()]
    return _enough([sample for sample in found if sample.words >= LEAST_WORDS])


def _sample(text: str, label: int, group: str) -> Sample:
    tokens = tuple(tokenise(text))
    words = sum(1 for token in tokens if is_word(token))
    return Sample(tokens, words, label, "pairs", "", "", str(zlib.crc32(group.encode("utf-8", "surrogatepass"))))


def _enough(samples: Sequence[Sample]) -> list[Sample]:
    """Every band of length needs texts of people, or no rate can be stated for it."""
    human = np.array([sample.words for sample in samples if sample.label == 0])
    machine = sum(sample.label for sample in samples)
    thin = [
        f"{low}–{high} words"
        for low, high in ((60, 120), (120, 250), (250, 10**9))
        if not ((human >= low) & (human < high)).any()
    ]
    if min(len(human), machine) < LEAST_TEXTS or thin:
        lacking = f"; none of people's own with {', '.join(thin)}" if thin else ""
        raise UserError(f"give at least {LEAST_TEXTS} texts of each kind of at least {LEAST_WORDS} words{lacking}")
    return list(samples)


if __name__ == "__main__":
    sys.exit(run(train))
