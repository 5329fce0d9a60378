"""`python -m training.trainers.revision_torch`: the revision model with a network as its token scorer, in PyTorch.

Needs the extra `torch` where it trains; what it makes is served, and judged, without.
"""

from __future__ import annotations

import sys

from training.trainers.contract import Job, run
from training.trainers.neural.training import Framework, train

NAME = "revision_torch"


def main(job: Job) -> None:
    from training.trainers.neural.torch_net import TorchLearner
    from training.trainers.neural.torch_state import settle

    train(job, Framework(NAME, "pytorch", TorchLearner, settle))


if __name__ == "__main__":
    sys.exit(run(main))
