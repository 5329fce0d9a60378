"""Redis restarts under a text in flight: one worker lives through all of them, and every text ends right."""

from __future__ import annotations

import pytest

from benchmarks.hardening.restarts import RESTARTS, Restart, redis_restarts_survived

pytestmark = [pytest.mark.worker, pytest.mark.deep, pytest.mark.attack("redis_restarts")]


@pytest.fixture(scope="module")
def restarts() -> list[Restart]:
    return redis_restarts_survived()[1]


@pytest.mark.parametrize("number", range(1, RESTARTS + 1))
def test_a_worker_lives_through_a_restart_of_redis_and_its_text_ends_right(
    restarts: list[Restart], number: int
) -> None:
    found = restarts[number - 1]
    assert (found.number, found.trouble) == (number, "")
