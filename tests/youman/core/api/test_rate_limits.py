"""The limit of requests per minute, counted in a real Redis server."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from youman.core.accounts import lifecycle
from youman.core.api.rate_limits import check_rate
from youman.core.errors import RateLimited
from youman.core.models import Account
from youman.core.models.tiers import LIMITS, Tier
from youman.core.runtime import redis

pytestmark = pytest.mark.django_db
MIDNIGHT = 1_900_000_020.0  # the start of a minute


@pytest.fixture
def alice() -> Account:
    return lifecycle.create_account(username="alice", password="correct horse battery")


def spend(account: Account, times: int, at: float) -> None:
    for _ in range(times):
        check_rate(account, now=at)


def test_the_limit_is_reached_and_said_with_the_time_to_wait(alice: Account) -> None:
    limit = LIMITS[Tier.FREE].requests_per_minute
    assert limit == 20
    spend(alice, limit, MIDNIGHT + 10)
    with pytest.raises(RateLimited) as caught:
        check_rate(alice, now=MIDNIGHT + 10)
    assert caught.value.retry_after_s == 51


def test_the_window_slides(alice: Account) -> None:
    spend(alice, 20, MIDNIGHT + 3600 + 59)
    with pytest.raises(RateLimited):
        check_rate(alice, now=MIDNIGHT + 3600 + 61)
    spend(alice, 18, MIDNIGHT + 3600 + 119)


def test_without_the_shared_server_nobody_is_refused(alice: Account, settings: Settings) -> None:

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    redis._client.cache_clear()
    spend(alice, 30, MIDNIGHT + 7200)
    redis._client.cache_clear()
