"""State that all processes share, in Redis: breakers, cooldowns, limits per minute, concurrent calls.

Money is guarded by the database and not here, so that calls go on without these guards when Redis is down (see the
decision record on it), except for deployments with the option `"needs_state": true`.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from redis.exceptions import RedisError

from serving.backends.base import BackendError
from serving.errors import BreakerOpen, CoolingDown, LimitReached, NotCalled, StateUnknown
from serving.gateway import redis_scripts
from serving.gateway.snapshot import LiveRow
from youman.core.database.ids import new_id
from youman.core.runtime import redis

logger = logging.getLogger(__name__)
THRESHOLD = 3  # failures in a row: one or two happen to every vendor
LONGEST_OPENING_S = 900.0  # openings double up to this: a recovery is noticed within a quarter of an hour
CLEAN_S = 0.25  # how long a process may miss a failure that another one saw; it saves a round trip for each call
AWAY_S = 5.0  # without this, every call would wait for a timeout while Redis is down
GRACE_S = 5.0  # a call that ends at its deadline must still be settled before its place is given to the next
# The first kinds pause the deployment at once; the second are transient, and the breaker counts them.
COOLS_AT_ONCE = frozenset({"auth", "quota", "retired", "rate"})
BREAKS = frozenset({"server", "network", "timeout", "overload", "load"})
Outcome = Literal["ok", "fail", "cool", "unused"]
_ERRORS = {"cooling_down": CoolingDown, "breaker_open": BreakerOpen, "limit_reached": LimitReached}


def clock_ms() -> int:
    """Return 0, so that the server's own clock counts; tests set another time in milliseconds."""
    return 0


@dataclass(frozen=True, slots=True)
class Permit:
    """The right to make one call. `clean`: Redis stores nothing about it, so that a success need not be reported."""

    name: str
    id: str = ""
    tokens: int = 0
    requests_per_minute: int = 0
    tokens_per_minute: int = 0
    probe: bool = False
    clean: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """The health of a deployment as staff see it. `until` is when its pause ends, if there is one."""

    state: Literal["closed", "open", "half-open", "cooling", "unknown"] = "closed"
    why: str = ""
    until: datetime | None = None
    failures: int = 0
    under_way: int = 0


class _Memory:
    """What this process knows: until when a deployment counts as clean, and until when Redis counts as down."""

    def __init__(self) -> None:
        self.clean: dict[str, float] = {}
        self.away = 0.0
        self.news = 0
        self.scripts: dict[int, tuple[Any, Any]] = {}


_memory = _Memory()


def admit(row: LiveRow, *, tokens: int, deadline_s: float) -> Permit:
    """Return the permit for one call of up to `tokens` tokens; end it with `settle` or `release`.

    Raises CoolingDown, BreakerOpen, LimitReached, StateUnknown.
    """
    limited = bool(row.requests_per_minute or row.tokens_per_minute or row.concurrency)
    if not limited and _memory.clean.get(row.name, 0.0) > time.monotonic():
        return Permit(row.name, clean=True)
    permit = new_id().hex
    limits = [row.requests_per_minute or 0, row.tokens_per_minute or 0, tokens, row.concurrency or 0]
    lease = round(1000 * (deadline_s + GRACE_S))
    answer = _run(0, row.name, [clock_ms(), permit, *limits, lease])
    if answer is None:
        return _blind(row)
    what, until, why, probe, clean = answer
    if what != b"admitted":
        raise _refusal(row, what.decode(), int(until), why.decode())
    if clean:
        _memory.clean[row.name] = time.monotonic() + CLEAN_S
    return Permit(row.name, permit, tokens, limits[0], limits[1], bool(probe), bool(clean))


def settle(permit: Permit, error: BackendError | None = None, *, tokens: int = 0) -> None:
    """Report how the call ended. `tokens` is how many it actually used. Never raises."""
    if error is None and permit.clean:
        return
    outcome = outcome_of(error)
    if outcome != "ok":
        _memory.clean.pop(permit.name, None)
        _memory.news += 1
    kind, cool_s = (error.kind, error.cool_s) if error else ("", 0.0)
    _settle(permit, outcome, kind, cool_s, permit.tokens - tokens, 0)


def release(permit: Permit) -> None:
    """Give back what the permit took, because the call was not made after all."""
    if not permit.clean:
        _settle(permit, "unused", "", 0.0, permit.tokens, 1)


def outcome_of(error: BackendError | None) -> Outcome:
    """Return what a failure means for the deployment's health; a refusal of one text does not count against it."""
    if error is None:
        return "ok"
    if error.kind in COOLS_AT_ONCE:
        return "cool"
    return "fail" if error.kind in BREAKS else "ok"


def _settle(permit: Permit, outcome: Outcome, kind: str, cool_s: float, tokens: int, requests: int) -> None:
    cool, longest = round(1000 * cool_s), round(1000 * LONGEST_OPENING_S)
    limits = [permit.tokens_per_minute, permit.requests_per_minute]
    _run(1, permit.name, [clock_ms(), permit.id, outcome, kind, cool, THRESHOLD, tokens, requests, *limits, longest])


def health_of(names: Iterable[str]) -> Mapping[str, Health]:
    """Return the health of each, in one round trip; all are `unknown` when Redis is down."""
    wanted = list(names)
    if _is_away():
        return {name: Health("unknown") for name in wanted}
    try:
        with redis.client().pipeline(transaction=False) as pipe:
            for name in wanted:
                pipe.hgetall(_keys(name)[0])
                pipe.zcard(_keys(name)[1])
            found = pipe.execute()
            now = clock_ms() or round(1000 * time.time())
    except RedisError as error:
        _note_away(error)
        return {name: Health("unknown") for name in wanted}
    return {name: _health(found[2 * place], found[2 * place + 1], now) for place, name in enumerate(wanted)}


def reset(name: str) -> None:
    """Forget failures and pauses; limits and running calls stay. Raises StateUnknown when Redis is down."""
    _memory.news += 1
    try:
        redis.client().hdel(
            _keys(name)[0], "fails", "opens", "open_until", "open_why", "probe_until", "cool_until", "cool_why"
        )
    except RedisError as error:
        raise StateUnknown("Redis does not answer; check REDIS_URL") from error


def change_counter() -> int:
    """Return a counter that grows when this process has seen a change of health, so that caches of it expire."""
    return _memory.news


def clear_cache() -> None:
    """Forget what this process knows; for tests."""
    _memory.clean.clear()
    _memory.away = 0.0
    _memory.news += 1


def _health(fields: Mapping[bytes, bytes], under_way: int, now: int) -> Health:
    cool, opened = int(float(fields.get(b"cool_until", 0))), int(float(fields.get(b"open_until", 0)))
    failures = int(fields.get(b"fails", 0))
    if cool > now:
        return Health("cooling", fields.get(b"cool_why", b"").decode(), _when(cool), failures, under_way)
    if opened > 0:
        state: Literal["open", "half-open"] = "open" if opened > now else "half-open"
        return Health(state, fields.get(b"open_why", b"").decode(), _when(opened), failures, under_way)
    return Health("closed", "", None, failures, under_way)


def _refusal(row: LiveRow, what: str, until_ms: int, why: str) -> NotCalled:
    until = _when(until_ms)
    at = f"{until:%H:%M:%S} UTC" if until.date() == datetime.now(UTC).date() else f"{until:%Y-%m-%d %H:%M} UTC"
    sentences = {
        "cooling_down": f"{row.name} pauses until {at} ({why})",
        "breaker_open": f"{row.name} failed too often ({why}) and pauses until {at}",
        "limit_reached": f"{row.name} has reached its limit of {why}",
    }
    seconds = max(1, round((until_ms - (clock_ms() or 1000 * time.time())) / 1000))
    return _ERRORS[what](sentences[what], until=until, retry_after_s=seconds)


def _blind(row: LiveRow) -> Permit:
    if row.options.get("needs_state"):
        raise StateUnknown(f"{row.name} is not called while Redis is down; check REDIS_URL")
    return Permit(row.name, clean=True)


def _run(which: int, name: str, arguments: list[object]) -> Any:
    """Return the script's answer, or None when Redis is down, which is then not tried again for a few seconds."""
    if _is_away():
        return None
    try:
        return _scripts()[which](keys=list(_keys(name)), args=arguments)
    except RedisError as error:
        _note_away(error)
        return None


def _scripts() -> tuple[Any, Any]:
    found = _memory.scripts.get(os.getpid())
    if found is None:
        client = redis.client()
        found = client.register_script(redis_scripts.ADMIT), client.register_script(redis_scripts.SETTLE)
        _memory.scripts[os.getpid()] = found
    return found


def _keys(name: str) -> tuple[str, str]:
    return f"serving:health:{{{name}}}", f"serving:leases:{{{name}}}"


def _is_away() -> bool:
    return _memory.away > time.monotonic()


def _note_away(error: RedisError) -> None:
    _memory.away = time.monotonic() + AWAY_S
    logger.warning("the shared state cannot be read", extra={"reason": type(error).__name__})


def _when(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
