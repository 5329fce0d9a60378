"""`python -m humanize.judging.train --data ../shared/data`: reproduces both shipped judges, byte for byte.

Half of the documents teach the ranker, the other half the reporter. Professional editors' pairs lead; human originals
of machine rewrites, of many genres, count for a sixth of the whole, since they teach register more than editing.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from humanize.judging.design import WORDS, Design
from humanize.judging.loader import SHIPPED as RANKER
from humanize.judging.reporter.gain import SHIPPED as REPORTER
from humanize.judging.reporter.syntax import SYNTAX
from humanize.judging.train import pack
from humanize.judging.train.fit import Example, accuracy, calibrate, fit, level_lengths, prepare, select

PROFESSIONALS, ORIGINALS = "lamp", "l2r"
SHARE_OF_ORIGINALS = 0.2  # of the weight of the professionals' pairs


def half_of(group: str) -> int:
    """Return the half of the documents to which a document belongs, 0 or 1."""
    return zlib.crc32(f"half {group}".encode()) % 2


def read_examples(data: Path, half: int) -> list[Example]:
    """Read one half of the training pairs. Raises FileNotFoundError if the data is missing."""
    found: dict[str, list[Example]] = {PROFESSIONALS: [], ORIGINALS: []}
    with gzip.open(data / "pairs" / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["source"] in found and half_of(row["group"]) == half:
                found[row["source"]].append(Example(row["ai_text"], row["target_text"], row["group"]))
    professionals, originals = found[PROFESSIONALS], found[ORIGINALS]
    weight = round(SHARE_OF_ORIGINALS * len(professionals) / len(originals), 4)
    return [*professionals, *(replace(one, weight=weight) for one in originals)]


def train(design: Design, examples: Sequence[Example], folder: Path) -> str:
    """Train a judge, write it, and return a line about it."""
    lead = np.array([one.weight == 1.0 for one in examples])
    material = prepare(design, level_lengths(examples) if design is SYNTAX else examples)
    penalty, margins = select(material)
    calibration = calibrate(margins, material.weights)
    raw, manifest, version = pack.files(design, fit(material, penalty), calibration)
    pack.write(folder, raw, manifest)
    right = [100 * accuracy(margins[rows], material.weights[rows]) for rows in (lead, ~lead)]
    return (
        f"{design.kind} {version}: {lead.sum()} + {(~lead).sum()} pairs, C {penalty:g}, slope {calibration.slope}, "
        f"band {calibration.band}, right on unseen documents {right[0]:.1f} % and {right[1]:.1f} %\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m humanize.judging.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that contains pairs/train.jsonl.gz")
    parser.add_argument("--out", type=Path, help="folder for both judges; by default they replace the shipped ones")
    options = parser.parse_args()
    with threadpool_limits(limits=1):  # sums over several threads round differently from run to run
        for half, (design, shipped) in enumerate(((WORDS, RANKER), (SYNTAX, REPORTER))):
            folder = options.out / design.kind if options.out else shipped
            sys.stdout.write(train(design, read_examples(options.data, half), folder))


if __name__ == "__main__":
    main()
