"""A model trained by the trainer answers a rewrite request: in process, and over HTTP with the same edits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from humanize.backends.revision import from_folder
from humanize.options import RewriteOptions
from humanize.pipeline.revision_engine import engine
from humanize.pipeline.rewrite import rewrite_text
from serving.backends.base import RewriteRequest
from serving.backends.runtime import ArtifactError

TEXT = (
    "Furthermore, the harbour office utilizes a robust plan for its members. It opened in 1987. "
    "Furthermore, the bakery leverages a comprehensive list in the old town."
)


@pytest.fixture
def folder(revision_job: Path) -> Path:
    return revision_job / "model"


def test_a_request_is_answered_with_replacements_and_reasons(folder: Path) -> None:
    backend = from_folder(folder)
    answer = backend.rewrite(RewriteRequest(TEXT, level=5, format="text"))
    changed = {(TEXT[one.start : one.end], one.after) for one in answer.replacements}
    assert ("utilizes", "uses") in changed
    assert all(one.reason.endswith(".") for one in answer.replacements)
    assert answer.model.startswith("revision_linear/")


def test_protected_stretches_stay(folder: Path) -> None:
    at = TEXT.index("utilizes")
    answer = from_folder(folder).rewrite(RewriteRequest(TEXT, level=5, format="text", protected=((at, at + 8),)))
    assert all(not (one.start < at + 8 and at < one.end) for one in answer.replacements)


def test_the_same_request_gives_the_same_answer(folder: Path) -> None:
    request = RewriteRequest(TEXT, level=5, format="text")
    assert from_folder(folder).rewrite(request) == from_folder(folder).rewrite(request)


def test_another_language_is_left_alone(folder: Path) -> None:
    answer = from_folder(folder).rewrite(RewriteRequest("Das ist ein Haus.", language="de"))
    assert (answer.replacements, answer.warnings) == ((), ("revision_linear does not write de",))


def test_it_is_an_engine_of_the_pipeline(folder: Path) -> None:
    backend = from_folder(folder)
    done = rewrite_text(
        TEXT, RewriteOptions(level=5, format="text"), engine=engine(backend.model, backend._scorer.score)
    )
    assert "1987" in done.result
    assert "utilizes" not in done.result


def test_a_folder_that_was_tampered_with_is_refused(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    config = json.loads((tmp_path / "revision.json").read_text("utf-8"))
    (tmp_path / "revision.json").write_text(json.dumps(config | {"thresholds": [0, 0, 0, 0, 0]}), "utf-8")
    with pytest.raises(ArtifactError, match=r"revision\.json differs from the file in the manifest"):
        from_folder(tmp_path)
