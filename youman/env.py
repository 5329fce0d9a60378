"""Reads the environment: typed parsers, secrets from files (`…_FILE`), and the paths of the embedded mode.

Only this module reads `os.environ` for the settings.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+@,-]+")
_UNIX_PATH_LIMIT = 100  # sockaddr_un holds 108 bytes on Linux and 104 on macOS


class EnvError(RuntimeError):
    """A variable has an invalid value; the message names it and says how to fix it."""


def text(name: str, default: str = "") -> str:
    """Return the variable, else the content of the file that NAME_FILE names, else the default. Raises EnvError."""
    if name in os.environ:
        return os.environ[name].strip()
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return default
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise EnvError(f"{name}_FILE names {path}, which cannot be read: {error.strerror}") from error


def flag(name: str, default: bool = False) -> bool:
    """Return the variable as a boolean. Raises EnvError."""
    value = text(name, "1" if default else "0").lower()
    if value not in _TRUE | _FALSE:
        raise EnvError(f"{name} is {value!r}; use 1 or 0")
    return value in _TRUE


def integer(name: str, default: int, minimum: int = 0) -> int:
    """Return the variable as a whole number of at least `minimum`. Raises EnvError."""
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError as error:
        raise EnvError(f"{name} is {value!r}; use a whole number") from error
    if number < minimum:
        raise EnvError(f"{name} is {number}; it must be at least {minimum}")
    return number


def words(name: str, default: str = "") -> list[str]:
    """Return the items of a comma-separated variable."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def in_pod(name: str) -> str:
    """Return the path of a file that Kubernetes puts into each pod; empty outside a pod."""
    path = Path("/var/run/secrets/kubernetes.io/serviceaccount") / name
    return str(path) if path.exists() else ""


def var_dir() -> Path:
    """Return the absolute path of the folder for all data: YOUMAN_VAR, else var/."""
    return Path(text("YOUMAN_VAR", str(BASE_DIR / "var"))).absolute()


def stored_secret(name: str, file_name: str) -> str:
    """Return the variable, or a secret that is generated on first use and stored in var/ (mode 0600).

    Raises EnvError.
    """
    given = text(name)
    return given or _read_or_make(var_dir() / file_name)


def _read_or_make(path: Path) -> str:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # O_EXCL decides between two first starts at the same time; the loser reads what the winner has written.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as error:
        raise EnvError(f"cannot write {path}: {error.strerror}; make it writable or set YOUMAN_VAR") from error
    value = path.read_text(encoding="utf-8").strip()
    if not value:
        raise EnvError(f"{path} is empty; delete it and start again")
    return value


def valkey_socket() -> Path:
    """Return the socket of the private Valkey.

    Its path is short, since the kernel limits its length, and has only plain characters, since it becomes part of a URL
    that two libraries parse differently.
    """
    path = var_dir() / "run" / "valkey.sock"
    if len(str(path)) <= _UNIX_PATH_LIMIT and _PLAIN_PATH.fullmatch(str(path)):
        return path
    key = hashlib.sha256(str(var_dir()).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"youman-{os.getuid()}-{key}" / "valkey.sock"


def redis_url() -> str:
    """Return REDIS_URL, else the URL of the private Valkey."""
    return text("REDIS_URL") or f"unix://{valkey_socket()}"


def broker_url() -> str:
    """Return the URL of the broker. Kombu writes sockets and database numbers differently from redis-py."""
    url = redis_url()
    if not url.startswith("unix://"):
        return url
    return (
        url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=").replace("&db=", "&virtual_host=")
    )


def database() -> dict[str, object]:
    """Return Django's DATABASES["default"]: PostgreSQL from DATABASE_URL, else SQLite in var/. Raises EnvError."""
    url = text("DATABASE_URL")
    return _postgres(url) if url else _sqlite(var_dir() / "youman.sqlite3")


def _sqlite(path: Path) -> dict[str, object]:
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}


def _postgres(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise EnvError("DATABASE_URL must have the form postgres://user:password@host:port/name")
    options: dict[str, object] = dict(parse_qsl(parts.query))
    host = unquote(parts.hostname or "") or str(options.pop("host", ""))
    # Requests run in many long-lived threads, so connections are pooled instead of kept for each thread.
    options["pool"] = {"min_size": 1, "max_size": integer("DATABASE_POOL", 16, minimum=1), "timeout": 5}
    return {
        "ENGINE": "youman.core.database.postgres",
        "NAME": unquote(parts.path.lstrip("/")) or "youman",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def choice(name: str, default: str, allowed: Iterable[str]) -> str:
    """Return the variable if it has one of the allowed values. Raises EnvError."""
    value = text(name, default)
    if value not in allowed:
        raise EnvError(f"{name} is {value!r}; use one of: {', '.join(allowed)}")
    return value
