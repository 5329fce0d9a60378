"""The detector behind `detector@champion` scores; one text is always scored by one detector."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from humanize.generation import rewrite_order
from humanize.generation.rewrite_order import order_for
from humanize.models import Chunk, Edit, Transformation
from humanize.pipeline import champions
from humanize.samples import samples
from humanize.scoring import load_detector, score, shipped_detector
from humanize.transformations import create, worker
from humanize.transformations.create import CreateRequest
from humanize.transformations.final_text import final_text
from humanize.validation import check_options
from registry.models import Alias
from tests.buckets import keep_in_folder
from tests.humanize.detectors import champion, leaning
from tests.writers import Writer, writer

pytestmark = pytest.mark.django_db
TEXT = samples()[0].text


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Path:
    keep_in_folder(settings, tmp_path / "artifacts")
    settings.MODEL_COPIES_PATH = tmp_path / "copies"
    return tmp_path


@pytest.fixture
def alice(db: None) -> Writer:
    return writer("alice", "ENTERPRISE")


def rewritten(alice: Writer, wait: bool | None = None) -> Transformation:
    return create.create_transformation(
        account=alice.account, request=CreateRequest(TEXT, check_options(), wait=wait)
    ).row


def versions(row: Transformation) -> tuple[str, str, str]:
    assert row.scores is not None
    before, after = (row.scores[side]["detector_version"] for side in ("before", "after"))
    return before, after, row.detector_version


def test_without_a_champion_the_shipped_weights_score(alice: Writer) -> None:
    assert champions.DETECTOR.current() is shipped_detector()
    assert versions(rewritten(alice)) == (shipped_detector().version,) * 3
    assert champions.DETECTOR.trouble() == ""


def test_what_is_promoted_scores_and_moving_the_alias_changes_the_scores(alice: Writer, store: Path) -> None:
    plain = rewritten(alice)
    champion(store / "one", by=-3.0)
    champions.clear_cache()  # two seconds pass
    lower = rewritten(alice)
    champion(store / "two", by=3.0)
    champions.clear_cache()
    higher = rewritten(alice)
    assert [versions(row) for row in (lower, higher)] == [("detector/1",) * 3, ("detector/2",) * 3]
    likeness = [(row.scores or {})["before"]["ai_likeness"] for row in (lower, plain, higher)]
    assert likeness == sorted(likeness)
    assert len(set(likeness)) == 3
    asked = alice.post("score", {"text": TEXT}).body["scores"]
    assert asked["detector_version"] == "detector/2"
    note = asked.pop("likeness_note")
    assert note.startswith("How many human texts of this genre score this high is not known.")
    assert asked == (higher.scores or {})["before"]


def test_a_text_keeps_its_detector_when_the_alias_moves(alice: Writer, store: Path) -> None:
    champion(store / "one", by=-3.0)
    row = rewritten(alice)
    champion(store / "two", by=3.0)
    champions.clear_cache()
    Edit.objects.filter(transformation=row).update(decision="rejected", decision_scope="single")
    final = final_text(row)
    assert final.scores is not None
    assert row.scores is not None
    assert (final.scores.detector_version, final.note) == ("detector/1", "")
    assert final.scores.ai_likeness == row.scores["before"]["ai_likeness"]  # all edits rejected: the source again


def test_a_detector_that_is_gone_has_both_sides_scored_anew_and_it_says_so(alice: Writer, store: Path) -> None:
    champion(store / "one", by=-3.0)
    row = rewritten(alice)
    Alias.objects.all().delete()
    shutil.rmtree(store / "artifacts")
    shutil.rmtree(store / "copies")
    champions.clear_cache()
    Edit.objects.filter(transformation=row).update(decision="rejected", decision_scope="single")
    body = alice.get(f"transformations/{row.pk}/final").body
    sides = (body["scores_before"], body["scores"])
    assert [side["detector_version"] for side in sides] == [shipped_detector().version] * 2
    assert sides[0] == sides[1]
    assert body["scores_note"].startswith("Scores before and after were computed again: detector/1 cannot be read: ")


@pytest.mark.parametrize("gone", [False, True])
def test_a_resumed_text_ends_with_one_detector(
    alice: Writer, store: Path, gone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    champion(store / "one", by=-3.0)
    pk = rewritten(alice, wait=False).pk
    row = worker._claim(pk)
    assert row is not None
    monkeypatch.setattr(rewrite_order, "TARGET_WORDS", 60)
    order = order_for(row)
    assert worker._cut(row, order)
    chunks = list(Chunk.objects.filter(transformation=row).order_by("number"))
    assert len(chunks) > 1
    assert worker._rewrite(row, chunks[:1], order)
    Transformation.objects.filter(pk=pk).update(state="queued")  # its worker was killed, the reaper found it
    if gone:
        shutil.rmtree(store / "artifacts")
        shutil.rmtree(store / "copies")
    champion(store / "two", by=3.0)
    champions.clear_cache()
    worker.run(pk)
    row = Transformation.objects.get(pk=pk)
    assert row.state == "completed"
    assert versions(row) == (("detector/2" if gone else "detector/1"),) * 3
    assert ("Scored again by detector/2, because detector/1 no longer exists" in row.warnings) is gone


def test_a_damaged_champion_is_not_used_and_the_log_and_the_doctor_say_why(
    alice: Writer, store: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    champion(store / "one")
    for path in (store / "artifacts").rglob("*"):
        if path.is_file():
            path.write_bytes(b"x" + path.read_bytes()[1:])
    with caplog.at_level(logging.WARNING, logger="humanize.pipeline.champions"):
        assert versions(rewritten(alice)) == (shipped_detector().version,) * 3
    (said,) = [record.getMessage() for record in caplog.records if record.name == "humanize.pipeline.champions"]
    assert said.startswith("using the shipped detector: detector/1 is not used: ")
    call_command("check", databases=["default"], fail_level="ERROR")
    assert "(humanize.W001) Detector/1 is not used: " in capsys.readouterr().err


def test_a_detector_without_measured_rates_promises_nothing_about_human_texts(tmp_path: Path) -> None:
    detector = load_detector(leaning(tmp_path, 3.0), version="detector/7")
    found, usual = score(TEXT, detector=detector), score(TEXT)
    assert (found.detector_version, found.band, found.band_fpr) == ("detector/7", "high", None)
    assert (found.ai_likeness or 0.0) > (usual.ai_likeness or 0.0)
