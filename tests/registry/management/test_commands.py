"""Every command of the registry, as people and as programs use it, with a dry run that changes nothing."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django.fixtures import Settings

from registry.models import Alias, AliasEvent, ModelArtifact, ModelVersion, RegisteredModel
from registry.transfer import signing
from registry.versions import lifecycle, promotion
from tests.registry.conftest import published, safetensors, weights

pytestmark = pytest.mark.django_db
GATE = '{"checks": [{"name": "numbers kept", "passed": true}]}'


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


def asked(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json"))


def test_register_model_makes_a_model_and_its_first_version(tmp_path: Path) -> None:
    path = weights(tmp_path).path
    command = ["register_model", "editor", "--task", "humanize", "--file", f"model={path}", "--metrics", '{"q": 0.9}']
    command.append("--runs-elsewhere")
    assert asked(*command, "--dry-run") == {
        "model": "editor", "registered": True, "version": None, "files": [str(path)], "dry_run": True,
    }  # fmt: skip
    assert (RegisteredModel.objects.count(), ModelArtifact.objects.count()) == (0, 0)
    found = asked(*command)
    assert (found["version"]["number"], found["version"]["state"], found["version"]["metrics"]) == (
        1, "ready", {"q": {"value": 0.9}},
    )  # fmt: skip
    assert run("register_model", "editor", "--file", f"model={path}", "--runs-elsewhere") == (
        "editor is already registered\neditor/2 is ready with 1 artifacts"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x"], "give --task"),
        (["x", "--task", "detect", "--file", "virus=/x"], "TYPE=PATH"),
        (["x", "--task", "detect", "--file", "model=/not/there"], "cannot be read"),
        (["x", "--task", "detect", "--metrics", "[1]"], "not a JSON object"),
        (["x", "--task", "detect", "--config", "@/not/there"], "neither JSON"),
        (["bad name", "--task", "detect"], "model's name"),
    ],
)
def test_register_model_refuses_with_the_reason(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run("register_model", *arguments)
    assert ModelArtifact.objects.count() == 0


def test_promote_says_what_failed_and_a_dry_run_moves_nothing(model: RegisteredModel, tmp_path: Path) -> None:
    published(model, tmp_path, gate=None)
    published(model, tmp_path)
    with pytest.raises(CommandError, match="no gate result"):
        run("promote", "editor/1", "champion", "--reason", "first")
    assert run("promote", "editor/1", "champion", "--reason", "first", "--gate", GATE, "--dry-run") == (
        "dry run: champion is now editor/1"
    )
    assert (Alias.objects.count(), AliasEvent.objects.count()) == (0, 0)
    assert run("promote", "editor/1", "champion", "--reason", "first", "--gate", GATE) == "champion is now editor/1"
    assert asked("promote", "editor/2", "champion", "--reason", "next")["event"]["before"] == 1
    assert run("promote", "editor/2", "champion", "--reason", "next") == "champion already points to editor/2"
    with pytest.raises(CommandError, match="is not a version"):
        run("promote", "editor", "champion")


def test_rollback_alias(model: RegisteredModel, tmp_path: Path) -> None:
    for reason in ("first", "second"):
        promotion.promote(version=published(model, tmp_path), alias="champion", actor="ops", reason=reason)
    dry = asked("rollback_alias", "editor", "champion", "--reason", "bad", "--dry-run")
    assert (dry["event"]["after"], AliasEvent.objects.count()) == (1, 2)
    assert run("rollback_alias", "editor", "champion", "--reason", "bad") == "champion of editor is 1 again, was 2"
    assert Alias.objects.get().version.number == 1


def test_lineage_by_version_and_by_alias_at_a_time(model: RegisteredModel, tmp_path: Path) -> None:
    version = published(model, tmp_path)
    moved = promotion.promote(version=version, alias="champion", actor="ops", reason="first")
    assert moved.event is not None
    assert run("lineage", "editor/1") == f"{'d' * 64} → editor/1 (used for)"
    at = moved.event.created_at.isoformat()
    told = run("lineage", "editor@champion", "--at", at, "--svg", str(tmp_path / "l.svg"))
    assert told.splitlines()[:3] == [
        f"champion was editor/1: set by ops, 'first', data {'d' * 64}",
        "  quality: 0.8 against nothing before",
        "  gate passed",
    ]
    assert (tmp_path / "l.svg").read_text().startswith('<svg class="graph"')
    assert asked("lineage", "editor@champion")["edges"] == [["d" * 64, "used for", "editor/1"]]
    with pytest.raises(CommandError, match="was not set"):
        run("lineage", "editor@champion", "--at", "2020-01-01T00:00:00Z")


def test_verify_artifacts_exits_1_for_damage(model: RegisteredModel, tmp_path: Path, artifact_folder: Path) -> None:
    published(model, tmp_path)
    size = len(safetensors())
    assert run("verify_artifacts") == f"checked 1 artifacts, {size} bytes"
    (artifact_folder / ModelArtifact.objects.get().key).unlink()
    with pytest.raises(CommandError, match="Damaged artifacts: 1;"):
        run("verify_artifacts", "editor/1", "--dry-run")
    assert ModelVersion.objects.get().fault == ""
    out = io.StringIO()
    with pytest.raises(CommandError, match="Damaged artifacts: 1;"):
        call_command("verify_artifacts", "editor", "--json", stdout=out)
    assert json.loads(out.getvalue())["damaged"][0]["verdict"] == "missing"
    assert ModelVersion.objects.get().fault == "model.safetensors is missing"


def test_prune_artifacts_prints_bytes(model: RegisteredModel, tmp_path: Path) -> None:
    lifecycle.archive(version=published(model, tmp_path), actor="ops")
    size = len(safetensors())
    dry = asked("prune_artifacts", "--dry-run")
    assert (dry["marked_bytes"], dry["deleted_bytes"]) == (size, 0)
    assert run("prune_artifacts").splitlines()[0] == f"marked 1 artifacts, {size} bytes"
    assert asked("prune_artifacts", "--grace-days", "0")["deleted_bytes"] == size
    with pytest.raises(CommandError, match="no model named"):
        run("prune_artifacts", "--model", "nobody")


def test_a_version_moves_between_installations(model: RegisteredModel, tmp_path: Path, settings: Settings) -> None:
    version = published(model, tmp_path)
    path = tmp_path / "editor.zip"
    assert asked("export_model", "editor/1", str(path), "--dry-run")["artifacts"] == 1
    assert not path.exists()
    key = asked("export_model", "editor/1", str(path))["public_key"]
    settings.KEYRING = ["another installation"]
    with pytest.raises(CommandError, match="not trusted"):
        run("import_model", str(path))
    settings.MODEL_ARCHIVE_KEYS = [key]
    assert asked("import_model", str(path), "--dry-run")["version"] is None
    assert ModelVersion.objects.count() == 1
    found = asked("import_model", str(path), "--as", "editor-copy")
    assert (found["version"], found["state"], found["signed_by"]) == ("editor-copy/1", "ready", key)
    copy = ModelVersion.objects.get(model__name="editor-copy")
    assert (copy.metrics, copy.gate, copy.dataset_hash) == (version.metrics, version.gate, version.dataset_hash)
    assert set(ModelArtifact.objects.values_list("sha256", flat=True)) == {version.artifacts.get().sha256}
    assert [str(one) for one in copy.references.all()] == [
        f"import editor/1 of {key}",
        f"archive {copy.references.get(kind='archive').reference}",
    ]


def changed(path: Path, name: str, data: bytes) -> Path:
    """The archive with one entry replaced."""
    with zipfile.ZipFile(path) as archive:
        entries = {one: archive.read(one) for one in archive.namelist()}
    target = path.with_name("changed.zip")
    with zipfile.ZipFile(target, "w") as archive:
        for one, content in entries.items():
            archive.writestr(one, data if one.startswith(name) else content)
    return target


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("manifest.json", b'{"format": "youman-model", "format_version": 1}', "changed after it was signed"),
        ("signature.json", b"[]", "not a JSON object"),
        ("signature.json", b"nonsense", "not JSON"),
        ("artifacts/", safetensors(9), "not the one that was signed"),
    ],
)
def test_an_archive_that_was_changed_is_refused_and_leaves_nothing_ready(
    model: RegisteredModel, tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    version = published(model, tmp_path)
    path = tmp_path / "editor.zip"
    run("export_model", str(version), str(path))
    with pytest.raises(CommandError, match=message):
        run("import_model", str(changed(path, name, data)))
    assert list(ModelVersion.objects.exclude(pk=version.pk).values_list("state", flat=True)) == []
    assert ModelArtifact.objects.filter(state="live").count() == 1


def test_a_damaged_version_is_not_exported(model: RegisteredModel, tmp_path: Path, artifact_folder: Path) -> None:
    published(model, tmp_path)
    (artifact_folder / ModelArtifact.objects.get().key).write_bytes(b"x")
    with pytest.raises(CommandError, match="differs from what was stored"):
        run("export_model", "editor/1", str(tmp_path / "e.zip"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["artifacts", "model.safetensors"]


def test_the_key_is_the_installation_s_own(settings: Settings) -> None:
    settings.KEYRING = ["a"]
    first = signing.public_key()
    settings.KEYRING = ["b", "a"]
    assert signing.public_key() != first
    settings.KEYRING = ["a"]
    signature = signing.sign(b"data")
    settings.KEYRING = ["b", "a"]
    signing.check_signature(b"data", signature, first)
