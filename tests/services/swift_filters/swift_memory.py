"""Runs inside the tests' Swift, on the system's Python: its shared cache in memory, so that no memcached is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any


class Memory:
    """What Swift asks of memcached. Nothing expires: the server lives for one run of the tests."""

    def __init__(self) -> None:
        self._kept: dict[str, object] = {}

    def get(self, key: str, raise_on_error: bool = False) -> object:
        return self._kept.get(key)

    def set(self, key: str, value: object, **options: object) -> None:
        self._kept[key] = value

    def delete(self, key: str, server_key: str | None = None) -> None:
        self._kept.pop(key, None)


def filter_factory(globals: Mapping[str, str], **settings: str) -> Callable[[Any], Callable[..., Iterable[bytes]]]:
    """A paste filter, as Swift's own `memcache` is one."""
    memory = Memory()

    def around(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
        def answer(environment: dict[str, object], start: Callable[..., object]) -> Iterable[bytes]:
            environment["swift.cache"] = memory
            return application(environment, start)

        return answer

    return around
