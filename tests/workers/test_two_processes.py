"""What one process deploys, promotes, drains or points the alias at, another sees by itself within seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from humanize.scoring import shipped_detector
from registry.models import ModelVersion
from serving.deployments import lifecycle, rollout
from tests.buckets import keep_in_folder
from tests.humanize.detectors import champion
from tests.serving.deployments.test_rollout import ask, versions  # noqa: F401  # a fixture
from tests.waiting import HANG_S
from tests.workers import worker

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Path:
    keep_in_folder(settings, tmp_path / "artifacts")
    return tmp_path


@pytest.fixture
def other(transactional_db: None, store: Path) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {"MODEL_ARTIFACTS_PATH": str(store / "artifacts"), "YOUMAN_VAR": str(store / "var")}
    if connection.vendor == "postgresql":
        environment |= {"DATABASE_URL": worker.database_url()}
    command = [sys.executable, "-m", "tests.workers.observer"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:
        timer = threading.Timer(HANG_S, child.kill)
        timer.start()
        yield child
        timer.cancel()
        child.kill()


def seen(child: subprocess.Popen[str], wanted: dict[str, object]) -> None:
    """Read lines until the other process prints the wanted one. The timer ends a process that never does."""
    assert child.stdout is not None
    for line in child.stdout:
        if json.loads(line) == wanted:
            return
    raise AssertionError(f"the other process ended before it saw {wanted}")


@pytest.mark.deep
def test_another_process_sees_a_deployment_its_share_its_end_and_the_champion(
    store: Path,  # before the versions, whose files it keeps
    versions: list[ModelVersion],  # noqa: F811
    other: subprocess.Popen[str],
) -> None:
    usual = shipped_detector().version
    seen(other, {"shares": {}, "detector": usual})
    made = rollout.deploy_version(request=ask(1), actor="tests")
    seen(other, {"shares": {"our-editor-1": 10}, "detector": usual})
    rollout.promote(deployment=made, actor="tests")
    seen(other, {"shares": {"our-editor-1": 100}, "detector": usual})
    second = rollout.deploy_version(request=ask(2, strategy="blue_green"), actor="tests")
    rollout.promote(deployment=second, actor="tests")
    seen(other, {"shares": {"our-editor-2": 100}, "detector": usual})
    rollout.roll_back(deployment=second, actor="tests")
    seen(other, {"shares": {"our-editor-1": 100}, "detector": usual})
    champion(store / "one")
    seen(other, {"shares": {"our-editor-1": 100}, "detector": "detector/1"})
    lifecycle.drain(deployment=made, actor="tests")
    seen(other, {"shares": {}, "detector": "detector/1"})
