"""`python -m training.trainers.revision_torch`: the revision model with a network as its token scorer, in PyTorch.

The network is trained from scratch, or a pretrained encoder is fine-tuned. Training needs the extra `torch`; serving
and judging do not.
"""

from __future__ import annotations

import sys

from training.trainers.contract import TrainerJob, UserError, run
from training.trainers.neural.convolutions import ConvolutionDesign
from training.trainers.neural.fit import NeuralSettings
from training.trainers.neural.job import Framework, train

NAME = "revision_torch"


def main(job: TrainerJob) -> None:
    """Train with an encoder from a local folder, or from scratch.

    Raises UserError if the extra torch is incomplete.
    """
    from training.trainers.neural.torch_state import make_deterministic

    if job.hyperparameters.get("encoder", "").strip():
        try:
            from training.trainers.encoder.design import encoder_design
        except ModuleNotFoundError as error:
            raise UserError(f"an encoder needs {error.name}; run make install-torch") from error
        train(job, Framework(NAME, "pytorch", encoder_design, make_deterministic))
    else:
        train(job, Framework(NAME, "pytorch", _from_scratch, make_deterministic))


def _from_scratch(_job: TrainerJob, settings: NeuralSettings) -> ConvolutionDesign:
    from training.trainers.neural.torch_net import TorchLearner

    return ConvolutionDesign(settings.shape, settings.plan, TorchLearner)


if __name__ == "__main__":
    sys.exit(run(main))
