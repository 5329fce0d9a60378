from __future__ import annotations

from pathlib import Path

import pytest

from training.trainers.contract import UserError
from training.trainers.pretrained import pretrained_folder


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("shelf/tiny", "elsewhere/tiny", "shelf/empty"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("shelf/tiny", "elsewhere/tiny"):
        (tmp_path / name / "config.json").write_text("{}", "utf-8")
    (tmp_path / "shelf" / "link").symlink_to(tmp_path / "elsewhere" / "tiny")
    monkeypatch.setenv("PRETRAINED_FOLDERS", f"{tmp_path}/nowhere, {tmp_path}/shelf")
    return tmp_path / "shelf"


def test_a_model_is_found_by_name_and_by_path(shelf: Path) -> None:
    assert pretrained_folder("tiny") == pretrained_folder(str(shelf / "tiny")) == (shelf / "tiny").resolve()


@pytest.mark.parametrize("given", ["../elsewhere/tiny", "link", "empty", ".", "/etc", "google/flan-t5-small"])
def test_nothing_outside_the_allowed_folders_is_read(shelf: Path, given: str) -> None:
    with pytest.raises(UserError, match="is not a model folder in one of the folders of PRETRAINED_FOLDERS"):
        pretrained_folder(given)


def test_without_folders_the_error_says_what_to_configure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PRETRAINED_FOLDERS", raising=False)
    with pytest.raises(UserError, match="no folder with pretrained models is configured; set PRETRAINED_FOLDERS"):
        pretrained_folder("tiny")
