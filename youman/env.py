"""Reads the environment: typed parsers, secrets from files (`…_FILE`), and the paths of the embedded mode.

Only this module reads `os.environ` for the settings.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
import secrets
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MOST_SHOWN = 100
_LABEL = r"[A-Za-z0-9_][A-Za-z0-9_-]{0,62}"
HOST_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*\.?")
_URL_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)*")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+@,-]+")
_UNIX_PATH_LIMIT = 100  # sockaddr_un holds 108 bytes on Linux and 104 on macOS


class EnvError(RuntimeError):
    """A variable has an invalid value; the message names it and says how to fix it."""


def text(name: str, default: str = "") -> str:
    """Return the variable, else the content of the file that NAME_FILE names, else the default.

    An empty variable counts as one that is not set. Raises EnvError, also for control characters and for bytes that are
    not UTF-8.
    """
    value = _plain(name, os.environ.get(name, ""))
    path = _plain(f"{name}_FILE", os.environ.get(f"{name}_FILE", ""))
    if value or not path:
        return value or default
    try:
        content = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise EnvError(f"{name}_FILE names {path}, which cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise EnvError(f"{name}_FILE names {path}, which is not UTF-8 text") from error
    return _plain(name, content) or default


def _plain(name: str, value: str) -> str:
    value = value.strip()
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise EnvError(f"{name} is not UTF-8 text")
    if _CONTROL.search(value):
        raise EnvError(f"{name} contains a control character, such as a line break; write the value on one line")
    return value


def flag(name: str, default: bool = False) -> bool:
    """Return the variable as a boolean. Raises EnvError."""
    value = text(name, "1" if default else "0").lower()
    if value not in _TRUE | _FALSE:
        raise EnvError(f"{name} is {_shown(value)}; use 1 or 0")
    return value in _TRUE


def integer(name: str, default: int, minimum: int = 0, maximum: int = 1_000_000) -> int:
    """Return the variable as a whole number from `minimum` to `maximum`. Raises EnvError."""
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError as error:
        raise EnvError(f"{name} is {_shown(value)}; use a whole number") from error
    if number < minimum:
        raise EnvError(f"{name} is {_shown(value)}; it must be at least {minimum}")
    if number > maximum:
        raise EnvError(f"{name} is {_shown(value)}; it must be at most {maximum}")
    return number


def port(name: str, default: int) -> int:
    """Return the variable as a port, 1 to 65535. Raises EnvError."""
    return integer(name, default, minimum=1, maximum=65_535)


def words(name: str, default: str = "", *, pattern: re.Pattern[str] | None = None, example: str = "") -> list[str]:
    """Return the items of a comma-separated variable. Raises EnvError for an item that `pattern` does not match."""
    items = [part.strip() for part in text(name, default).split(",") if part.strip()]
    for item in items:
        if pattern is not None and not pattern.fullmatch(item):
            raise EnvError(f"{name} contains {_shown(item)}; use items such as {example}, separated by commas")
    return items


def matching(name: str, default: str, pattern: re.Pattern[str], example: str) -> str:
    """Return the variable, which is empty or matches the pattern. Raises EnvError, which shows the example."""
    value = text(name, default)
    if value and not pattern.fullmatch(value):
        raise EnvError(f"{name} is {_shown(value)}; write it like {example}")
    return value


def secret(name: str) -> str:
    """Return a secret that is sent in a header: ASCII without spaces. Raises EnvError, which does not show it."""
    value = text(name)
    if not re.fullmatch(r"[!-~]*", value):
        raise EnvError(f"{name} contains a space or a character beyond ASCII; copy the secret again")
    return value


def _shown(value: str) -> str:
    return repr(value if len(value) <= _MOST_SHOWN else f"{value[:_MOST_SHOWN]}…")


def host(default: str) -> str:
    """Return HOST, the address or name to listen on, an IPv6 address without brackets. Raises EnvError."""
    value = text("HOST", default)
    bare = value[1:-1] if value.startswith("[") and value.endswith("]") else value
    if _address(bare) is None and (not HOST_NAME.fullmatch(bare) or bare.replace(".", "").isdigit()):
        raise EnvError(f"HOST is {_shown(value)}; use an address such as 127.0.0.1, 0.0.0.0 or ::1")
    return bare


def reachable_host(listening: str) -> str:
    """Return the host to write into addresses of this machine for one that it listens on."""
    if listening in {"0.0.0.0", "::"}:  # noqa: S104  # compared, not listened on
        return "127.0.0.1" if listening == "0.0.0.0" else "[::1]"  # noqa: S104  # the same
    return f"[{listening}]" if ":" in listening else listening


def _address(value: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(value)
    except ValueError:
        return None


def web_address(name: str, default: str = "", *, path: bool = True) -> str:
    """Return an http or https address without a final slash, or an empty string. Raises EnvError."""
    value = text(name, default).rstrip("/")
    if not value:
        return ""
    problem = EnvError(f"{name} is {_shown(value)}; write it like https://youman.example{'/path' if path else ''}")
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise problem from error
    known = parts.hostname or ""
    wrong_host = not HOST_NAME.fullmatch(known) and _address(known) is None
    extra = parts.username is not None or parts.query or parts.fragment or "?" in value or "#" in value
    wrong_path = not _URL_PATH.fullmatch(parts.path) or (parts.path and not path)
    if parts.scheme not in {"http", "https"} or wrong_host or extra or wrong_path or parts.port == 0:
        raise problem
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(':')}{parts.path}"


def proxies() -> tuple[bool, tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]]:
    """Return TRUST_PROXY: whether any peer is a proxy (1), and the networks of proxies (a list). Raises EnvError."""
    value = text("TRUST_PROXY", "0")
    if value.lower() in _TRUE | _FALSE:
        return value.lower() in _TRUE, ()
    try:
        return False, tuple(ipaddress.ip_network(item) for item in words("TRUST_PROXY"))
    except ValueError as error:
        detail = "use 1, 0, or addresses and networks such as 10.0.0.0/8, separated by commas"
        raise EnvError(f"TRUST_PROXY is {_shown(value)}; {detail}") from error


def pairs(name: str, items: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the values of items such as `a=1`, `a=2`, `b=3` of the variable `name`, by name. Raises EnvError."""
    found: dict[str, tuple[str, ...]] = {}
    for part in items:
        key, separator, value = (piece.strip() for piece in part.partition("="))
        if not key or not separator or not value:
            raise EnvError(f"{name} must be a list such as openai=gateway.example; {part[:100]!r} has another form")
        found[key] = (*found.get(key, ()), value.lower())
    return found


def in_pod(name: str) -> str:
    """Return the path of a file that Kubernetes puts into each pod; empty outside a pod."""
    path = Path("/var/run/secrets/kubernetes.io/serviceaccount") / name
    return str(path) if path.exists() else ""


@contextmanager
def plain_errors() -> Iterator[None]:
    """End the process with one line if a variable is wrong, instead of with a traceback.

    Within uvicorn the status is 3, for which it stops all of its workers. For any other status, and for a worker that
    is still cleaning up, it would start the failed one again and again.
    """
    try:
        yield
    except EnvError as error:
        sys.stderr.write(f"youman: {error}\n")
        sys.stderr.flush()
        os._exit(3 if "uvicorn" in sys.modules else 1)


def var_dir() -> Path:
    """Return the absolute path of the folder for all data: YOUMAN_VAR, else var/. Raises EnvError."""
    path = Path(text("YOUMAN_VAR", str(BASE_DIR / "var"))).absolute()
    try:
        path.exists()  # raises for a name that is too long for the file system
    except OSError as error:
        raise EnvError(f"YOUMAN_VAR cannot be used: {error.strerror}; name another folder") from error
    return path


def key_ring() -> list[str]:
    """Return the keys in KEYRING, the newest first, else the one that was generated in var/. Raises EnvError."""
    keys = words("KEYRING")
    if text("KEYRING") and not keys:
        raise EnvError("KEYRING contains no key; list the keys separated by commas, the newest first")
    return keys or [stored_secret("KEYRING", "keyring")]


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
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise EnvError(f"cannot read {path}; make it readable, or restore it from a backup") from error
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
    """Return REDIS_URL, else the URL of the private Valkey. Raises EnvError."""
    url = text("REDIS_URL")
    if not url:
        return f"unix://{valkey_socket()}"
    parts = _server_url("REDIS_URL", url, {"redis", "rediss", "unix"}, "redis://host:6379/0")
    database = dict(parse_qsl(parts.query)).get("db", "0") if parts.scheme == "unix" else parts.path.strip("/")
    if (parts.scheme == "unix" and not parts.path.strip("/")) or not re.fullmatch(r"\d{0,4}", database):
        raise EnvError("REDIS_URL must have the form redis://host:6379/0; it ends with the number of the database")
    return url


def _server_url(name: str, url: str, schemes: set[str], form: str) -> SplitResult:
    """Take an address of a server apart, without repeating it in an error, since it may contain a password."""
    try:
        parts = urlsplit(url)
        valid = parts.scheme in schemes and parts.port != 0
        names = [name for name in unquote(parts.hostname or "").split(",") if name]
    except ValueError as error:
        raise EnvError(f"{name} must have the form {form}") from error
    if not valid or not all(one[0] == "/" or HOST_NAME.fullmatch(one) or _address(one) for one in names):
        raise EnvError(f"{name} must have the form {form}")
    if not names and parts.scheme in {"redis", "rediss"}:
        raise EnvError(f"{name} names no host; it must have the form {form}")
    return parts


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
    url, pool = text("DATABASE_URL"), integer("DATABASE_POOL", 16, minimum=1, maximum=1_000)
    return _postgres(url, pool) if url else _sqlite(var_dir() / "youman.sqlite3")


def _sqlite(path: Path) -> dict[str, object]:
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}


def _postgres(url: str, pool: int) -> dict[str, object]:
    form = "postgres://user:password@host:port/name"
    parts = _server_url("DATABASE_URL", url, {"postgres", "postgresql"}, form)
    options: dict[str, object] = dict(parse_qsl(parts.query))
    _check_options(options)
    server = unquote(parts.hostname or "") or str(options.pop("host", ""))
    # Requests run in many long-lived threads, so connections are pooled instead of kept for each thread.
    options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 5}
    return {
        "ENGINE": "youman.core.database.postgres",
        "NAME": unquote(parts.path.lstrip("/")) or "youman",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": server,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def _check_options(options: Mapping[str, object]) -> None:
    """Refuse parameters that PostgreSQL's client does not know; it would report them with each connection."""
    if not options:
        return
    from psycopg import ProgrammingError, conninfo  # only a few installations give parameters

    try:
        conninfo.make_conninfo(**{name: str(value) for name, value in options.items()})
    except ProgrammingError as error:
        raise EnvError(f"DATABASE_URL has a wrong parameter: {str(error).strip()}") from error


def choice(name: str, default: str, allowed: Iterable[str]) -> str:
    """Return the allowed value that the variable names, in any case. Raises EnvError."""
    value = text(name, default)
    found = next((one for one in allowed if one.lower() == value.lower()), None)
    if found is None:
        raise EnvError(f"{name} is {_shown(value)}; use one of: {', '.join(allowed)}")
    return found
