"""Training jobs on a disk that is really full: `python -m tests.workers.full_disk TIMES`, under `mounted`.

A small tmpfs in a mount namespace of its own holds all that training writes. While a trainer runs it is filled to the
last byte; then room is made, and the job must go on to the result of an undisturbed one. The last job never gets room:
it must fail with a message. Prints what became of each as JSON. Database and broker run already, on another disk.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from tests.waiting import wait_until

SIZE = "12m"
STEPS = 40


def possible() -> bool:
    """Whether this user may mount."""
    return shutil.which("unshare") is not None and (
        subprocess.run(mounted(Path("/mnt"), ["true"]), check=False, capture_output=True).returncode == 0
    )


def mounted(disk: Path, command: Sequence[str]) -> list[str]:
    """The command, to be run where `disk` is a small file system of its own, which nobody else sees."""
    inside = f'mount -t tmpfs -o size={SIZE} none "$1" && shift && exec "$@"'
    return ["unshare", "-m", "sh", "-c", inside, "sh", str(disk), *command]


def main(times: int) -> None:
    import django
    from django.conf import settings

    django.setup()
    disk = Path(settings.TRAINING_PATH).parent
    from tests.training.sample_pairs import dataset
    from tests.workers import worker
    from tests.writers import writer

    alice = writer("alice", "ENTERPRISE")
    dataset()
    here = worker.start("trainer")
    try:
        found = [_one(alice, number, disk, room_again=True) for number in range(times)]
        found.append(_one(alice, times, disk, room_again=False))
    finally:
        here.stop()
    print(json.dumps(found))


def _one(alice: object, number: int, disk: Path, *, room_again: bool) -> dict[str, object]:
    from tests.training.sample_pairs import job
    from tests.training.toy.jobs import let_go
    from tests.writers import Writer

    assert isinstance(alice, Writer)
    hold_at = 2 + number % 11
    row = job(alice, steps=STEPS, quick=True, checkpoint_every=2, seed=number, hold_at=hold_at)
    wait_until(lambda: _step(row.pk) == hold_at)
    ballast = _fill(disk)
    let_go(row)
    wait_until(lambda: _now(row.pk)["state"] in {"pending", "failed"})
    first = _now(row.pk)
    if room_again:
        ballast.unlink()
    wait_until(lambda: _moved_on(row.pk))
    ballast.unlink(missing_ok=True)
    return _now(row.pk) | {"first": first, "wanted": _expected(row.pk) if room_again else None}


def _fill(disk: Path) -> Path:
    """Fill the disk to the last byte, including space that is freed while it is being filled."""
    path = disk / "ballast"
    with path.open("wb", buffering=0) as file:
        size = 1024 * 1024
        while size:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2
    return path


def _moved_on(pk: UUID) -> bool:
    """The pause before another try is cut short; the clock is ours."""
    from training.jobs import dispatcher
    from training.models import TrainingJob

    TrainingJob.objects.filter(pk=pk, not_before__isnull=False).update(not_before=None)
    dispatcher.schedule()
    return _now(pk)["state"] in {"completed", "failed"}


def _step(pk: UUID) -> int:
    from training.models import TrainingJob

    return TrainingJob.objects.values_list("step", flat=True).get(pk=pk)


def _now(pk: UUID) -> dict[str, object]:
    from tests.training.toy.jobs import has_had_two_trainers
    from training.models import TrainingJob

    row = TrainingJob.objects.select_related("produced_version__model").get(pk=pk)
    made = row.produced_version
    return {
        "state": row.state,
        "failure": row.failure,
        "detail": row.failure_detail,
        "attempt": row.attempt,
        "retries": row.retries,
        "waits": row.waits_because,
        "result": made.config["state"] if made else None,
        "version": made.number if made else None,
        "two": has_had_two_trainers(row),
    }


def _expected(pk: UUID) -> int:
    from tests.training.toy.jobs import expected_state
    from training.models import TrainingJob

    return expected_state(TrainingJob.objects.select_related("dataset").get(pk=pk), STEPS)


if __name__ == "__main__":
    main(int(sys.argv[1]))
