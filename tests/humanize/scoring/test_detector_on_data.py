from __future__ import annotations

import os
from pathlib import Path

import pytest

from humanize.scoring import shipped
from humanize.scoring.train.corpus import read_samples
from humanize.scoring.train.measure import auroc

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("YOUMAN_DATA", ROOT.parent / "shared" / "data"))


@pytest.mark.data
@pytest.mark.skipif(
    not (DATA / "detector" / "dev.jsonl.gz").exists(), reason="the shared data set is absent (set YOUMAN_DATA)"
)
def test_the_shipped_detector_tells_the_dev_split_apart() -> None:
    import numpy as np

    samples = read_samples(DATA, "dev")
    margins = [shipped().detector.margin(list(sample.tokens)) for sample in samples]
    assert auroc(np.array([sample.label for sample in samples]), np.array(margins)) >= 0.96
