"""What the selection pairs show about a fitted model: its thresholds, and how well it finds the places to edit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from sklearn.metrics import roc_auc_score

from humanize.pipeline.revision_engine import prepare
from humanize.revision.arrays import arrays_of
from humanize.revision.model import RevisionModel
from humanize.revision.ranker_features import FACTS, GRAMS
from humanize.revision.table import Table
from humanize.revision.token_features import DENSE, TEMPLATES
from training.trainers.contract import Ports
from training.trainers.revision.candidate_labels import LabelledCandidates, label_candidates, label_untouched
from training.trainers.revision.pairs import AlignedPair
from training.trainers.revision.session import GraphSession
from training.trainers.revision.threshold_selection import precision_curve, thresholds

TOKEN_INPUTS: Ports = (
    ("grams", "int32", (-1, TEMPLATES)),
    ("dense", "float32", (-1, DENSE)),
    ("sentence", "int64", (-1,)),
)
CANDIDATE_INPUTS: Ports = (
    ("span", "int64", (-1, 2)),
    ("gone", "int32", (-1, GRAMS)),
    ("came", "int32", (-1, GRAMS)),
    ("facts", "float32", (-1, FACTS)),
)
INPUTS: Ports = (*TOKEN_INPUTS, *CANDIDATE_INPUTS)
OUTPUTS: Ports = (("where", "float32", (-1,)), ("rank", "float32", (-1,)))


def choose_thresholds(
    model: RevisionModel, session: GraphSession, pairs: Sequence[AlignedPair], least_good: float
) -> tuple[float, ...]:
    drafts = [label_candidates(pair, model.table) for pair in pairs]
    people = list(_people(pairs, model.table))
    on_drafts, on_people = (precision_curve(model, session.score, texts) for texts in (drafts, people))
    return thresholds(on_people, on_drafts, least_good)


def _people(pairs: Sequence[AlignedPair], table: Table) -> Iterator[LabelledCandidates]:
    texts = dict.fromkeys(pair.kept_text for pair in pairs)
    prepared = (prepare(text) for text in texts)
    return (label_untouched(one, table, 0) for one in prepared if len(one.tokens))


def auroc(model: RevisionModel, pairs: Sequence[AlignedPair], session: GraphSession) -> float:
    scores, gone = [], []
    for pair in pairs:
        draft = pair.draft
        scores.append(session.score(arrays_of(model, draft.tokens, (), draft.protected, draft.signals))["where"])
        gone.append(pair.gone)
    labels = np.concatenate(gone)
    if labels.min() == labels.max():
        return 0.5
    return float(roc_auc_score(labels, np.concatenate(scores)))
