"""`python -m training.trainers.seq2seq_torch`: fine-tunes a language model from a local folder to edit as in the pairs.

Training and judging need the extra `torch`.
"""

from __future__ import annotations

import sys

from training.trainers.contract import TrainerJob, run


def main(job: TrainerJob) -> None:
    from training.trainers.language_model.job import train

    train(job)


if __name__ == "__main__":
    sys.exit(run(main))
