"""A job that trains a revision model with a network, in any framework: read, fit, export, compare, publish."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

import numpy as np
from safetensors.numpy import save
from threadpoolctl import threadpool_limits

from humanize.revision.arrays import token_arrays
from humanize.revision.model import CONFIG, GRAPH
from training.trainers.contract import Files, ModelDescription, TrainerError, TrainerJob, note_base, publish, report
from training.trainers.neural.checkpoints import open_checkpoints
from training.trainers.neural.design import Design, R
from training.trainers.neural.fit import FittedNetworks, NeuralSettings, fit_all, split_halves, steps_of
from training.trainers.neural.protocols import P, TrainingPlan
from training.trainers.neural.shape import Shape
from training.trainers.revision.channels import aligned_pairs
from training.trainers.revision.pairs import AlignedPair
from training.trainers.revision.selection_report import CANDIDATE_INPUTS, OUTPUTS, auroc, choose_thresholds
from training.trainers.revision.session import GraphSession
from training.trainers.revision.trees import TreeSettings

WEIGHTS, SHAPE = "weights.safetensors", "network.json"
MOST_APART = 1e-4  # maximum difference of a probability between the framework and the exported graph
_COMPARED = 50
_HELD_BACK = 10  # without a dev channel, one kept text in ten decides when to stop


@dataclass(frozen=True, slots=True)
class Framework(Generic[R, P]):
    """One framework. ``design`` is called after ``make_deterministic``; ``files`` returns more files to publish."""

    trainer: str
    name: str
    design: Callable[[TrainerJob, NeuralSettings], Design[R, P]]
    make_deterministic: Callable[[int], None]
    files: Callable[[FittedNetworks[R, P]], Files] = lambda fitted: {}


def train(job: TrainerJob, framework: Framework[R, P]) -> None:
    settings = settings_of(job)
    framework.make_deterministic(job.cpus)
    note_base(job)
    design = framework.design(job, settings)
    pairs, dev = _kept_apart(*aligned_pairs(job))
    data = split_halves(pairs, dev, design)
    state = open_checkpoints(job.checkpoints, steps_of(data, design, settings))
    started = time.monotonic()
    with threadpool_limits(limits=1, user_api="blas"):  # NumPy's sums and scikit-learn's
        fitted = fit_all(framework.trainer, pairs, data, settings, design, state)
    report(type="note", message=f"fitted {len(pairs):,} pairs in {time.monotonic() - started:.0f} s")
    _publish(job, framework, fitted, dev, state.step)


def settings_of(job: TrainerJob) -> NeuralSettings:
    """Return the hyperparameters of a job. Raises UserError for invalid ones."""
    seed = job.integer("seed", 0, 0, 2**32 - 1)
    shape = Shape(job.integer("bits", 20, 10, 22), job.integer("deep_bits", 16, 8, 20),
                  job.integer("width", 48, 4, 512), job.integer("layers", 4, 1, 8))  # fmt: skip
    plan = TrainingPlan(
        epochs=job.integer("epochs", 4, 1, 100),
        rate=job.number("rate", 0.002, 1e-6, 1.0),
        decay=job.number("decay", 0.01, 0.0, 1.0),
        dropout=job.number("dropout", 0.2, 0.0, 0.9),
        tokens=job.integer("tokens", 8192, 256, 1_000_000),
        accumulate=job.integer("accumulate", 1, 1, 1000),
        patience=job.integer("patience", 1, 0, 100),
        light=job.number("light", 2.0, 0.0, 1000.0),
        seed=seed,
    )
    rank = TreeSettings(job.integer("rank_trees", 150, 1, 2000), job.integer("rank_leaves", 15, 2, 255),
                  job.number("rank_rate", 0.06, 1e-4, 1.0), 40, seed)  # fmt: skip
    return NeuralSettings(
        shape, plan, rank, job.integer("language_bits", 20, 10, 22), job.number("least_good", 0.6, 0.0, 1.0)
    )


def _kept_apart(pairs: list[AlignedPair], dev: list[AlignedPair]) -> tuple[list[AlignedPair], list[AlignedPair]]:
    """Return the pairs to fit, and pairs that are not fitted and decide when to stop: dev, or else a part of train."""
    if dev:
        return pairs, dev
    is_out = [zlib.crc32(b"dev" + pair.kept_text.encode("utf-8", "surrogatepass")) % _HELD_BACK == 0 for pair in pairs]
    fit, held = ([pair for pair, out in zip(pairs, is_out, strict=True) if out is side] for side in (False, True))
    return (fit, held) if fit and held else (pairs, pairs[::_HELD_BACK])


def _publish(
    job: TrainerJob, framework: Framework[R, P], fitted: FittedNetworks[R, P], dev: Sequence[AlignedPair], step: int
) -> None:
    graph, design = fitted.graph(), fitted.design
    session = GraphSession(graph)
    apart = difference(session, fitted, dev[:_COMPARED])
    report(type="metric", key="onnx_difference", step=step, value=apart)
    if not apart <= MOST_APART:
        raise TrainerError(f"the exported graph differs from {framework.name} by {apart:g}, more than {MOST_APART:g}")
    levels = choose_thresholds(fitted.model, session, dev, fitted.settings.least_good)
    model = fitted.with_thresholds(levels)
    found = auroc(model, dev, session)
    report(type="metric", key="dev_auroc", step=step, value=found)
    held = {name: np.ascontiguousarray(value) for name, value in design.published_weights(fitted.weights).items()}
    files: Files = {
        GRAPH: ("model", graph),
        CONFIG: ("config", model.to_json()),
        WEIGHTS: ("model", bytes(save(held))),
        SHAPE: ("config", (json.dumps(design.describe(), indent=1) + "\n").encode()),
        **design.files(),
        **framework.files(fitted),
    }
    metrics = {"dev_auroc": round(found, 4), "onnx_difference": apart, "table_lines": float(len(model.table))}
    card = ModelDescription(
        framework.trainer, "humanize", framework.name, design.title, metrics,
        {"thresholds": list(levels), "protocol": "score", "network": design.describe()}, design.ports, OUTPUTS,
    )  # fmt: skip
    publish(job, card, files)


def difference(session: GraphSession, fitted: FittedNetworks[R, P], pairs: Sequence[AlignedPair]) -> float:
    """Return the largest difference of a probability between the framework and the graph. NaN counts as infinite."""
    most = 0.0
    for pair in pairs:
        draft = pair.draft
        arrays = token_arrays(fitted.model, draft.tokens, draft.protected, draft.signals)
        theirs = session.score(arrays | no_candidates())["where"]
        gap = np.abs(np.asarray(theirs, dtype=np.float64) - fitted.learner.where(arrays)).max()
        most = max(most, float(gap)) if np.isfinite(gap) else float("inf")
    return most


def no_candidates() -> dict[str, np.ndarray]:
    kinds = {"int32": np.int32, "int64": np.int64, "float32": np.float32}
    return {name: np.zeros((0, shape[1]), kinds[dtype]) for name, dtype, shape in CANDIDATE_INPUTS}
