"""Trains the revision model within pairs/train and measures it on pairs/dev.

The trainer runs as its own process under the container contract; one pair in ten of train (by document) is held back
for choosing thresholds. `YOUMAN_EDITOR_MODEL` names a model folder to measure instead. No sentence is written.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.editor.second_detector import PAIR_SOURCES, Second, rewritten, second
from benchmarks.support import verdicts
from benchmarks.support.data import pair_rows, texts_of
from benchmarks.support.gains import GainTargets, judge_gain
from benchmarks.support.report import Figure, judged, publish
from humanize.options import RewriteOptions
from humanize.pipeline.revision_engine import prepare_document
from humanize.revision.arrays import arrays_of
from humanize.revision.tokens import SPACE
from training.evaluation.bootstrap import Estimate, estimate, f_half, ratio
from training.evaluation.edit_counts import EditCounts, HeldOutText, count_edits, prepare_text
from training.evaluation.revision import (
    BOLD,
    USUAL,
    LoadedModel,
    edit_by_rules,
    edit_nothing,
    load_model,
    percent,
    points,
)

SOURCES = ("l2r", "lamp", "hart_human_edit")
_SELECTION = 10


@dataclass(frozen=True, slots=True)
class Trained:
    """A model folder, and what it cost to make where it was made here."""

    folder: Path
    cpu_minutes: float | None


@dataclass(frozen=True, slots=True)
class Measured:
    """The texts of a source with what the model, the rules and nobody made of them."""

    texts: list[HeldOutText]
    model: EditCounts
    rules: EditCounts
    copy: EditCounts


def run(folder: Path) -> Path:
    """Train, measure and publish. Raises SystemExit where the data set is missing."""
    trained = _trained(folder)
    loaded = load_model(trained.folder)
    by_source = {source: _measured(loaded, source) for source in SOURCES}
    every = _together(list(by_source.values()))
    people = [prepare_text(text, text) for text in texts_of("dev").human]
    human = {level: count_edits(people, loaded.edits, level) for level in (USUAL, BOLD)}
    targets = GainTargets(lamp=35, l2r=45, worse=6)
    gains, gain_note = judge_gain(lambda text: rewritten([prepare_text(text, text)], loaded.edits)[0], targets)
    figures = [
        *_where(loaded, by_source),
        *_over(every),
        judged("lost", every.model.total("lost"), "texts", "=", 0),
        judged("length_out", every.model.total("length_out"), "texts", "=", 0),
        _drop(every),
        *gains,
        judged("human_edits_per_100w", _rate(human[USUAL]), "edits", "≤", 1.0),
        judged("signable", round(verdicts.signed_share(verdicts.EDITOR), 3), "share", "≥", 0.9),
        judged("train_minutes", trained.cpu_minutes, "CPU min", "≤", 15),
        judged("words_per_s", every.model.total("words") / every.model.total("seconds"), "words/s", "≥", 5000),
        judged("artifact_mb", _size(trained.folder), "MB", "≤", 50),
    ]
    notes = [*_notes(by_source, every, human), *_second_opinions(loaded, every.texts), gain_note]
    return publish("editor", figures, notes, folder)


def _trained(folder: Path) -> Trained:
    given = os.environ.get("YOUMAN_EDITOR_MODEL")
    if given:
        return Trained(Path(given), None)
    base = folder / "editor"
    shutil.rmtree(base, ignore_errors=True)
    _write_channels(base)
    environment = os.environ | {"SAGEMAKER_BASE_DIR": str(base)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "training.trainers.revision_linear"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=3600)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Trained(base / "model", spent / 60)


def _write_channels(base: Path) -> None:
    lines: dict[str, list[str]] = {"train": [], "dev": []}
    for row in pair_rows("train"):
        chosen = zlib.crc32(row["group"].encode()) % _SELECTION == _SELECTION - 1
        pair = {"id": row["id"], "original": row["ai_text"], "humanized": row["target_text"], "domain": row["domain"]}
        lines["dev" if chosen else "train"].append(json.dumps(pair, ensure_ascii=False))
    for name, found in lines.items():
        place = base / "input" / "data" / name
        place.mkdir(parents=True)
        (place / "pairs.jsonl").write_text("\n".join(found) + "\n", encoding="utf-8")


def _measured(loaded: LoadedModel, source: str) -> Measured:
    texts = [prepare_text(row["ai_text"], row["target_text"]) for row in pair_rows("dev") if row["source"] == source]
    return Measured(
        texts, *(count_edits(texts, editor, BOLD) for editor in (loaded.edits, edit_by_rules, edit_nothing))
    )


def _together(parts: Sequence[Measured]) -> Measured:
    def rows(name: str) -> EditCounts:
        return EditCounts(np.concatenate([getattr(part, name).rows for part in parts]))

    return Measured([text for part in parts for text in part.texts], rows("model"), rows("rules"), rows("copy"))


def _where(loaded: LoadedModel, by_source: dict[str, Measured]) -> list[Figure]:
    targets = {"l2r": 0.82, "lamp": 0.66}
    return [
        judged(f"auroc_{source}", auroc(loaded, by_source[source].texts), "AUROC", "≥", target)
        for source, target in targets.items()
    ]


def auroc(loaded: LoadedModel, texts: Sequence[HeldOutText], *, words_only: bool = False) -> float:
    """Of the where-scores, over the tokens of `humanize.text.align` (white space included) or words and marks only."""
    scores, labels = [], []
    for text in texts:
        ready = prepare_document(text.document, text.protected, RewriteOptions(language="en"))
        where = loaded.score(arrays_of(loaded.model, ready.tokens, (), ready.protected, ready.signals))["where"]
        keep = np.array([not words_only or word != SPACE for word in text.tokens.words])
        scores.append(where[keep])
        labels.append(text.gone[keep])
    return round(float(roc_auc_score(np.concatenate(labels), np.concatenate(scores))), 4)


def _f05(one: EditCounts) -> Estimate:
    return estimate(one.column("right", "proposed", "wanted"), f_half, seed=0)


def _sari(one: EditCounts) -> Estimate:
    return estimate(one.column("sari", "texts"), ratio, seed=0)


def _over(every: Measured) -> list[Figure]:
    """How far the model's interval lies above that of the rules (and of copy): above zero they do not meet."""
    found = []
    for name, figure in (("f05", _f05), ("sari", _sari)):
        mine, theirs, none = figure(every.model), figure(every.rules), figure(every.copy)
        gap = mine.low - max(theirs.high, none.high)
        found.append(
            Figure(f"{name}_over_rules", round(gap, 4), "gap", "> 0", gap > 0, round(mine.value - theirs.value, 4))
        )
    return found


def _drop(every: Measured) -> Figure:
    mine = estimate(every.model.column("flagged_before", "flagged_after", "scored"), points, seed=0)
    authors = estimate(every.copy.column("flagged_before", "flagged_author", "scored"), points, seed=0)
    return judged("flag_drop", round(mine.value, 2), "points", "≥", 15, round(authors.value, 2))


def _rate(one: EditCounts) -> float:
    return round(estimate(one.column("edits", "words"), percent, seed=0).value, 3)


def _size(folder: Path) -> float:
    return round(sum(path.stat().st_size for path in folder.iterdir()) / 1e6, 2)


def _notes(by_source: dict[str, Measured], every: Measured, human: dict[int, EditCounts]) -> list[str]:
    lines = [
        f"drafts at level {BOLD}, people's own texts at level {USUAL}",
        f"people's own texts at level {BOLD}: {_rate(human[BOLD])} edits per 100 words",
    ]
    for name, one in (*by_source.items(), ("all", every)):
        f05, sari = ([figure(t) for t in (one.model, one.rules, one.copy)] for figure in (_f05, _sari))
        lines += [
            f"{name}: F0.5 {_triple(f05)} (model, rules, copy)",
            f"{name}: SARI {_triple(sari)}",
            f"{name}: points flagged less {_flagged_less(one)} (model, rules, the authors' own edits)",
            f"{name}: edits per 100 words {_rate(one.model)} (model), {_rate(one.rules)} (rules)",
        ]
    texts = every.model.total("texts")
    alike, faulty = every.model.total("similarity") / texts, every.model.total("new_faults")
    return [*lines, f"similarity {alike:.4f}; {faulty:.0f} new faults in {texts:.0f} texts"]


def _second_opinions(loaded: LoadedModel, texts: list[HeldOutText]) -> list[str]:
    results = [rewritten(texts, loaded.edits), rewritten(texts, edit_by_rules), [text.kept_text for text in texts]]

    def line(title: str, found: Second) -> str:
        drops = ", ".join(f"{found.points_less(texts, one):.1f}" for one in results)
        return f"{title} (AUROC {found.auroc}): points flagged less {drops} (model, rules, the authors)"

    return [
        line("a second detector, words only", second()),
        line("one that knows no source of the pairs", second(without=PAIR_SOURCES)),
    ]


def _flagged_less(one: Measured) -> str:
    columns = ((one.model, "flagged_after"), (one.rules, "flagged_after"), (one.copy, "flagged_author"))
    drops = [estimate(which.column("flagged_before", after, "scored"), points, seed=0) for which, after in columns]
    return ", ".join(f"{drop.value:.1f} [{drop.low:.1f}–{drop.high:.1f}]" for drop in drops)


def _triple(found: Sequence[Estimate]) -> str:
    return ", ".join(f"{one.value:.3f} [{one.low:.3f}–{one.high:.3f}]" for one in found)
