"""`python -m humanize.scoring.train --data ../shared/data`: reproduces the shipped weights, byte for byte."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from humanize.scoring.detector import Band
from humanize.scoring.features import FeatureHasher
from humanize.scoring.linear import MIN_WORDS, unpack
from humanize.scoring.loader import MANIFEST
from humanize.scoring.tokens import tokenise, words_of
from humanize.scoring.train import figures
from humanize.scoring.train.calibrate import bands, calibrate, calibrated_scores
from humanize.scoring.train.corpus import DRAFT_PARTS, CorpusText, read_draft_parts, read_drafts, read_samples
from humanize.scoring.train.fit import WORD_SUPPORT, Corpus, FittedModel, fit, folds_of, out_of_fold
from humanize.scoring.train.human_rates import MeasuredRate, count_reached, rates_by_domain, rates_in, unseen_texts
from humanize.scoring.train.matrix import Floats, anchors, count
from humanize.scoring.train.pack import pack, write
from humanize.scoring.train.report import Report

SUBJECT_FOLDS = 10
WEIGHTS = Path(__file__).resolve().parent.parent / "weights"


def corpus_of(samples: Sequence[CorpusText], hasher: FeatureHasher, min_texts: int = 1) -> Corpus:
    """Build the corpus. N-grams in fewer than `min_texts` texts are dropped, since training could not use them."""

    def column(name: str) -> NDArray[np.str_]:
        return np.array([getattr(sample, name) for sample in samples])

    words, shapes = count(samples, hasher, min_texts)
    labels, lengths, weights = (
        np.array([getattr(sample, name) for sample in samples]) for name in ("label", "words", "weight")
    )
    domains, sources, models, groups = (column(name) for name in ("domain", "source", "model", "group"))
    return Corpus(words, shapes, labels, lengths, domains, sources, models, groups, weights)


def measure(
    version: str, corpus: Corpus, dev: Corpus, model: FittedModel, scale: figures.Scale, rates: Sequence[MeasuredRate]
) -> Report:
    whole = corpus.sources != DRAFT_PARTS
    texts, margins, dev_margins = corpus.take(whole), out_of_fold(corpus)[whole], model.margins(dev)
    return Report(
        version,
        figures.quality(texts, margins, scale),
        figures.quality(dev, dev_margins, scale),
        figures.by_length(texts, margins, scale),
        figures.by_length(dev, dev_margins, scale),
        figures.left_out_domains(corpus, scale),
        figures.left_out_sources(corpus, scale),
        figures.left_out_models(corpus, scale),
        tuple(rates),
        tuple(_rates(dev, dev_margins, scale)),
    )


def _rates(corpus: Corpus, margins: Floats, scale: figures.Scale) -> list[MeasuredRate]:
    likeness = calibrated_scores(margins, corpus.lengths, scale.calibration)
    places = list(zip(corpus.sources.tolist(), corpus.domains.tolist(), strict=True))
    return rates_by_domain(likeness, corpus.labels, corpus.lengths, places, scale.bands)


def _unseen_rates(folder: Path, raw: bytes, bands: Sequence[Band]) -> list[MeasuredRate]:
    model = unpack(raw, hashlib.sha256(raw).hexdigest())
    found: list[MeasuredRate] = []
    for name, genre, texts in unseen_texts(folder):
        tokens = [one for one in map(tokenise, texts) if len(words_of(one)) >= MIN_WORDS]
        found.append(count_reached(name, genre, np.array([model.probability(one) for one in tokens]), bands))
    return found


def train(data: Path, out: Path, with_figures: bool, unseen: Path | None = None) -> Report | None:
    """Train, and write the weights and the manifest. `unseen` is a copy of the texts that `human_rates.UNSEEN` names;
    without it their rates are those of the manifest in `out`, if that belongs to the same weights.
    """
    texts = read_samples(data, "train") + read_drafts(data, 0)
    kept = anchors(texts)
    hasher = FeatureHasher(frozenset(kept))
    corpus = corpus_of([*texts, *read_draft_parts(data)], hasher, WORD_SUPPORT[0])
    whole = corpus.sources != DRAFT_PARTS
    # Calibration and bands must hold for subjects that training did not see, as those of most writers are.
    margins = out_of_fold(corpus, folds=folds_of(corpus.domains, SUBJECT_FOLDS))[whole]
    judged = corpus.take(whole)
    calibration = calibrate(margins, judged.lengths, judged.labels)
    likeness = calibrated_scores(margins, judged.lengths, calibration)
    scale = figures.Scale(calibration, bands(likeness, judged.lengths, judged.labels))
    model = fit(corpus)
    raw = pack(model, calibration, kept)
    digest = hashlib.sha256(raw).hexdigest()
    rates = _rates(judged, margins, scale)
    rates += _unseen_rates(unseen, raw, scale.bands) if unseen else rates_in(out / MANIFEST, digest)
    version = write(raw, scale.bands, out, rates)
    if not with_figures:
        return None
    return measure(version, corpus, corpus_of(read_samples(data, "dev"), hasher), model, scale, rates)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m humanize.scoring.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that contains detector/train.jsonl.gz")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="folder for the weights and figures")
    parser.add_argument("--unseen", type=Path, help="copy of the repository whose human texts are only measured")
    parser.add_argument("--weights-only", action="store_true", help="skip the figures, which train 30 more models")
    options = parser.parse_args()
    with threadpool_limits(limits=1):  # sums over several threads round differently from run to run
        report = train(options.data, options.out, not options.weights_only, options.unseen)
    if report:
        (options.out / "figures.json").write_text(report.as_json(), "utf-8")
        sys.stdout.write(report.as_markdown())


if __name__ == "__main__":
    main()
