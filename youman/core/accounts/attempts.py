"""Bounds on guessing: failures are counted by subject, and a subject with too many must wait.

An attempt is counted before it is checked and given back when it succeeds, so that a hundred guesses at the same time
are bounded like a hundred in a row. The counts are in Redis, shared by all processes. While Redis is away each process
counts for itself: guessing stays bounded, by the bound times the number of processes, and nobody else is refused.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from redis.exceptions import RedisError

from youman.core.errors import RateLimited
from youman.core.runtime import redis

logger = logging.getLogger(__name__)
WINDOW_S = 300
# People who mistype never reach ten. Who tries 10,000 passwords for a name needs three and a half days.
MOST_BY_NAME = MOST_BY_DEVICE = MOST_BY_ACCOUNT = 10
MOST_BY_CLIENT = 30  # an office behind one address mistypes less in five minutes
MOST_BY_ALL = 300  # for one password tried with many names from many addresses
MOST_TOKENS_BY_CLIENT = 30  # keys and links have 32 random bytes; this only ends a pointless search early
_MOST_LOCAL = 10_000

_RESERVE = """
local wait = 0
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[i + 1]) then
    wait = math.max(wait, redis.call('PTTL', key), 1)
  end
end
if wait > 0 then return wait end
for _, key in ipairs(KEYS) do
  if redis.call('INCR', key) == 1 then redis.call('EXPIRE', key, ARGV[1]) end
end
return 0
"""
_GIVE_BACK = """
for _, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
"""


@dataclass(frozen=True, slots=True)
class Bound:
    """Up to `most` failures of one subject within five minutes, counted from the first of them."""

    kind: str
    subject: str
    most: int

    @property
    def key(self) -> str:
        hashed = hashlib.sha256(self.subject.encode(errors="surrogatepass")).hexdigest()[:32]
        return f"attempts:{self.kind}:{hashed}"


def sign_in_bounds(*, username: str, network: str) -> list[Bound]:
    """Return the bounds of a sign-in from a browser that is not known to belong to this person."""
    return [
        Bound("name", username, MOST_BY_NAME),
        Bound("client", network, MOST_BY_CLIENT),
        Bound("all", "sign-in", MOST_BY_ALL),
    ]


def device_bound(device: str) -> Bound:
    """Return the bound of a browser on which this person has signed in before."""
    return Bound("device", device, MOST_BY_DEVICE)


def token_bound(network: str) -> Bound:
    """Return the bound of unknown API keys, invitations and reset links by client."""
    return Bound("token", network, MOST_TOKENS_BY_CLIENT)


def reserve(*bounds: Bound) -> None:
    """Count an attempt before it is checked. Raises RateLimited, and counts nothing, if a subject must wait."""
    keys = [bound.key for bound in bounds]
    limits = [bound.most for bound in bounds]
    try:
        wait_ms = int(redis.client().eval(_RESERVE, len(keys), *keys, WINDOW_S, *limits))
        wait_s = -(-wait_ms // 1000)
    except RedisError as error:
        logger.warning("attempts are counted in this process", extra={"reason": type(error).__name__})
        wait_s = _local.reserve(keys, limits)
    if wait_s:
        minutes = -(-wait_s // 60)
        unit = "minute" if minutes == 1 else "minutes"
        raise RateLimited(f"Too many wrong attempts; wait {minutes} {unit} and try again", retry_after_s=wait_s)


def give_back(*bounds: Bound) -> None:
    """Take back an attempt that succeeded, so that only failures count."""
    keys = [bound.key for bound in bounds]
    _local.give_back(keys)
    try:
        redis.client().eval(_GIVE_BACK, len(keys), *keys)
    except RedisError as error:
        logger.warning("an attempt was not given back", extra={"reason": type(error).__name__})


def verify_password(user: User, password: str) -> bool:
    """Return whether this is the password of a person who is signed in.

    Raises RateLimited after ten wrong ones in five minutes, wherever they were asked for.
    """
    bound = Bound("account", str(user.pk), MOST_BY_ACCOUNT)
    reserve(bound)
    if not user.check_password(password):
        return False
    give_back(bound)
    return True


class _LocalCounts:
    """The counts of this process, used while Redis is away: an expiry (monotonic seconds) and a count by key."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def reserve(self, keys: Sequence[str], limits: Sequence[int]) -> int:
        """Count one attempt for each key; return the seconds to wait instead if one of them is used up."""
        now = time.monotonic()
        with self._lock:
            found = [self._counts.get(key, (0.0, 0)) for key in keys]
            used_up = [
                expiry - now
                for (expiry, count), most in zip(found, limits, strict=True)
                if expiry > now and count >= most
            ]
            if used_up:
                return int(max(used_up)) + 1
            for key, (expiry, count) in zip(keys, found, strict=True):
                self._counts[key] = (expiry, count + 1) if expiry > now else (now + WINDOW_S, 1)
            self._forget(now)
        return 0

    def give_back(self, keys: Sequence[str]) -> None:
        with self._lock:
            for key in keys:
                expiry, count = self._counts.get(key, (0.0, 0))
                if count:
                    self._counts[key] = (expiry, count - 1)

    def clear(self) -> None:
        with self._lock:
            self._counts.clear()

    def _forget(self, now: float) -> None:
        if len(self._counts) > _MOST_LOCAL:
            self._counts = {key: row for key, row in self._counts.items() if row[0] > now}
        while len(self._counts) > _MOST_LOCAL:
            del self._counts[next(iter(self._counts))]  # the oldest


_local = _LocalCounts()


def forget_local_counts() -> None:
    """Forget what this process counted while Redis was away."""
    _local.clear()
