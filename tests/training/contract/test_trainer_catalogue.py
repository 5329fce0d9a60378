from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import LazySettings

from training.contract.trainer_catalogue import trainer_named, trainers
from training.errors import UnknownTrainer


@pytest.fixture
def shelf(settings: LazySettings, tmp_path: Path) -> Path:
    settings.TRAINER_FOLDERS = [str(tmp_path)]
    return tmp_path


def needing(folder: Path, name: str, *modules: str) -> None:
    body = {"name": name, "title": name, "task": "humanize", "module": f"somewhere.{name}", "needs": list(modules)}
    (folder / f"{name}.schema.json").write_text(json.dumps(body), "utf-8")


def test_a_trainer_is_listed_with_the_modules_it_lacks_and_cannot_be_chosen(shelf: Path) -> None:
    needing(shelf, "heavy", "json", "no_such_framework", "nor_this_one")
    needing(shelf, "light", "json")
    found = trainers()
    assert (found["heavy"].missing_modules, found["heavy"].is_usable) == (("no_such_framework", "nor_this_one"), False)
    assert (found["light"].missing_modules, found["light"].is_usable) == ((), True)
    assert trainer_named("light").module == "somewhere.light"
    with pytest.raises(
        UnknownTrainer, match="heavy needs Python modules that are not installed: no_such_framework, nor_this_one"
    ):
        trainer_named("heavy")


def test_the_projects_trainers_name_the_framework_that_each_needs(settings: LazySettings) -> None:
    folder = Path(__file__).resolve().parents[3] / "training" / "trainers"
    schemas = [json.loads(path.read_text("utf-8")) for path in folder.glob("*.schema.json")]
    needs = {one["name"]: one.get("needs", []) for one in schemas}
    assert needs == {
        "detector": [], "judge": [], "revision_linear": [], "revision_torch": ["torch"],
        "revision_tensorflow": ["tensorflow", "keras"], "seq2seq_torch": ["torch", "transformers", "peft"],
    }  # fmt: skip
    assert trainers().keys() >= needs.keys()
