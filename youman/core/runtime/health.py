"""Checks of the services that the installation needs, for /readyz, `manage.py doctor` and the launcher."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass

import redis as redis_errors
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from youman.core.runtime import redis

_LEAST_FREE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Check:
    """The result of a check. If it is not `ok`, `detail` says what is wrong and how to fix it."""

    name: str
    ok: bool
    detail: str = ""


def check_database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Check("database", False, f"does not answer ({type(error).__name__}); check DATABASE_URL")
    return Check("database", True)


def check_migrations() -> Check:
    try:
        executor = MigrationExecutor(connection)
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return Check("migrations", False, f"cannot be read ({type(error).__name__}); check DATABASE_URL")
    detail = f"{len(behind)} not applied; run `manage.py migrate`" if behind else ""
    return Check("migrations", not behind, detail)


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


READY: tuple[Callable[[], Check], ...] = (check_database, check_redis, check_disk)
ALL: tuple[Callable[[], Check], ...] = (check_database, check_migrations, check_redis, check_disk)


def run(checks: tuple[Callable[[], Check], ...] = READY) -> tuple[Check, ...]:
    return tuple(check() for check in checks)
