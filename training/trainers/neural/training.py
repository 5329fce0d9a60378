"""A job of a revision model with a network, in whichever framework: read, fit, export, compare, publish."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from humanize.revision.model import CONFIG, GRAPH
from training.trainers.contract import Card, Job, TrainerError, note_base, publish, tell
from training.trainers.neural.fitting import Fitted, Make, NeuralSettings, fit_all, split, steps_of
from training.trainers.neural.keeping import kept
from training.trainers.neural.learner import Plan, TokenScorer
from training.trainers.neural.shape import Shape
from training.trainers.neural.strips import Strip, token_arrays
from training.trainers.revision.channels import aligned
from training.trainers.revision.outcome import CANDIDATE_INPUTS, INPUTS, OUTPUTS, auroc, chosen_thresholds
from training.trainers.revision.pairs import Aligned
from training.trainers.revision.session import OneGraph
from training.trainers.revision.trees import Growth

WEIGHTS, SHAPE = "weights.safetensors", "network.json"
MOST_APART = 1e-4  # of a probability, between the framework and the exported graph
_COMPARED = 50
_HELD_BACK = 10  # one kept text in ten where there is no dev channel
Files = dict[str, tuple[str, bytes | Path]]


@dataclass(frozen=True, slots=True)
class Framework:
    """``files`` are what the framework adds to the model folder."""

    trainer: str
    name: str
    make: Make
    settle: Callable[[int], None]
    files: Callable[[Fitted], Files] = lambda fitted: {}


def train(job: Job, framework: Framework) -> None:
    settings = settings_of(job)
    framework.settle(job.cpus)
    note_base(job)
    pairs, dev = _kept_apart(*aligned(job))
    data = split(pairs, dev, settings)
    state = kept(job.checkpoints, steps_of(data, settings))
    started = time.monotonic()
    with threadpool_limits(limits=1, user_api="blas"):  # NumPy's sums and scikit-learn's
        fitted = fit_all(framework.trainer, pairs, data, settings, framework.make, state)
    tell(type="note", message=f"fitted {len(pairs):,} pairs in {time.monotonic() - started:.0f} s")
    _publish(job, framework, fitted, dev, state.step)


def settings_of(job: Job) -> NeuralSettings:
    """Raises UserError."""
    seed = job.integer("seed", 0, 0, 2**32 - 1)
    shape = Shape(job.integer("bits", 20, 10, 22), job.integer("deep_bits", 16, 8, 20),
                  job.integer("width", 48, 4, 512), job.integer("layers", 4, 1, 8))  # fmt: skip
    plan = Plan(
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
    rank = Growth(job.integer("rank_trees", 150, 1, 2000), job.integer("rank_leaves", 15, 2, 255),
                  job.number("rank_rate", 0.06, 1e-4, 1.0), 40, seed)  # fmt: skip
    return NeuralSettings(
        shape, plan, rank, job.integer("language_bits", 20, 10, 22), job.number("least_good", 0.6, 0.0, 1.0)
    )


def _kept_apart(pairs: list[Aligned], dev: list[Aligned]) -> tuple[list[Aligned], list[Aligned]]:
    """When to stop is told by texts that are not fitted on: where no channel brings such, by some of train."""
    if dev:
        return pairs, dev
    back = [zlib.crc32(b"dev" + one.kept_text.encode("utf-8", "surrogatepass")) % _HELD_BACK == 0 for one in pairs]
    fit, held = ([one for one, out in zip(pairs, back, strict=True) if out is side] for side in (False, True))
    return (fit, held) if fit and held else (pairs, pairs[::_HELD_BACK])


def _publish(job: Job, framework: Framework, fitted: Fitted, dev: Sequence[Aligned], step: int) -> None:
    graph = fitted.graph()
    session = OneGraph(graph)
    apart = difference(fitted.learner, session, fitted, dev[:_COMPARED])
    tell(type="metric", key="onnx_difference", step=step, value=apart)
    if not apart <= MOST_APART:
        raise TrainerError(f"the exported graph differs from {framework.name} by {apart:g}, more than {MOST_APART:g}")
    levels = chosen_thresholds(fitted.model, session, dev, fitted.settings.least_good)
    model = fitted.with_thresholds(levels)
    found = auroc(model, dev, session)
    tell(type="metric", key="dev_auroc", step=step, value=found)
    shape = fitted.settings.shape
    files: Files = {
        GRAPH: ("model", graph),
        CONFIG: ("config", model.to_json()),
        WEIGHTS: ("model", bytes(save({name: np.ascontiguousarray(fitted.weights[name]) for name in shape.sizes()}))),
        SHAPE: ("config", (json.dumps(shape.as_dict(), indent=1) + "\n").encode()),
        **framework.files(fitted),
    }
    metrics = {"dev_auroc": round(found, 4), "onnx_difference": apart, "table_lines": float(len(model.table))}
    card = Card(
        framework.trainer, "humanize", framework.name, "convolutions over hashed n-grams + ranker", metrics,
        {"thresholds": list(levels), "protocol": "score", "network": shape.as_dict()}, INPUTS, OUTPUTS,
    )  # fmt: skip
    publish(job, card, files)


def difference(learner: TokenScorer[Strip], session: OneGraph, fitted: Fitted, pairs: Sequence[Aligned]) -> float:
    """The most by which a probability differs between the framework and the graph. NaN counts as endless."""
    most = 0.0
    for pair in pairs:
        arrays = token_arrays(pair.draft, fitted.model.hasher, fitted.model.bits)
        theirs = session.score(arrays | no_candidates())["where"]
        gap = np.abs(np.asarray(theirs, dtype=np.float64) - learner.where(arrays)).max()
        most = max(most, float(gap)) if np.isfinite(gap) else float("inf")
    return most


def no_candidates() -> dict[str, np.ndarray]:
    kinds = {"int32": np.int32, "int64": np.int64, "float32": np.float32}
    return {name: np.zeros((0, shape[1]), kinds[dtype]) for name, dtype, shape in CANDIDATE_INPUTS}
