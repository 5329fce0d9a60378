"""Artifacts of production that copies, older dumps and second installations delete from a store that they share.

Whole installations with SQLite files of their own over one folder of artifacts; each act is a process of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.support.data import ROOT
from benchmarks.support.report import Figure, judged
from benchmarks.support.servers import run_inside

BEFORE, SINCE = 2, 8  # versions stored before and since the copy was made
DAYS = (0, 8, 400)  # after which the other one collects
_MODULE = "benchmarks.lossless.foreign_deletes"


@dataclass(frozen=True, slots=True)
class _Place:
    """Installations over the same artifacts, each in a folder of its own below `root`."""

    root: Path

    def environment(self, name: str) -> dict[str, str]:
        ours = {"DATABASE_URL", "REDIS_URL", "LANE", "S3_BUCKET"}
        here = {"YOUMAN_VAR": str(self.root / name), "MODEL_ARTIFACTS_PATH": str(self.root / "artifacts")}
        return {key: value for key, value in os.environ.items() if key not in ours} | here

    def create(self, name: str) -> None:
        (self.root / name).mkdir()
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=self.environment(name), check=True)

    def act(self, name: str, what: str, number: int) -> str:
        return run_inside(self.environment(name), f"{_MODULE}.{what}", str(number))[-1]


def foreign_deletes() -> tuple[Figure, str]:
    """Count, over all stories and days, the artifacts that production needs and that are gone."""
    lost = acts = 0
    for story in (_copied_elsewhere, _restored_in_place, _second_installation):
        for days in DAYS:
            with tempfile.TemporaryDirectory(prefix="youman-foreign-") as folder:
                lost += story(_Place(Path(folder)), days)
            acts += 1
    note = f"{acts} stories: a copy, a dump restored in place, a second installation, collecting after {DAYS} days"
    return judged("foreign_deletes", lost, "artifacts", "=", 0), note


def _copied_elsewhere(place: _Place, days: int) -> int:
    return _told(place, lambda: shutil.copytree(place.root / "production", place.root / "copy"), "copy", days)


def _restored_in_place(place: _Place, days: int) -> int:
    """The older dump takes the place of production, whose newer artifacts are in no database any more."""
    place.create("production")
    place.act("production", "publish", BEFORE)
    shutil.copytree(place.root / "production", place.root / "dump")
    place.act("production", "publish", SINCE)
    needed = place.act("production", "needed", 0).split()
    for file in (place.root / "dump").glob("*sqlite3*"):
        with file.open("rb") as source, (place.root / "production" / file.name).open("wb") as target:
            shutil.copyfileobj(source, target)  # into the same file, as a restore in place does
    place.act("production", "collect", days)
    return _missing(place, needed)


def _second_installation(place: _Place, days: int) -> int:
    return _told(place, lambda: place.create("second"), "second", days)


def _told(place: _Place, make: Callable[[], object], other: str, days: int) -> int:
    place.create("production")
    place.act("production", "publish", BEFORE)
    make()
    place.act("production", "publish", SINCE)
    needed = place.act("production", "needed", 0).split()
    place.act(other, "collect", days)
    place.act("production", "collect", days)
    return _missing(place, needed)


def _missing(place: _Place, needed: list[str]) -> int:
    return sum(not (place.root / "artifacts" / key).exists() for key in needed)


def publish(number: str) -> int:
    """Inside an installation: store so many versions. Return how many."""
    from registry import selectors
    from registry.contracts import LocalFile
    from registry.versions import lifecycle
    from registry.versions.publish import publish_version
    from tests.registry.conftest import safetensors
    from youman.core.errors import NotFound

    try:
        selectors.model_named("editor")
    except NotFound:
        lifecycle.register_model(name="editor", task="humanize", actor="bench")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        for _ in range(int(number)):
            path.write_bytes(safetensors(4, os.urandom(4)))
            publish_version(model="editor", actor="bench", files=[LocalFile(path, "model")])
    return int(number)


def needed(_: str) -> str:
    """Inside an installation: return the keys whose bytes it needs."""
    from tests.registry.installations import live_keys

    return " ".join(sorted(live_keys()))


def collect(days: str) -> int:
    """Inside an installation: collect as if so many days had passed. Return how many objects were deleted."""
    from django.utils import timezone

    from registry.artifacts import retention

    report = retention.collect(
        actor="bench", grace=timedelta(0), now=timezone.now() + timedelta(days=int(days)), unknown=True
    )
    return len(report.deleted) + len(report.orphans)
