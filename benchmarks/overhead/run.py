"""Runs both loops in an interpreter that has PyTorch: this one, or that of `make install-torch`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from benchmarks.support.data import ROOT
from benchmarks.support.report import Figure, judged, publish


def run(folder: Path) -> Path:
    """Measure where PyTorch is installed, and publish."""
    figure, note = measure()
    return publish("overhead", [figure], [note], folder)


def measure() -> tuple[Figure, str]:
    """Return the figure and a note about it; the figure is empty where PyTorch is missing."""
    own = ROOT / ".venv-torch" / "bin" / "python"
    if find_spec("torch") is None and not own.exists():
        return _figure(None), "trainer_overhead: not measured, the extra torch is missing (make install-torch)"
    command = [sys.executable if find_spec("torch") else str(own), "-m", "benchmarks.overhead.loops"]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(command, cwd=ROOT, env=os.environ | threads, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    each = ", ".join(f"{share:.3f}" for share in found["each"])
    return _figure(round(found["overhead"], 4)), (
        f"trainer_overhead: {found['trainer']:,.0f} tokens/s under the contract, {found['plain']:,.0f} in a plain "
        f"PyTorch loop with the same network and data on one thread, by turns; shares lost: {each}; of CPU time: "
        f"{found['cpu_overhead']:.3f}"
    )


def _figure(overhead: float | None) -> Figure:
    return judged("trainer_overhead", overhead, "share", "≤", 0.05)
