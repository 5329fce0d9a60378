"""`python -m training.trainers.seq2seq_torch`: tunes a language model from a local folder to edit as the pairs do.

Needs the extra `torch` where it trains and where the gate asks it.
"""

from __future__ import annotations

import sys

from training.trainers.contract import TrainerJob, run


def main(job: TrainerJob) -> None:
    from training.trainers.language_model.job import train

    train(job)


if __name__ == "__main__":
    sys.exit(run(main))
