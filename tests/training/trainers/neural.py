"""The common part of the tests of both frameworks: a small job, its process and its files."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from tests.training.trainers.drafts import write_channel, write_hyperparameters
from tests.waiting import HANG_S

SMALL = {
    "bits": 12, "deep_bits": 10, "width": 16, "layers": 2, "language_bits": 12, "epochs": 3, "tokens": 2048,
    "rate": 0.02, "rank_trees": 12, "rank_leaves": 4,
}  # fmt: skip


def job(base: Path, **given: object) -> Path:
    write_channel(base, "train", 70, seed=1)
    write_channel(base, "dev", 15, seed=2)
    write_channel(base, "test", 20, seed=3)
    write_hyperparameters(base, **(SMALL | given))
    (base / "input" / "config" / "resourceconfig.json").write_text('{"cpus": 1}', "utf-8")
    return base


def environment(base: Path) -> dict[str, str]:
    # One thread, as the local executor sets it: more wait for each other on a busy machine.
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return os.environ | threads | {"SAGEMAKER_BASE_DIR": str(base)}


def run(trainer: str, base: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", f"training.trainers.{trainer}"]
    return subprocess.run(command, env=environment(base), capture_output=True, text=True, timeout=HANG_S)


def stopped_at(trainer: str, base: Path, step: int, signum: int) -> int:
    """Send the signal once the run has reported the step. Return the exit status."""
    command = [sys.executable, "-m", f"training.trainers.{trainer}"]
    process = subprocess.Popen(
        command, env=environment(base), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("{") and json.loads(line).get("step", 0) >= step:
            process.send_signal(signal.Signals(signum))
            break
    process.stdout.read()
    process.stdout.close()
    return process.wait(HANG_S)


def told(log: str, kind: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return [line for line in lines if line["type"] == kind]


def manifest(base: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((base / "model" / "manifest.json").read_text("utf-8"))
    return found


def weights(base: Path, name: str = "weights.safetensors") -> dict[str, np.ndarray]:
    return load_file(base / "model" / name)


def hashes(base: Path) -> dict[str, str]:
    files = [path for path in (base / "model").rglob("*") if path.is_file()]
    return {
        path.relative_to(base / "model").as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }
