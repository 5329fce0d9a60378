"""The state of the parts that the installation consists of, for /readyz, `manage.py doctor`, the admin and /metrics.

A part is required if nothing works without it: the database and its tables. Without the others rewriting goes on with
fewer guards, and long texts wait as rows. Apps name their own parts and rows in HEALTH_PARTS and WAITING_ROWS.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import redis as redis_errors
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from youman.core.runtime import heartbeats, redis

_LEAST_FREE_BYTES = 64 * 1024 * 1024
_PATIENCE_S = 2  # for a new connection to the database
_LONG = timedelta(minutes=5)  # a row that waits for longer needs attention


@dataclass(frozen=True, slots=True)
class Check:
    """The result of a check. If it is not `ok`, `detail` says what is wrong and how to fix it."""

    name: str
    ok: bool
    detail: str = ""
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part with its state: a check, and since when this process has seen the part in this state."""

    check: Check
    since: datetime


@dataclass(frozen=True, slots=True)
class WaitingRows:
    """Rows that wait for a worker: how many, and since when the oldest waits."""

    name: str
    rows: int
    oldest: datetime | None

    @property
    def age_s(self) -> float:
        return (timezone.now() - self.oldest).total_seconds() if self.oldest else 0.0


def waiting_rows(name: str, rows: QuerySet, field: str) -> WaitingRows:  # type: ignore[type-arg]  # of any model
    """Count the rows of a queryset and find the oldest by `field`, in two cheap queries."""
    return WaitingRows(name, rows.count(), rows.aggregate(oldest=Min(field))["oldest"])


def check_database() -> Check:
    try:
        with _direct_connection() as direct, direct.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Check("database", False, f"does not answer ({type(error).__name__}); check DATABASE_URL", True)
    return Check("database", True, is_required=True)


def check_migrations() -> Check:
    """Compare what is applied with the files. Files never change while a process runs."""
    try:
        with _direct_connection() as direct:
            behind = _migrations() - set(MigrationRecorder(direct).applied_migrations())
    except DatabaseError as error:
        return Check("migrations", False, f"cannot be read ({type(error).__name__}); check DATABASE_URL", True)
    detail = f"{len(behind)} not applied; run `manage.py migrate`" if behind else ""
    return Check("migrations", not behind, detail, True)


@lru_cache(maxsize=1)
def _migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations or {})


@contextmanager
def _direct_connection() -> Iterator[BaseDatabaseWrapper]:
    """Connect outside the pool: a check must not wait behind the requests whose database it looks after."""
    if connection.vendor != "postgresql":
        yield connection
        return
    direct = connections.create_connection(DEFAULT_DB_ALIAS)
    options = {name: value for name, value in direct.settings_dict["OPTIONS"].items() if name != "pool"}
    direct.settings_dict = direct.settings_dict | {"OPTIONS": options | {"connect_timeout": _PATIENCE_S}}
    try:
        yield direct
    finally:
        direct.close()


def check_redis() -> Check:
    try:
        redis.client().ping()
    except redis_errors.RedisError as error:
        return Check("redis", False, f"does not answer ({type(error).__name__}); check REDIS_URL or start `make run`")
    return Check("redis", True)


def check_disk() -> Check:
    try:
        free = shutil.disk_usage(settings.VAR_DIR).free
    except OSError as error:
        return Check("disk", False, f"{settings.VAR_DIR} cannot be read: {error.strerror}")
    return Check(
        "disk",
        free >= _LEAST_FREE_BYTES,
        "" if free >= _LEAST_FREE_BYTES else "less than 64 MiB free in var/; free some space",
    )


def check_processes() -> Check:
    """Check that each queue is served, and that beat runs."""
    try:
        seen = heartbeats.last_seen()
    except redis_errors.RedisError:
        return Check("processes", False, "unknown while Redis is away; workers get no work from it either")
    now = timezone.now()
    silent = [_silence(queue, at, now) for queue, at in seen.items() if _is_silent(at, now)]
    return Check("processes", not silent, "; ".join(silent) + "; start it as in the Procfile" if silent else "")


def _is_silent(at: datetime | None, now: datetime) -> bool:
    return at is None or now - at > heartbeats.SILENT_AFTER


def _silence(queue: str, at: datetime | None, now: datetime) -> str:
    what = "beat does not run" if queue == heartbeats.BEAT else f"no worker serves the queue {queue}"
    return f"{what} (last seen {round((now - at).total_seconds())} s ago)" if at else what


def check_waiting() -> Check:
    """Check that no row waits for longer than five minutes."""
    try:
        late = [one for one in waiting() if one.age_s > _LONG.total_seconds()]
    except DatabaseError as error:
        return Check("waiting", False, f"cannot be read ({type(error).__name__}); check DATABASE_URL")
    text = "; ".join(f"{one.rows:,} {one.name}, the oldest for {round(one.age_s / 60)} min" for one in late)
    return Check("waiting", not late, f"{text}; start more workers for them" if late else "")


def waiting() -> tuple[WaitingRows, ...]:
    """Return what waits for workers, by kind. Raises DatabaseError."""
    return tuple(import_string(path)() for path in settings.WAITING_ROWS)


READY: tuple[Callable[[], Check], ...] = (check_database, check_migrations, check_redis, check_disk)
_seen: dict[str, tuple[bool, datetime]] = {}


def run(checks: tuple[Callable[[], Check], ...] = READY) -> tuple[Check, ...]:
    return tuple(check() for check in checks)


def everything() -> tuple[Check, ...]:
    """Run all checks, those that apps name included; some ask other machines."""
    own = tuple(import_string(path) for path in settings.HEALTH_PARTS)
    return run((*READY, check_processes, check_waiting, *own))


def parts(checks: tuple[Check, ...]) -> tuple[Part, ...]:
    """Add to each check since when this process has seen its state."""
    found = []
    for check in checks:
        ok, since = _seen.get(check.name, (None, timezone.now()))
        if ok is not check.ok:
            since = timezone.now()
        _seen[check.name] = (check.ok, since)
        found.append(Part(check, since))
    return tuple(found)
