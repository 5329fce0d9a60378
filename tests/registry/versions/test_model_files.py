"""A version that is registered can be deployed, or the missing file is named and nothing stays."""

from __future__ import annotations

import io
import json
import shutil
from itertools import chain, combinations
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django.fixtures import Settings

from humanize.judging import loader as judges
from humanize.scoring import loader
from registry.artifacts import storage
from registry.contracts import LocalFile
from registry.errors import NotDeployable
from registry.models import ModelArtifact, ModelVersion, RegisteredModel, VersionCounter
from registry.versions import lifecycle, publish
from tests.registry.conftest import safetensors
from youman.core.errors import TooLarge

pytestmark = pytest.mark.django_db
DETECTOR = ("detector.json", "detector.npz")
EDITOR = ("manifest.json", "revision.json", "model.onnx")
JUDGE = ("judge.json", "judge.npz")


def onnx() -> bytes:
    from onnx import TensorProto, helper

    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy")
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", [x], [y])
    return bytes(helper.make_model(graph, ir_version=9).SerializeToString())


def files(folder: Path) -> None:
    for name in DETECTOR:
        shutil.copy(loader._SHIPPED / name, folder / name)
    for name in JUDGE:
        shutil.copy(judges.SHIPPED / name, folder / name)
    (folder / "manifest.json").write_text(json.dumps({"files": []}))
    (folder / "revision.json").write_text("{}")
    (folder / "model.onnx").write_bytes(onnx())


def register(task: str, folder: Path, names: tuple[str, ...], *more: str) -> str:
    out = io.StringIO()
    given = [f"--file=config={folder / name}" for name in names]
    call_command("register_model", "mine", "--task", task, *given, *more, stdout=out)
    return out.getvalue()


def nothing_stayed() -> bool:
    tables = (RegisteredModel, ModelVersion, ModelArtifact, VersionCounter)
    no_bytes = [key for key in storage.store().keys() if "/" in key] == []  # noqa: SIM118  # a store is not a mapping
    return no_bytes and not any(one.objects.exists() for one in tables)


def parts(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    return list(chain.from_iterable(combinations(names, size) for size in range(1, len(names))))


CASES = [
    *(("humanize", EDITOR, part) for part in parts(EDITOR)),
    ("detect", DETECTOR[:1], DETECTOR[1:]),
    *(("judge", JUDGE, part) for part in parts(JUDGE)),
]


@pytest.mark.parametrize("dry_run", [True, False], ids=["dry run", "real"])
@pytest.mark.parametrize(("task", "needed", "part"), CASES, ids=["+".join(case[2]) for case in CASES])
def test_each_missing_file_is_named_and_nothing_stays(
    tmp_path: Path, task: str, needed: tuple[str, ...], part: tuple[str, ...], dry_run: bool
) -> None:
    files(tmp_path)
    missing = ", ".join(name for name in needed if name not in part)
    with pytest.raises(CommandError, match=f"missing: {missing}. "):
        register(task, tmp_path, part, *(["--dry-run"] if dry_run else []))
    assert nothing_stayed()


def test_a_whole_detector_is_registered(tmp_path: Path) -> None:
    files(tmp_path)
    assert register("detect", tmp_path, DETECTOR).endswith("mine/1 is ready with 2 artifacts\n")


def test_a_whole_judge_is_registered_and_a_damaged_one_is_not(tmp_path: Path) -> None:
    files(tmp_path)
    assert register("judge", tmp_path, JUDGE).endswith("mine/1 is ready with 2 artifacts\n")
    (tmp_path / JUDGE[1]).write_bytes(b"not arrays")
    with pytest.raises(CommandError, match="do not match their manifest"):
        register("judge", tmp_path, JUDGE)


def test_the_arrays_that_the_detector_names_are_missed(tmp_path: Path) -> None:
    files(tmp_path)
    with pytest.raises(CommandError, match=r"could not be deployed: .*detector\.npz"):
        register("detect", tmp_path, DETECTOR[:1])
    assert nothing_stayed()


@pytest.mark.parametrize("broken", DETECTOR)
@pytest.mark.parametrize("content", [b"{}", b"[]", b"not this"])
def test_files_that_do_not_load_are_refused_and_nothing_stays(tmp_path: Path, broken: str, content: bytes) -> None:
    files(tmp_path)
    (tmp_path / broken).write_bytes(content)
    with pytest.raises(CommandError):
        register("detect", tmp_path, DETECTOR)
    assert nothing_stayed()


def test_a_manifest_that_does_not_name_the_graph_is_refused(tmp_path: Path) -> None:
    files(tmp_path)
    with pytest.raises(CommandError, match=r"could not be deployed: .*model\.onnx"):
        register("humanize", tmp_path, EDITOR)
    assert nothing_stayed()


@pytest.mark.parametrize("known", [True, False], ids=["known model", "new model"])
def test_what_fails_while_bytes_are_stored_leaves_nothing(tmp_path: Path, settings: Settings, known: bool) -> None:
    if known:
        lifecycle.register_model(name="mine", task="humanize", actor="t")
    settings.ARTIFACT_MAX_MB = 1
    for name, size in (("a.safetensors", 10), ("b.safetensors", 300_000)):
        (tmp_path / name).write_bytes(safetensors(size))
    with pytest.raises(CommandError, match="An artifact may have at most 1 MB"):
        register("humanize", tmp_path, ("a.safetensors", "b.safetensors"), "--runs-elsewhere")
    assert not ModelVersion.objects.exists()
    assert not ModelArtifact.objects.exists()
    assert RegisteredModel.objects.exists() == known
    settings.ARTIFACT_MAX_MB = 9
    assert "mine/1 is ready" in register("humanize", tmp_path, ("a.safetensors",), "--runs-elsewhere")


def test_a_draft_with_a_graph_and_no_manifest_does_not_become_ready(tmp_path: Path) -> None:
    files(tmp_path)
    model = lifecycle.register_model(name="mine", task="humanize", actor="t")
    version = lifecycle.create_version(model=model, actor="t")
    publish.put_artifact(version=version, type="model", name="model.onnx", source=tmp_path / "model.onnx", actor="t")
    with pytest.raises(NotDeployable, match=r"mine/1 lacks manifest.json, revision.json"):
        lifecycle.mark_ready(version=version, actor="t")


def test_publishing_gives_the_number_back(tmp_path: Path, settings: Settings) -> None:
    lifecycle.register_model(name="mine", task="humanize", actor="t")
    settings.ARTIFACT_MAX_MB = 1
    big = tmp_path / "b.safetensors"
    big.write_bytes(safetensors(300_000))
    with pytest.raises(TooLarge):
        publish.publish_version(model="mine", actor="t", files=[LocalFile(big, "model")])
    assert VersionCounter.objects.get().last == 0
