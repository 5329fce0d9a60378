"""The judge behind `judge@champion`, found as the detector is; `test_detectors.py` has the rest of the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from humanize.judging import shipped_judge
from humanize.models import Edit
from humanize.pipeline import champions
from humanize.samples import samples
from registry.models import ModelVersion
from registry.versions import lifecycle, promotion
from tests.buckets import keep_in_folder
from tests.humanize.judges import publish_judge
from tests.writers import writer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> Path:
    keep_in_folder(settings, tmp_path / "artifacts")
    settings.MODEL_COPIES_PATH = tmp_path / "copies"
    return tmp_path


def promoted(version: ModelVersion) -> None:
    promotion.promote(version=version, alias="champion", actor="tests", reason="better")
    champions.clear_cache()  # two seconds pass


def test_without_a_champion_the_shipped_judge_is_used() -> None:
    assert champions.JUDGE.current() is shipped_judge()
    assert champions.JUDGE.trouble() == ""


def test_what_is_promoted_judges_and_what_judged_before_can_be_had_again(tmp_path: Path) -> None:
    promoted(publish_judge(tmp_path / "one", slope=2.0))
    first = champions.JUDGE.current()
    promoted(publish_judge(tmp_path / "two", slope=4.0))
    second = champions.JUDGE.current()
    assert [(one.version, one.slope) for one in (first, second)] == [("judge/1", 2.0), ("judge/2", 4.0)]
    assert champions.JUDGE.pinned("judge/1").slope == 2.0
    assert champions.JUDGE.pinned(shipped_judge().version) is shipped_judge()
    assert champions.JUDGE.pinned_or_current("judge/9").version == "judge/2"
    with pytest.raises(champions.ModelGone, match=r"the shipped judge 0\.0\.1 was replaced by 1\.0\.0"):
        champions.JUDGE.pinned("0.0.1")


def test_a_text_says_whether_it_reads_better_and_keeps_its_judge(tmp_path: Path) -> None:
    alice = writer("alice", "ENTERPRISE")
    promoted(publish_judge(tmp_path / "one", band=0.0))
    made = alice.post("transformations", {"text": samples()[0].text, "level": 5}).body
    judgement = made["scores"]["judgement"]
    assert (judgement["version"], judgement["verdict"]) == ("judge/1", "better")
    assert judgement["probability"] > 0.5
    promoted(publish_judge(tmp_path / "two", band=0.0))
    assert alice.get(f"transformations/{made['id']}/final").body["judgement"] == judgement
    Edit.objects.filter(transformation_id=made["id"]).update(decision="rejected", decision_scope="single")
    final = alice.get(f"transformations/{made['id']}/final").body["judgement"]
    assert final == {"verdict": "the same", "probability": 0.5, "version": "judge/1"}


@pytest.mark.parametrize(("text", "language"), [("Too few words to say.", "en"), (samples()[0].text, "de")])
def test_what_is_not_judged_has_no_verdict(text: str, language: str) -> None:
    made = writer("alice", "ENTERPRISE").post("transformations", {"text": text, "language": language}).body
    assert made["scores"]["judgement"] is None
    assert writer("bob", "FREE").get(f"transformations/{made['id']}/final").status == 404


def test_a_damaged_judge_is_not_used_and_the_doctor_says_why(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    version = publish_judge(tmp_path / "one")
    for path in (store / "artifacts").rglob("*"):
        if path.is_file():
            path.write_bytes(b"x" + path.read_bytes()[1:])
    promoted(version)
    assert champions.JUDGE.current() is shipped_judge()
    call_command("check", databases=["default"], fail_level="ERROR")
    assert "(humanize.W001) Judge/1 is not used: " in capsys.readouterr().err


def test_a_model_for_another_task_is_not_used(tmp_path: Path) -> None:
    lifecycle.register_model(name="judge", task="detect", actor="tests")
    promoted(publish_judge(tmp_path / "one"))
    assert champions.JUDGE.trouble() == "judge/1 is not used: it is a model for detect"
