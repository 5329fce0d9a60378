"""`python -m youman.launcher.demo`, the program behind `make demo`.

If `make run` is running on var/, it uses its processes; otherwise it starts a private Valkey.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import IO

from youman import embedded, env
from youman.launcher import guards, valkey
from youman.launcher.processes import ProcessKeeper


def main(arguments: list[str]) -> int:
    keeper = ProcessKeeper()
    lock = None
    try:
        if not env.text("REDIS_URL"):
            lock = _alone(keeper)
        return subprocess.run([sys.executable, "manage.py", "demo", *arguments], check=False, env=os.environ).returncode
    finally:
        keeper.stop()
        if lock is not None:
            lock.close()


def _alone(keeper: ProcessKeeper) -> IO[str] | None:
    """Lock var/ and start Valkey; do nothing if `make run` has already locked the folder."""
    try:
        lock = guards.hold_folder()
    except embedded.EmbeddedModeError as error:
        if "already runs" in str(error):
            return None
        raise
    program = valkey.binary()
    if program is not None:
        keeper.add("valkey", valkey.command(program))
    return lock


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
