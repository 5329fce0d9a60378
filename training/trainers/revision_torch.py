"""`python -m training.trainers.revision_torch`: the revision model with a network as its token scorer, in PyTorch.

From scratch, or an encoder of others, tuned. Needs the extra `torch` where it trains; what it makes is served, and
judged, without.
"""

from __future__ import annotations

import sys

from training.trainers.contract import Job, UserError, run
from training.trainers.neural.convolutions import Convolutions
from training.trainers.neural.fit import NeuralSettings
from training.trainers.neural.job import Framework, train

NAME = "revision_torch"


def main(job: Job) -> None:
    from training.trainers.neural.torch_state import settle

    if job.hyperparameters.get("encoder", "").strip():
        try:
            from training.trainers.encoder.design import designed
        except ModuleNotFoundError as error:
            raise UserError(f"an encoder needs {error.name}: install the extra torch whole") from error
        train(job, Framework(NAME, "pytorch", designed, settle))
    else:
        train(job, Framework(NAME, "pytorch", _from_scratch, settle))


def _from_scratch(_job: Job, settings: NeuralSettings) -> Convolutions:
    from training.trainers.neural.torch_net import TorchLearner

    return Convolutions(settings.shape, settings.plan, TorchLearner)


if __name__ == "__main__":
    sys.exit(run(main))
