"""Models that are trained once per test run, by the first test that needs them, and read by all others."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from tests.training.trainers.drafts import SMALL, write_channel, write_detector_channel, write_hyperparameters
from tests.waiting import HANG_S
from training.trainers import contract


@pytest.fixture(scope="session")
def revision_job(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a finished job of `revision_linear`: input, model, and output in `log`. It is read-only."""
    return _once(tmp_path_factory, "revision_linear", prepare_revision_job)


@pytest.fixture(scope="session")
def detector_job(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a finished job of `detector`: input, model, and output in `log`. It is read-only."""
    return _once(tmp_path_factory, "detector", prepare_detector_job)


@pytest.fixture(scope="session")
def judge_job(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a finished job of `judge`: input, model, and output in `log`. It is read-only."""
    return _once(tmp_path_factory, "judge", prepare_judge_job)


def prepare_revision_job(base: Path) -> None:
    """Return the input of the shared job, for a job that must produce the same bytes."""
    write_channel(base, "train", 90, seed=1)
    write_channel(base, "dev", 20, seed=2)
    write_channel(base, "test", 30, seed=3)
    write_hyperparameters(base, **SMALL)


def prepare_detector_job(base: Path) -> None:
    """Return the input of the shared job, for a job that must produce the same bytes."""
    write_detector_channel(base, "train", 300, seed=1)
    write_detector_channel(base, "test", 60, seed=2)


def prepare_judge_job(base: Path) -> None:
    """Return the input of the shared job, for a job that must produce the same bytes."""
    write_channel(base, "train", 120, seed=1)
    write_channel(base, "test", 60, seed=2)


def command(trainer: str) -> list[str]:
    return [sys.executable, "-m", f"training.trainers.{trainer}"]


def environment(base: Path) -> dict[str, str]:
    return os.environ | {"SAGEMAKER_BASE_DIR": str(base)}


def run(trainer: str, base: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(trainer), env=environment(base), capture_output=True, text=True, timeout=HANG_S)


def kill_after(trainer: str, base: Path, *, step: int) -> None:
    """Run a job and kill it when it has reported the checkpoint of a step."""
    process = subprocess.Popen(command(trainer), env=environment(base), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        told = json.loads(line)
        if told["type"] == "checkpoint" and told["step"] == step:
            process.kill()
            break
    process.stdout.read()
    assert process.wait(HANG_S) == -9
    process.stdout.close()
    assert not (base / "model" / "manifest.json").exists()


def rerun_after_kill(trainer: str, base: Path, *, step: int) -> str:
    """Kill a job that has a base version, run it again to its end, and return its note on where it resumed."""
    (base / "input" / "data" / "base").mkdir()
    kill_after(trainer, base, step=step)
    again = run(trainer, base)
    assert again.returncode == 0, again.stderr
    told = [json.loads(line) for line in again.stdout.splitlines()]
    anew, resumed, *_ = [line["message"] for line in told if line["type"] == "note"]
    assert anew == "this trainer starts from zero; the base version is used only for the comparison at the gate"
    return str(resumed)


def refusal(trainer: str, base: Path) -> str:
    """Return the error of a job that ends before it trains. It runs in this process, which saves seconds."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SAGEMAKER_BASE_DIR", str(base))
            status = contract.run(import_module(f"training.trainers.{trainer}").train)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert status == 2
    return (base / "output" / "failure").read_text("utf-8")


def _once(factory: pytest.TempPathFactory, trainer: str, prepare: Callable[[Path], None]) -> Path:
    """Return a folder that the workers of one run share; the second waits for the lock of the first."""
    own = factory.getbasetemp()
    base = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / f"trained-{trainer}"
    base.mkdir(exist_ok=True)
    with (base / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (base / "log").exists():
            prepare(base)
            done = run(trainer, base)
            assert done.returncode == 0, done.stderr
            (base / "log").write_text(done.stdout, "utf-8")
    return base
