"""Virtual environments for peers, made once under var/ and used again. A peer never shares the project's own."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path


def peer_python(folder: Path, packages: Sequence[str], program: str) -> Path:
    """Return the Python of the peer's environment, and install the packages into it on first use.

    `program` is a script or command in its `bin` that the packages bring; where it exists, nothing is installed again.
    Raises CalledProcessError or TimeoutExpired where the packages cannot be installed.
    """
    python = folder / "bin" / "python"
    if not (folder / "bin" / program).exists():
        venv.create(folder, with_pip=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
        subprocess.run(command, check=True, stdout=sys.stderr, timeout=900)
    return python
