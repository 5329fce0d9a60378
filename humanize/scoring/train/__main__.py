"""`python -m humanize.scoring.train --data ../shared/data`: reproduces the shipped weights, byte for byte."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from humanize.scoring.features import FeatureHasher
from humanize.scoring.train import figures
from humanize.scoring.train.calibrate import bands, calibrate, calibrated_scores
from humanize.scoring.train.corpus import CorpusText, read_samples
from humanize.scoring.train.fit import WORD_SUPPORT, Corpus, FittedModel, fit, out_of_fold
from humanize.scoring.train.matrix import Floats, anchors, count
from humanize.scoring.train.pack import pack, write
from humanize.scoring.train.report import Report

WEIGHTS = Path(__file__).resolve().parent.parent / "weights"


def corpus_of(samples: Sequence[CorpusText], hasher: FeatureHasher, min_texts: int = 1) -> Corpus:
    """Build the corpus. N-grams in fewer than `min_texts` texts are dropped, since training could not use them."""

    def column(name: str) -> NDArray[np.str_]:
        return np.array([getattr(sample, name) for sample in samples])

    words, shapes = count(samples, hasher, min_texts)
    labels, lengths = (np.array([getattr(sample, name) for sample in samples]) for name in ("label", "words"))
    about = [column(name) for name in ("domain", "source", "model", "group")]
    return Corpus(words, shapes, labels, lengths, *about)


def measure(
    version: str, corpus: Corpus, margins: Floats, dev: Corpus, model: FittedModel, scale: figures.Scale
) -> Report:
    dev_margins = model.margins(dev)
    return Report(
        version,
        figures.quality(corpus, margins, scale),
        figures.quality(dev, dev_margins, scale),
        figures.by_length(corpus, margins, scale),
        figures.by_length(dev, dev_margins, scale),
        figures.left_out_domains(corpus, scale),
        figures.left_out_sources(corpus, scale),
        figures.left_out_models(corpus, scale),
    )


def train(data: Path, out: Path, with_figures: bool) -> Report | None:
    samples = read_samples(data, "train")
    kept = anchors(samples)
    hasher = FeatureHasher(frozenset(kept))
    corpus = corpus_of(samples, hasher, WORD_SUPPORT[0])
    margins = out_of_fold(corpus)
    calibration = calibrate(margins, corpus.lengths, corpus.labels)
    likeness = calibrated_scores(margins, corpus.lengths, calibration)
    scale = figures.Scale(calibration, bands(likeness, corpus.lengths, corpus.labels))
    model = fit(corpus)
    version = write(pack(model, calibration, kept), scale.bands, out)
    if not with_figures:
        return None
    return measure(version, corpus, margins, corpus_of(read_samples(data, "dev"), hasher), model, scale)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m humanize.scoring.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that contains detector/train.jsonl.gz")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="folder for the weights and figures")
    parser.add_argument("--weights-only", action="store_true", help="skip the figures, which train 30 more models")
    options = parser.parse_args()
    with threadpool_limits(limits=1):  # sums over several threads round differently from run to run
        report = train(options.data, options.out, with_figures=not options.weights_only)
    if report:
        (options.out / "figures.json").write_text(report.as_json(), "utf-8")
        sys.stdout.write(report.as_markdown())


if __name__ == "__main__":
    main()
