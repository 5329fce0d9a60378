"""Sets up the embedded mode on first use: folders, database, model catalogue, and the user `admin`.

It prints nothing, so that the output of a command contains only its own. With DATABASE_URL, the release step does this.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from youman import env

ADMIN = "admin"
CATALOGUE = env.BASE_DIR / "serving" / "catalogue" / "models.toml"
APPS = ("youman/core", "registry", "serving", "humanize", "training")


class EmbeddedModeError(RuntimeError):
    """The folder of the installation cannot be used; the message says how to fix it."""


def is_embedded() -> bool:
    """Return whether this is the embedded mode, which is used if DATABASE_URL is not set."""
    return not env.text("DATABASE_URL")


def prepare() -> None:
    """Set up the embedded mode; do nothing in the other mode. Raises EmbeddedModeError.

    Idempotent, safe for two processes at once, and fast if everything exists.
    """
    if not is_embedded() or _is_prepared():
        return
    with _alone():
        if not _is_prepared():
            _make()


def password_file() -> Path:
    """Return the file with the generated password of the user `admin`."""
    return env.var_dir() / "admin_password"


def _stamp_file() -> Path:
    return env.var_dir() / "run" / "prepared"


def _stamp() -> str:
    """Return a hash that changes with every new migration and with the model catalogue."""
    folders = [*(env.BASE_DIR / app for app in APPS), _folder_of("django_celery_beat")]
    names = sorted(path.name for folder in folders for path in (folder / "migrations").glob("0*.py"))
    return hashlib.sha256("\n".join(names).encode() + CATALOGUE.read_bytes()).hexdigest()


def _folder_of(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def _is_prepared() -> bool:
    stamp, database = _stamp_file(), env.var_dir() / "youman.sqlite3"
    return database.exists() and stamp.exists() and stamp.read_text() == _stamp()


@contextmanager
def _alone() -> Iterator[None]:
    make_folders()
    with (env.var_dir() / "run" / "prepare.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second process waits and then finds everything set up
        yield


def make_folders() -> None:
    """Create var/ and its folders, accessible only to this user. Raises EmbeddedModeError."""
    try:
        for folder in (env.var_dir(), env.var_dir() / "run", env.var_dir() / "static", env.valkey_socket().parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not env.valkey_socket().is_relative_to(env.var_dir()):
            _check_own(env.valkey_socket().parent)
        probe = env.var_dir() / "run" / f"probe-{os.getpid()}"
        probe.write_text("x")
        probe.unlink()
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise EmbeddedModeError(
            f"cannot write in {env.var_dir()}: {detail}; make it writable or set YOUMAN_VAR to another folder"
        ) from error


def _check_own(folder: Path) -> None:
    """Refuse a folder in the shared temporary directory that another user has created or can write in."""
    found = folder.stat()
    if found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o022:
        raise EmbeddedModeError(
            f"{folder} belongs to another user, or others can write in it; remove it or run chmod 700 on it"
        )


def _make() -> None:
    import django  # imported only when needed, since it takes a second
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("sync_catalogue", verbosity=0)
    call_command("sync_roles", verbosity=0)
    _make_admin()
    _stamp_file().write_text(_stamp())


def _make_admin() -> None:
    from django.contrib.auth.models import User

    from youman.core.accounts.lifecycle import create_account
    from youman.core.models.tiers import Tier

    if User.objects.filter(username=ADMIN).exists():
        return
    password = secrets.token_urlsafe(12)
    descriptor = os.open(password_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(password + "\n")
    create_account(username=ADMIN, password=password, tier=Tier.ENTERPRISE, staff=True)
