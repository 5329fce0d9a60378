"""Virtual environments for peers, made once under var/ and used again. A peer never shares ours."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path


def installed(folder: Path, packages: Sequence[str], program: str) -> Path:
    """The environment's Python; `program` is what the packages bring, and so the sign that they are there.

    Raises CalledProcessError or TimeoutExpired where they cannot be installed.
    """
    python = folder / "bin" / "python"
    if not (folder / "bin" / program).exists():
        venv.create(folder, with_pip=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
        subprocess.run(command, check=True, stdout=sys.stderr, timeout=900)
    return python
