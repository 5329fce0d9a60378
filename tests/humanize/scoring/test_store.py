from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from pathlib import Path

import pytest

from humanize.scoring import BANDS, FLAG_THRESHOLD, WeightsError
from humanize.scoring.store import manifest, shipped, unpack

WEIGHTS = files("humanize.scoring").joinpath("weights")
CARD = Path(__file__).resolve().parents[3] / "docs" / "detector-card.md"


def test_the_shipped_weights_match_their_manifest() -> None:
    digest = hashlib.sha256(WEIGHTS.joinpath("detector.npz").read_bytes()).hexdigest()
    assert manifest().sha256 == digest
    assert manifest().version == f"1.0.0+{digest[:12]}"


def test_damaged_weights_are_refused() -> None:
    raw = bytearray(WEIGHTS.joinpath("detector.npz").read_bytes())
    raw[-200] ^= 1
    with pytest.raises(WeightsError, match="do not match their manifest"):
        unpack(bytes(raw), manifest().sha256)


def test_the_weights_stay_small() -> None:
    assert len(WEIGHTS.joinpath("detector.npz").read_bytes()) < 5_000_000


def test_the_detector_is_read_once() -> None:
    assert shipped() is shipped()


def test_higher_bands_catch_fewer_human_texts() -> None:
    assert [band.name for band in BANDS] == ["low", "medium", "high"]
    assert [band.threshold for band in BANDS] == sorted(band.threshold for band in BANDS)
    assert BANDS[1].fpr <= 0.05
    assert BANDS[2].fpr <= 0.01
    assert BANDS[1].threshold == FLAG_THRESHOLD


def test_the_card_and_the_figures_speak_of_these_weights() -> None:
    figures = json.loads(WEIGHTS.joinpath("figures.json").read_text("utf-8"))
    card = CARD.read_text("utf-8")
    assert figures["version"] == manifest().version
    assert manifest().version in card
    assert f"{figures['dev']['auroc_all']:.4f}" in card
    assert f"{figures['domain_mean_auroc']:.3f}" in card
    assert f"{figures['worst_auroc']:.3f} ({figures['worst_domain']})" in card
