"""`python -m training.trainers.revision_linear`: the revision model of the base install, under the container contract.

Never imported by the app. Seeded, one thread a sum; a stopped run goes on to the same bytes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from humanize.revising import prepare
from humanize.revision.arrays import arrays_of
from humanize.revision.features import DENSE, TEMPLATES
from humanize.revision.model import CONFIG, GRAPH
from humanize.revision.ranking import FACTS, GRAMS
from training.trainers.contract import Card, Job, UserError, publish, run, tell
from training.trainers.revision.fitting import Fitted, Settings, fit_all
from training.trainers.revision.graph import whole_graph
from training.trainers.revision.judged import Judged, judge, untouched
from training.trainers.revision.pairs import Aligned, PairsError, align_all, read_pairs
from training.trainers.revision.selecting import curve, thresholds
from training.trainers.revision.session import OneGraph
from training.trainers.revision.stages import Stages, resumed
from training.trainers.revision.trees import Growth

NAME = "revision_linear"
LEAST_PAIRS = 40
_LINEAR_FITS = 6
_SELECTION = 10  # one pair in ten selects where there is no dev channel


def train(job: Job) -> None:
    settings = _settings(job)
    pairs, chosen_on = _pairs(job)
    steps = _LINEAR_FITS * settings.rounds + settings.where.trees + settings.rank.trees
    stages = resumed(job.checkpoints, steps)
    started = time.monotonic()
    with threadpool_limits(limits=1):  # sums over several threads round differently from run to run
        fitted = fit_all(NAME, pairs, settings, stages)
    tell(type="note", message=f"fitted {len(pairs):,} pairs in {time.monotonic() - started:.0f} s")
    graph = whole_graph(fitted.tables, fitted.where, fitted.rank)
    _publish(job, fitted, graph, chosen_on, stages)


def _settings(job: Job) -> Settings:
    seed = job.integer("seed", 0, 0, 2**32 - 1)
    return Settings(
        bits=job.integer("bits", 21, 10, 22),
        language_bits=job.integer("language_bits", 20, 10, 22),
        penalty=job.number("penalty", 10.0, 1e-6, 1e6),
        rounds=job.integer("rounds", 20, 1, 500),
        where=Growth(job.integer("where_trees", 250, 1, 2000), job.integer("where_leaves", 63, 2, 255),
                     job.number("where_rate", 0.08, 1e-4, 1.0), 100, seed),
        rank=Growth(job.integer("rank_trees", 150, 1, 2000), job.integer("rank_leaves", 15, 2, 255),
                    job.number("rank_rate", 0.06, 1e-4, 1.0), 40, seed),
        rows=job.integer("rows", 2_000_000, 1000, 20_000_000),
        least_good=job.number("least_good", 0.5, 0.0, 1.0),
        seed=seed,
    )  # fmt: skip


def _pairs(job: Job) -> tuple[list[Aligned], list[Aligned]]:
    """To fit and to select on. Raises UserError."""
    path, dev = job.channel("train"), job.channel("dev")
    if path is None:
        raise UserError("there is no channel train with a pairs.jsonl")
    pairs = _read(path)
    if len(pairs) < LEAST_PAIRS:
        raise UserError(f"{len(pairs)} pairs are too few; give at least {LEAST_PAIRS}")
    chosen_on = _read(dev) if dev is not None else []
    if not chosen_on:
        return pairs, pairs[::_SELECTION]
    return pairs, chosen_on


def _read(path: Path) -> list[Aligned]:
    try:
        return list(align_all(read_pairs(path)))
    except PairsError as error:
        raise UserError(str(error)) from error


def _publish(job: Job, fitted: Fitted, graph: bytes, chosen_on: Sequence[Aligned], stages: Stages) -> None:
    session = OneGraph(graph)
    drafts = [judge(pair, fitted.model.table) for pair in chosen_on]
    people = list(_people(chosen_on, fitted))
    on_drafts, on_people = (curve(fitted.model, session.score, texts) for texts in (drafts, people))
    model = fitted.with_thresholds(thresholds(on_people, on_drafts, fitted.settings.least_good))
    auroc = _auroc(model, chosen_on, session)
    tell(type="metric", key="dev_auroc", step=stages.step, value=auroc)
    metrics = {"dev_auroc": round(auroc, 4), "table_lines": float(len(model.table))}
    files = {GRAPH: ("model", graph), CONFIG: ("config", model.to_json())}
    publish(job, _card(metrics, list(model.thresholds)), files)


def _people(pairs: Sequence[Aligned], fitted: Fitted) -> list[Judged]:
    texts = dict.fromkeys(pair.kept_text for pair in pairs)
    prepared = [prepare(text) for text in texts]
    return [untouched(one, fitted.model.table, 0) for one in prepared if len(one.tokens)]


def _auroc(model: object, pairs: Sequence[Aligned], session: OneGraph) -> float:
    scores, gone = [], []
    for pair in pairs:
        draft = pair.draft
        fed = arrays_of(model, draft.tokens, (), draft.protected, draft.signals)  # type: ignore[arg-type]
        scores.append(session.score(fed)["where"])
        gone.append(pair.gone)
    labels = np.concatenate(gone)
    if labels.min() == labels.max():
        return 0.5
    return float(roc_auc_score(labels, np.concatenate(scores)))


def _card(metrics: dict[str, float], levels: list[float]) -> Card:
    return Card(
        trainer=NAME, task="humanize", framework="onnx",
        architecture="hashed linear token scorer, boosted trees on its context, candidate ranker",
        metrics=metrics, config={"thresholds": levels, "protocol": "score"},
        inputs=(
            ("grams", "int32", (-1, TEMPLATES)), ("dense", "float32", (-1, DENSE)), ("sentence", "int64", (-1,)),
            ("span", "int64", (-1, 2)), ("gone", "int32", (-1, GRAMS)), ("came", "int32", (-1, GRAMS)),
            ("facts", "float32", (-1, FACTS)),
        ),
        outputs=(("where", "float32", (-1,)), ("rank", "float32", (-1,))),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(run(train))
