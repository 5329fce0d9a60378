"""The default evaluator: a model on the held-out channel, compared with its base, the champion, the rules and a copy.

It runs in the process of the gate and imports no Django. Every figure has a bootstrap interval; a model is better than
another editor only if the whole interval of the difference is above zero.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from humanize.options import RewriteOptions
from humanize.pipeline.revision_engine import revise
from humanize.revision.arrays import Score, arrays_of
from humanize.revision.model import CONFIG, GRAPH, ModelError, RevisionModel, read_model
from humanize.revision.word_pieces import TOKENIZER
from humanize.rules import engine as rules_engine
from humanize.text.edits import TextEdit
from humanize.text.segment import SegmentedText
from humanize.text.spans import Span
from training.contract.executor import EvaluationRequest, GateFigure, GateReport
from training.evaluation.bootstrap import Estimate, Floats, estimate, f_half, ratio
from training.evaluation.checks import EvaluationError, find_leaks, judge_figure, read_channel
from training.evaluation.detector import evaluate_detector
from training.evaluation.edit_counts import EditCounts, Editor, HeldOutText, count_edits, prepare_text

BOLD, USUAL = 5, 3  # the levels at which drafts and people's own texts are edited


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A revision model from a folder that matches its manifest."""

    model: RevisionModel
    score: Score

    def edits(self, document: SegmentedText, protected: Sequence[Span], options: RewriteOptions) -> Sequence[TextEdit]:
        return revise(self.model, self.score, document, protected, options).edits


def evaluate(request: EvaluationRequest) -> GateReport:
    """Judge a revision model or a detector on the held-out channel. Raises EvaluationError."""
    return evaluate_detector(request) if request.task == "detect" else report(request, load_model)


class EditorModel(Protocol):
    """A model of any kind that edits."""

    def edits(
        self, document: SegmentedText, protected: Sequence[Span], options: RewriteOptions
    ) -> Sequence[TextEdit]: ...


def report(request: EvaluationRequest, load: Callable[[Path], EditorModel]) -> GateReport:
    """Judge the editor that `load` opens from a model folder, on the held-out channel. Raises EvaluationError."""
    thresholds = dict(request.thresholds)
    pairs = read_channel(request.data / "test")
    loaded = load(request.model)
    texts = [prepare_text(draft, kept) for draft, kept in pairs]
    systems = {"model": loaded.edits, "rules": edit_by_rules, "copy": edit_nothing}
    for name, folder in (("base", request.base), ("champion", request.champion)):
        if folder is not None:
            systems[name] = load(folder).edits
    trials = {name: count_edits(texts, editor, BOLD) for name, editor in systems.items()}
    figures = [
        *_own(trials["model"], trials["copy"], request.seed),
        *(_where(loaded, texts, request.seed) if isinstance(loaded, LoadedModel) else ()),
        *_on_people(loaded, pairs, request.seed),
        find_leaks(request.data, pairs),
    ]
    judged = [judge_figure(name, measured, thresholds) for name, measured in figures]
    compared = [
        figure for name in systems if name != "model" for figure in _comparisons(trials, name, request.seed, thresholds)
    ]
    return GateReport(
        (*judged, *compared), (f"{len(texts)} held-out texts at level {BOLD}; people's own texts at level {USUAL}",)
    )


def edit_by_rules(document: SegmentedText, protected: Sequence[Span], options: RewriteOptions) -> Sequence[TextEdit]:
    return rules_engine.rewrite(document, protected, options).edits


def edit_nothing(_document: SegmentedText, _protected: Sequence[Span], _options: RewriteOptions) -> Sequence[TextEdit]:
    return ()


def load_model(folder: Path) -> LoadedModel:
    """Load a revision model. Raises EvaluationError if the folder does not match its manifest."""
    from training.trainers.revision.session import GraphSession

    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        files = {entry["path"]: (folder / entry["path"]).read_bytes() for entry in manifest["files"]}
    except (OSError, ValueError, KeyError) as error:
        raise EvaluationError(f"the model folder is incomplete: {error}") from error
    for entry in manifest["files"]:
        if hashlib.sha256(files[entry["path"]]).hexdigest() != entry["sha256"]:
            raise EvaluationError(f"the SHA-256 of {entry['path']} differs from the one in its manifest")
    if CONFIG not in files or GRAPH not in files:
        raise EvaluationError(f"the model folder lacks {CONFIG} or {GRAPH}")
    try:
        model = read_model(files[CONFIG], files.get(TOKENIZER))
    except ModelError as error:
        raise EvaluationError(str(error)) from error
    return LoadedModel(model, GraphSession(files[GRAPH]).score)


def _own(model: EditCounts, unedited: EditCounts, seed: int) -> list[tuple[str, Estimate]]:
    def share(top: str, bottom: str, statistic: Callable[[Floats], Floats] = ratio) -> Estimate:
        return estimate(model.column(top, bottom), statistic, seed=seed)

    return [
        ("edit_f05", estimate(model.column("right", "proposed", "wanted"), f_half, seed=seed)),
        ("edit_precision", share("right", "proposed")),
        ("edit_recall", share("right", "wanted")),
        ("sari", share("sari", "texts")),
        ("similarity", share("similarity", "texts")),
        ("protected_kept", share("lost", "texts", _rest)),
        ("new_faults_per_100_texts", share("new_faults", "texts", percent)),
        ("length_out", share("length_out", "texts")),
        ("to_look", share("looks", "edits")),
        ("reads_better", share("better", "texts")),
        ("reads_worse", share("worse", "texts")),
        ("flag_drop", estimate(model.column("flagged_before", "flagged_after", "scored"), points, seed=seed)),
        (
            "author_flag_drop",
            estimate(unedited.column("flagged_before", "flagged_author", "scored"), points, seed=seed),
        ),
        ("edits_per_100w", share("edits", "words", percent)),
        ("words_per_s", share("words", "seconds")),
    ]


def _rest(totals: Floats) -> Floats:
    return 1.0 - ratio(totals)


def percent(totals: Floats) -> Floats:
    return 100.0 * ratio(totals)


def points(totals: Floats) -> Floats:
    """Return the first column minus the second, in percentage points of the third."""
    return np.asarray(100.0 * (totals[..., 0] - totals[..., 1]) / np.maximum(totals[..., 2], 1e-12))


def _where(loaded: LoadedModel, texts: Sequence[HeldOutText], seed: int) -> list[tuple[str, Estimate]]:
    from sklearn.metrics import roc_auc_score

    from humanize.pipeline.revision_engine import prepare_document

    scores, gone = list[NDArray[np.generic]](), list[NDArray[np.uint8]]()
    for text in texts:
        ready = prepare_document(text.document, text.protected, RewriteOptions(language="en"))
        fed = arrays_of(loaded.model, ready.tokens, (), ready.protected, ready.signals)
        scores.append(loaded.score(fed)["where"])
        gone.append(text.gone)
    both = {int(value) for part in gone for value in np.unique(part)}
    if both != {0, 1}:
        return []
    chance = np.random.default_rng(seed)

    def auroc(chosen: Sequence[int]) -> float:
        labels = np.concatenate([gone[index] for index in chosen])
        values = np.concatenate([scores[index] for index in chosen])
        return float(roc_auc_score(labels, values)) if np.ptp(labels) else 0.5

    drawn = [auroc(chance.integers(0, len(texts), len(texts)).tolist()) for _ in range(50)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return [("where_auroc", Estimate(auroc(range(len(texts))), float(low), float(high)))]


def _on_people(loaded: EditorModel, pairs: Sequence[tuple[str, str]], seed: int) -> list[tuple[str, Estimate]]:
    kept = dict.fromkeys(text for _, text in pairs)
    counts = count_edits([prepare_text(text, text) for text in kept], loaded.edits, USUAL)
    rate = estimate(counts.column("edits", "words"), percent, seed=seed)
    return [("human_edits_per_100w", rate)]


def _comparisons(
    trials: dict[str, EditCounts], other: str, seed: int, thresholds: Mapping[str, float]
) -> list[GateFigure]:
    """Return the differences to another editor on the same texts, drawn together, so that hard texts are hard for both.

    A threshold of the job for the figure replaces the default condition, which is "certainly better" for the rules and
    a copy, and "not certainly worse" for other models.
    """
    figures = []
    for name, columns, statistic in (
        ("edit_f05", ("right", "proposed", "wanted"), f_half),
        ("sari", ("sari", "texts"), ratio),
    ):
        width = len(columns)
        rows = np.concatenate([trials["model"].column(*columns), trials[other].column(*columns)], axis=1)

        def difference(totals: Floats, width: int = width, statistic: Callable[[Floats], Floats] = statistic) -> Floats:
            return statistic(totals[..., :width]) - statistic(totals[..., width:])

        gap = estimate(rows, difference, seed=seed)
        figure = f"{name}_over_{other}"
        least = thresholds.get(figure)
        passed = gap.low > 0.0 if other in {"rules", "copy"} else gap.high >= 0.0
        passed = passed if least is None else gap.value >= least
        figures.append(GateFigure(figure, gap.value, gap.low, gap.high, least or 0.0, "≥", passed, other))
    return figures


__all__ = ["Editor", "EvaluationError", "evaluate", "load_model"]
