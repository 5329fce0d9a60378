from __future__ import annotations

import hashlib
import io
import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from humanize.scoring import BANDS, FLAG_THRESHOLD, DetectorError, load_detector, shipped_detector
from humanize.scoring.linear import unpack
from humanize.scoring.loader import shipped_manifest

WEIGHTS = files("humanize.scoring").joinpath("weights")
CARD = Path(__file__).resolve().parents[3] / "docs" / "detector-card.md"


def test_the_shipped_weights_match_their_shipped_manifest() -> None:
    digest = hashlib.sha256(WEIGHTS.joinpath("detector.npz").read_bytes()).hexdigest()
    assert shipped_manifest().sha256 == digest
    assert shipped_manifest().version == f"2.0.0+{digest[:12]}"


def test_damaged_weights_are_refused() -> None:
    raw = bytearray(WEIGHTS.joinpath("detector.npz").read_bytes())
    raw[-200] ^= 1
    with pytest.raises(DetectorError, match="do not match their manifest"):
        unpack(bytes(raw), shipped_manifest().sha256)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("detector.json", b"{}", "is not a manifest of a detector"),
        ("detector.json", b"not json", "is not a manifest of a detector"),
        ("detector.npz", b"", "do not match their manifest"),
        ("detector.npz", None, "A file of the detector cannot be read"),
    ],
)
def test_another_folder_that_is_no_detector_is_refused_and_says_why(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    for one in ("detector.json", "detector.npz"):
        (tmp_path / one).write_bytes(WEIGHTS.joinpath(one).read_bytes())
    assert load_detector(tmp_path, version="detector/2").version == "detector/2"
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DetectorError, match=said):
        load_detector(tmp_path)


def test_arrays_that_are_no_detector_are_refused_though_their_hash_is_right(tmp_path: Path) -> None:
    target = io.BytesIO()
    np.savez(target, anchors=np.zeros(3, dtype=np.uint8))
    raw = target.getvalue()
    with pytest.raises(DetectorError, match="does not contain the arrays of a detector"):
        unpack(raw, hashlib.sha256(raw).hexdigest())


def test_the_weights_stay_small() -> None:
    assert len(WEIGHTS.joinpath("detector.npz").read_bytes()) < 5_000_000


def test_the_detector_is_read_once() -> None:
    assert shipped_detector() is shipped_detector()


def test_higher_bands_catch_fewer_human_texts() -> None:
    assert [band.name for band in BANDS] == ["low", "medium", "high"]
    assert [band.threshold for band in BANDS] == sorted(band.threshold for band in BANDS)
    assert BANDS[1].threshold == FLAG_THRESHOLD


def test_the_card_and_the_figures_speak_of_these_weights() -> None:
    figures = json.loads(WEIGHTS.joinpath("figures.json").read_text("utf-8"))
    card = CARD.read_text("utf-8")
    assert figures["version"] == shipped_manifest().version
    assert shipped_manifest().version in card
    assert f"{figures['dev']['auroc_all']:.4f}" in card
    assert f"{figures['domain_mean_auroc']:.3f}" in card
    assert f"{figures['worst_auroc']:.3f} ({figures['worst_domain']})" in card
