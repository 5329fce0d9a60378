"""``python -m humanize.scoring.train --data ../shared/data``: makes the shipped weights again, byte for byte."""

from __future__ import annotations

import argparse
import hashlib
import io
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from humanize.scoring.features import Hasher
from humanize.scoring.model import Calibration
from humanize.scoring.store import ARRAYS, MANIFEST
from humanize.scoring.train.corpus import Sample, read_samples
from humanize.scoring.train.fit import Corpus, Fitted, calibrate, fit, out_of_fold
from humanize.scoring.train.matrix import anchors, hash_all

MODEL_VERSION = "1.0.0"
WEIGHTS = Path(__file__).resolve().parent.parent / "weights"


def corpus_of(samples: list[Sample], hasher: Hasher) -> Corpus:
    words, shapes = hash_all(samples, hasher)
    return Corpus(
        words,
        shapes,
        np.array([sample.label for sample in samples]),
        np.array([sample.words for sample in samples]),
        np.array([sample.domain for sample in samples]),
        np.array([sample.source for sample in samples]),
        np.array([sample.group for sample in samples]),
    )


def pack(model: Fitted, calibration: Calibration, words: list[str]) -> bytes:
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "anchors": np.frombuffer("\n".join(words).encode(), dtype=np.uint8),
        "scalars": np.array(
            [
                model.bias,
                calibration.slope,
                calibration.slope_by_length,
                calibration.shift,
                calibration.shift_by_length,
            ],
            dtype=np.float32,
        ),
    }
    for name, stream in (("words", model.words), ("shapes", model.shapes)):
        arrays[f"{name}_keys"] = stream.keys
        arrays[f"{name}_idf"] = stream.idf.astype(np.float16)
        arrays[f"{name}_coef"] = stream.coef.astype(np.float16)
    target = io.BytesIO()
    np.savez(target, allow_pickle=False, **arrays)
    return target.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m humanize.scoring.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds detector/train.jsonl.gz")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="where the weights go")
    options = parser.parse_args()
    samples = read_samples(options.data, "train")
    kept = anchors(samples)
    corpus = corpus_of(samples, Hasher(frozenset(kept)))
    margins = out_of_fold(corpus)
    calibration = calibrate(margins, corpus.lengths.tolist(), corpus.labels)
    likeness = np.array([calibration.probability(m, w) for m, w in zip(margins, corpus.lengths.tolist(), strict=True)])
    human = likeness[(corpus.labels == 0) & (corpus.lengths >= 60)]
    medium, high = (float(np.ceil(np.quantile(human, 1 - rate) * 1000) / 1000) for rate in (0.05, 0.01))
    raw = pack(fit(corpus), calibration, kept)
    digest = hashlib.sha256(raw).hexdigest()
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / ARRAYS).write_bytes(raw)
    bands = [("low", 0.0), ("medium", medium), ("high", high)]
    manifest = {
        "version": f"{MODEL_VERSION}+{digest[:12]}",
        "sha256": digest,
        "flag_threshold": medium,
        "bands": [{"name": n, "threshold": t, "fpr": round(float((human >= t).mean()), 4)} for n, t in bands],
    }
    (options.out / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
