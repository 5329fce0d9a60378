"""`python -m training.trainers.revision_tensorflow`: the same model as `revision_torch`, in TensorFlow with Keras.

Training needs the extra `tensorflow`; serving and judging do not. It also writes a SavedModel.
"""

from __future__ import annotations

import sys

from training.trainers.contract import TrainerJob, run
from training.trainers.neural.fit import NeuralSettings
from training.trainers.neural.job import Framework, train

NAME = "revision_tensorflow"


def main(job: TrainerJob) -> None:
    from training.trainers.neural.convolutions import ConvolutionDesign
    from training.trainers.neural.tf_export import saved_model
    from training.trainers.neural.tf_net import TensorflowLearner, make_deterministic

    def design(_job: TrainerJob, settings: NeuralSettings) -> ConvolutionDesign:
        return ConvolutionDesign(settings.shape, settings.plan, TensorflowLearner)

    train(job, Framework(NAME, "tensorflow", design, make_deterministic, saved_model))


if __name__ == "__main__":
    sys.exit(run(main))
