from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from registry.contracts import GateCheck, GateResult, LocalFile, Metric, VersionSpec
from registry.models import ModelVersion, RegisteredModel
from registry.versions import lifecycle, publish
from tests.buckets import bucket_at, keep_in_folder, moto_server, swift_server, use  # noqa: F401  # fixtures

PASSED = GateResult((GateCheck("numbers kept", True), GateCheck("meaning kept", True)))


def safetensors(numbers: int = 4, fill: bytes = b"\x00\x00\x80?") -> bytes:
    """A whole file of one tensor of so many float32."""
    header = json.dumps({"w": {"dtype": "F32", "shape": [numbers], "data_offsets": [0, 4 * numbers]}}).encode()
    return struct.pack("<Q", len(header)) + header + fill * numbers


@pytest.fixture(autouse=True)
def artifact_folder(settings: Settings, tmp_path: Path) -> Path:
    keep_in_folder(settings, tmp_path / "artifacts")
    return tmp_path / "artifacts"


@pytest.fixture
def root(db: None) -> User:
    """May move protected aliases."""
    return User.objects.create_superuser("root")


@pytest.fixture
def clerk(db: None) -> User:
    """Staff without the right to move protected aliases."""
    return User.objects.create_user("clerk", is_staff=True)


@pytest.fixture
def model(root: User) -> RegisteredModel:
    return lifecycle.register_model(name="editor", task="humanize", actor=root, framework="onnx")


def weights(folder: Path, content: bytes = b"") -> LocalFile:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.safetensors"
    path.write_bytes(content or safetensors())
    return LocalFile(path, "model")


def published(
    model: RegisteredModel, folder: Path, quality: float = 0.8, content: bytes = b"", gate: GateResult | None = PASSED
) -> ModelVersion:
    spec = VersionSpec(metrics=(Metric("quality", quality),), gate=gate, dataset_hash="d" * 64)
    return publish.publish_version(model=model.name, actor="trainer", files=[weights(folder, content)], spec=spec)
