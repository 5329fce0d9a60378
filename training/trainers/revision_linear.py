"""`python -m training.trainers.revision_linear`: trains the linear revision model, which needs no extra.

The app never imports it. It is seeded and computes sums on one thread; a stopped run continues to the same bytes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from threadpoolctl import threadpool_limits

from humanize.revision.model import CONFIG, GRAPH
from training.trainers.contract import ModelDescription, TrainerJob, publish, report, run
from training.trainers.revision.base import read_base
from training.trainers.revision.channels import aligned_pairs
from training.trainers.revision.fit import FitSettings, FittedModel, fit_all
from training.trainers.revision.graph import whole_graph
from training.trainers.revision.pairs import AlignedPair
from training.trainers.revision.selection_report import INPUTS, OUTPUTS, auroc, choose_thresholds
from training.trainers.revision.session import GraphSession
from training.trainers.revision.stages import Stages, resume_stages
from training.trainers.revision.trees import TreeSettings

NAME = "revision_linear"
_LINEAR_FITS = 6
_SELECTION = 10  # without a dev channel, one pair in ten is used for selection


def train(job: TrainerJob) -> None:
    settings = _settings(job)
    base = read_base(job.base / "input" / "data" / "base", NAME, settings.bits)
    if base:
        report(type="note", message="continues from the vocabulary and the scorers' weights of the base version")
    pairs, dev = aligned_pairs(job)
    chosen_on = dev or pairs[::_SELECTION]
    steps = _LINEAR_FITS * settings.rounds + settings.where.trees + settings.rank.trees
    stages = resume_stages(job.checkpoints, steps)
    started = time.monotonic()
    with threadpool_limits(limits=1):  # sums over several threads are rounded differently in each run
        fitted = fit_all(NAME, pairs, settings, stages, base)
    report(type="note", message=f"fitted {len(pairs):,} pairs in {time.monotonic() - started:.0f} s")
    graph = whole_graph(fitted.tables, fitted.where, fitted.rank)
    _publish(job, fitted, graph, chosen_on, stages)


def _settings(job: TrainerJob) -> FitSettings:
    seed = job.integer("seed", 0, 0, 2**32 - 1)
    return FitSettings(
        bits=job.integer("bits", 21, 10, 22),
        language_bits=job.integer("language_bits", 20, 10, 22),
        penalty=job.number("penalty", 10.0, 1e-6, 1e6),
        rounds=job.integer("rounds", 20, 1, 500),
        where=TreeSettings(job.integer("where_trees", 250, 1, 2000), job.integer("where_leaves", 63, 2, 255),
                     job.number("where_rate", 0.08, 1e-4, 1.0), 100, seed),
        rank=TreeSettings(job.integer("rank_trees", 150, 1, 2000), job.integer("rank_leaves", 15, 2, 255),
                    job.number("rank_rate", 0.06, 1e-4, 1.0), 40, seed),
        rows=job.integer("rows", 2_000_000, 1000, 20_000_000),
        least_good=job.number("least_good", 0.5, 0.0, 1.0),
        seed=seed,
    )  # fmt: skip


def _publish(
    job: TrainerJob, fitted: FittedModel, graph: bytes, chosen_on: Sequence[AlignedPair], stages: Stages
) -> None:
    session = GraphSession(graph)
    levels = choose_thresholds(fitted.model, session, chosen_on, fitted.settings.least_good)
    model = fitted.with_thresholds(levels)
    found = auroc(model, chosen_on, session)
    report(type="metric", key="dev_auroc", step=stages.step, value=found)
    metrics = {"dev_auroc": round(found, 4), "table_lines": float(len(model.table))}
    files = {GRAPH: ("model", graph), CONFIG: ("config", model.to_json())}
    publish(job, _card(metrics, list(levels)), files)


def _card(metrics: dict[str, float], levels: list[float]) -> ModelDescription:
    return ModelDescription(
        trainer=NAME, task="humanize", framework="onnx",
        architecture="hashed linear token scorer, boosted trees on its context, candidate ranker",
        metrics=metrics, config={"thresholds": levels, "protocol": "score"},
        inputs=INPUTS, outputs=OUTPUTS,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(run(train))
