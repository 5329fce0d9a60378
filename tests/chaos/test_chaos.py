"""The short run of the lane of deep tests; the nightly command does a long one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house_rules.source import ROOT


@pytest.mark.deep
@pytest.mark.worker
def test_kills_under_load_lose_double_and_charge_nothing() -> None:
    command = [sys.executable, "-m", "tests.chaos", "--kills", "12", "--minutes", "0.6", "--clients", "4"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr[-3_000:]
    assert done.stdout.startswith("12 kills")
