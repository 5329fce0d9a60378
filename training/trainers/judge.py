"""`python -m training.trainers.judge`: trains the ranker of writing with the code that produced the shipped weights.

A pair gives two versions of a text: the draft, and what its author made of it. The judge learns what is in the second.
"""

from __future__ import annotations

import sys

import numpy as np
from threadpoolctl import threadpool_limits

from humanize.judging.design import WORDS
from humanize.judging.judge import LEAST_WORDS
from humanize.judging.loader import ARRAYS, MANIFEST
from humanize.judging.train.fit import FOLDS, PENALTIES, Example, accuracy, calibrate, fit, prepare, select
from humanize.judging.train.pack import files
from humanize.scoring.tokens import count_words
from training.trainers.contract import ModelDescription, TrainerJob, UserError, note_base, publish, report, run
from training.trainers.revision.channels import draft_pairs
from training.trainers.revision.stages import resume_stages

NAME = "judge"
LEAST_PAIRS = 40
_STEPS = len(PENALTIES) * FOLDS + 1  # the folds for each penalty, then the model itself


def train(job: TrainerJob) -> None:
    """Train the judge; about 20 seconds for 5,000 pairs.

    Deterministic: a stopped run continues after its last fold and produces the same bytes.
    """
    note_base(job)
    examples = _examples(job)
    stages = resume_stages(job.checkpoints, _STEPS)
    with threadpool_limits(limits=1):
        material = prepare(WORDS, examples)
        penalty, margins = select(
            material, lambda title, make: np.asarray(stages.run_step(title, make), dtype=np.float64)
        )
        right = accuracy(margins, material.weights)
        report(type="metric", key="cv_right", step=stages.step, value=right)
        calibration = calibrate(margins, material.weights)
        arrays, manifest, version = files(WORDS, fit(material, penalty), calibration)
    card = ModelDescription(
        NAME,
        "judge",
        "numpy",
        "pairwise logistic regression over hashed words",
        {"cv_right": round(right, 4)},
        {"version": version, "penalty": penalty, "band": calibration.band},
    )
    publish(job, card, {ARRAYS: ("model", arrays), MANIFEST: ("config", manifest)})
    report(type="progress", epoch=1, epochs=1, step=_STEPS, steps=_STEPS)


def _examples(job: TrainerJob) -> list[Example]:
    # All drafts of one kept text form a group, which is never divided between training and judging.
    pairs = dict.fromkeys(pair for pair in draft_pairs(job) if pair[0] != pair[1])
    found = [Example(draft, kept, kept) for draft, kept in pairs if min(map(count_words, (draft, kept))) >= LEAST_WORDS]
    if len({one.group for one in found}) < LEAST_PAIRS:
        raise UserError(
            f"provide {LEAST_PAIRS} or more pairs with different kept texts, in which draft and kept text differ and "
            f"have {LEAST_WORDS} or more words each; there are {len(found)} pairs of that kind"
        )
    return found


if __name__ == "__main__":
    sys.exit(run(train))
