"""A training job through stops of its database: `python -m tests.workers.database_outage STOPS`, as a process.

Starts a private PostgreSQL that may be stopped, a trainer process and one job; stops the server so often while the
trainer runs, and prints what became of the job as JSON.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

from tests.services import postgres, valkey

STEP_S = 0.1
OUT_S = 1.5
BETWEEN_S = 1.0


def main(stops: int) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="youman-outage-") as var,
        valkey.running() as redis,
        postgres.running() as url,
    ):
        toy = Path(__file__).resolve().parents[1] / "training" / "toy"
        os.environ |= {"YOUMAN_VAR": var, "REDIS_URL": redis, "DATABASE_URL": url, "TRAINER_FOLDERS": str(toy)}
        os.environ |= {"DJANGO_SETTINGS_MODULE": "youman.settings", "LOG_LEVEL": "ERROR"}
        import django

        django.setup()
        print(json.dumps(_through(Path(url.partition("host=")[2]), stops)))


def _through(home: Path, stops: int) -> dict[str, object]:
    from django.core.management import call_command

    from tests.training.sample_pairs import dataset, job
    from tests.training.toy.jobs import has_had_two_trainers
    from tests.workers import worker
    from tests.writers import writer

    call_command("migrate", verbosity=0)
    alice = writer("alice", "ENTERPRISE")
    dataset()
    steps = int((stops + 2) * (OUT_S + BETWEEN_S + 1.5) / STEP_S)
    here = worker.start("trainer")
    try:
        row = job(alice, steps=steps, step_s=STEP_S, quick=False)
        worker.wait_until(lambda: _now(row.pk)["step"] != 0, here)
        for _ in range(stops):
            _stop(home)
            time.sleep(OUT_S)
            _start(home)
            time.sleep(BETWEEN_S)
        worker.wait_until(lambda: _now(row.pk)["state"] in {"completed", "failed", "cancelled"}, here)
        return _now(row.pk) | {"wanted_points": steps, "two": has_had_two_trainers(row)}
    finally:
        here.stop()


def _now(pk: UUID) -> dict[str, object]:
    """{} figures while the database is away."""
    from django.db import DatabaseError, connection

    from registry.models import ModelVersion
    from training.models import TrainingJob

    try:
        row = TrainingJob.objects.get(pk=pk)
        points = row.metrics.filter(key="loss").count()
        versions = ModelVersion.objects.count()
    except DatabaseError:
        connection.close()
        return {"state": "", "step": 0}
    return {
        "state": row.state,
        "detail": row.failure_detail,
        "step": row.step,
        "attempt": row.attempt,
        "points": points,
        "versions": versions,
    }


def _stop(home: Path) -> None:
    _control(home, "-m", "immediate", "stop")


def _start(home: Path) -> None:
    _control(home, "-l", str(home / "log"), "-o", shlex.join(postgres.settings(home)), "start")


def _control(home: Path, *arguments: str) -> None:
    folder, user = postgres.binaries(), postgres.ordinary_user()
    assert folder is not None
    command = [str(folder / "pg_ctl"), "-D", str(home / "data"), "-w", *arguments]
    subprocess.run(command, check=True, user=user, stdout=subprocess.DEVNULL, cwd=home)


if __name__ == "__main__":
    main(int(sys.argv[1]))
