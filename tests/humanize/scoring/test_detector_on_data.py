from __future__ import annotations

import os
from pathlib import Path

import pytest

from humanize.scoring.linear import ARRAYS, unpack
from humanize.scoring.loader import shipped_manifest
from humanize.scoring.train.corpus import read_samples
from humanize.scoring.train.measure import auroc

ROOT = Path(__file__).resolve().parents[3]
WEIGHTS = ROOT / "humanize" / "scoring" / "weights" / ARRAYS
DATA = Path(os.environ.get("YOUMAN_DATA", ROOT.parent / "shared" / "data"))


@pytest.mark.data
@pytest.mark.skipif(
    not (DATA / "detector" / "dev.jsonl.gz").exists(), reason="the shared data set is absent (set YOUMAN_DATA)"
)
def test_the_shipped_detector_tells_the_dev_split_apart() -> None:
    import numpy as np

    model = unpack(WEIGHTS.read_bytes(), shipped_manifest().sha256)
    samples = read_samples(DATA, "dev")
    margins = [model.margin(list(sample.tokens)) for sample in samples]
    assert auroc(np.array([sample.label for sample in samples]), np.array(margins)) >= 0.96
