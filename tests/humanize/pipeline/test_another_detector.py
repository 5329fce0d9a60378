"""Another kind of detector is one class and one line in the loader: here one that counts commas."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from humanize.models import Transformation
from humanize.pipeline import champions
from humanize.pipeline.rewrite import rewrite_text
from humanize.scoring import Band, DetectorError, HumanRate, loader, score
from humanize.scoring.loader import Manifest, load_detector
from humanize.scoring.tokens import PlacedToken
from humanize.transformations import worker
from humanize.validation import check_options
from registry.contracts import GateCheck, GateResult, LocalFile, Metric, VersionSpec
from registry.versions import lifecycle, promotion, publish
from tests.buckets import keep_in_folder
from tests.writers import DRAFT, Writer, writer

TEXT = f"First, second, third and fourth. {DRAFT}"
GERMAN = "Erstens, zweitens, drittens und viertens: alles geht weiter."


@dataclass(frozen=True, slots=True)
class CommaDetector:
    """Takes every comma among ten tokens for a tenth of a machine."""

    version: str
    bands: tuple[Band, ...]
    flag_threshold: float
    human_rates: tuple[HumanRate, ...]
    languages: frozenset[str] = frozenset({"en", "de"})
    min_words: int = 5

    def likeness(self, text: str, tokens: Sequence[str]) -> float:
        return tokens.count(",") / len(tokens)

    def sentence_likeness(
        self, text: str, tokens: Sequence[PlacedToken], sentences: Sequence[tuple[int, int]]
    ) -> list[float]:
        return [
            self.likeness("", [token for token, _, _ in tokens[first:last]]) if last > first else 0.5
            for first, last in sentences
        ]


def load_commas(folder: Path, manifest: Manifest) -> CommaDetector:
    (folder / "commas.txt").read_text("utf-8")
    return CommaDetector(manifest.version, manifest.bands, manifest.flag_threshold, manifest.human_rates)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(loader.DETECTOR_KINDS, "commas", load_commas)
    about = {
        "kind": "commas",
        "version": "commas-1",
        "sha256": "",
        "flag_threshold": 0.05,
        "bands": [{"name": "sparse", "threshold": 0.0}, {"name": "dense", "threshold": 0.05}],
        "human_rates": [
            {"name": "lists", "genre": "post", "texts": 40, "bands": {"dense": {"interval": [0.02, 0.1]}}},
            {"name": "rare", "genre": "law", "texts": 29, "bands": {"dense": {"interval": [0.0, 0.4]}}},
        ],
    }
    (tmp_path / "detector.json").write_text(json.dumps(about), "utf-8")
    (tmp_path / "commas.txt").write_text(",", "utf-8")
    return tmp_path


@pytest.fixture
def alice(db: None) -> Writer:
    return writer("alice", "ENTERPRISE")


def promote(folder: Path) -> None:
    lifecycle.register_model(name="detector", task="detect", actor="tests")
    files = [LocalFile(folder / "commas.txt", "model"), LocalFile(folder / "detector.json", "config")]
    spec = VersionSpec(
        metrics=(Metric("auroc", 0.9),), gate=GateResult((GateCheck("auroc", True),)), dataset_hash="d" * 64
    )
    version = publish.publish_version(model="detector", actor="tests", files=files, spec=spec)
    promotion.promote(version=version, alias="champion", actor="tests", reason="commas tell")
    champions.clear_cache()


def test_the_pipeline_scores_by_it_in_its_languages_and_from_its_length_on(folder: Path) -> None:
    detector = load_detector(folder)
    rewrite = rewrite_text(TEXT, check_options(level=4), detector=detector)
    assert (rewrite.before.detector_version, rewrite.after.detector_version) == ("commas-1", "commas-1")
    assert (rewrite.before.ai_likeness, rewrite.before.band, rewrite.before.band_fpr) == (0.075, "dense", 0.1)
    german = score(GERMAN, language="de", detector=detector)
    assert (german.ai_likeness, german.readability, german.lexical_diversity) == (0.1667, None, None)
    assert score("One, two, three.", detector=detector).ai_likeness is None
    assert score(TEXT, language="fr", detector=detector).ai_likeness is None


@pytest.mark.django_db
def test_once_promoted_the_request_and_the_worker_score_by_it(
    alice: Writer, folder: Path, settings: Settings, tmp_path: Path
) -> None:
    keep_in_folder(settings, tmp_path / "artifacts")
    settings.MODEL_COPIES_PATH = tmp_path / "copies"
    promote(folder)
    at_once = alice.post("transformations", {"text": TEXT, "level": 4}).body
    queued = alice.post("transformations", {"text": TEXT, "level": 4, "wait": False}).body
    worker.run(Transformation.objects.get(pk=queued["id"]).pk)
    read = alice.get(f"transformations/{queued['id']}?sentences=1").body
    assert read["detector_version"] == at_once["detector_version"] == "detector/1"
    assert read["scores"] == at_once["scores"]
    assert read["scores"]["before"]["ai_likeness"] == 0.075
    assert read["sentences"]["before"][0]["ai_likeness"] == 0.3958


def test_a_kind_that_nobody_registered_is_refused_by_name(tmp_path: Path) -> None:
    bands = [{"name": "all", "threshold": 0.0}]
    about = {"kind": "tea-leaves", "version": "1", "sha256": "", "flag_threshold": 0.5, "bands": bands}
    (tmp_path / "detector.json").write_text(json.dumps(about), "utf-8")
    with pytest.raises(DetectorError, match="has the unknown kind 'tea-leaves'; this version reads linear"):
        load_detector(tmp_path)
