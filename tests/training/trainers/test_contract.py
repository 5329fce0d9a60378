"""The trainers' side of the contract when a run fails, tested with separate processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from training.contract.executor import EXIT_DISK_FULL, Observation
from training.jobs.outcome import classify

ROOT = Path(__file__).resolve().parents[3]
_TRAINER = """
import sys
from training.trainers.contract import TrainerJob, report, run

def train(job: TrainerJob) -> None:
    for step in range(10_000):
        report(type="progress", step=step, steps=10_000)

sys.exit(run(train))
"""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_trainer_whose_disk_is_full_ends_with_the_status_for_it(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", _TRAINER],
            env={"SAGEMAKER_BASE_DIR": str(tmp_path)},
            cwd=ROOT,
            check=False,
            stdout=full,
            stderr=full,
        )
    assert done.returncode == EXIT_DISK_FULL == 74
    assert classify(Observation("failed", "The trainer ended with status 74", done.returncode)) == "disk_full"
