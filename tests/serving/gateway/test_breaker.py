from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from pytest_django.fixtures import Settings

from serving.backends.base import (
    AuthError,
    BackendError,
    ContextError,
    OverloadError,
    RateError,
    RefusedError,
    ServerError,
)
from serving.errors import BreakerOpen, CoolingDown, LimitReached, NotCalled, StateUnknown
from serving.gateway import breaker
from serving.gateway.breaker import Permit
from serving.gateway.snapshot import LiveRow
from youman.core.runtime import redis

pytestmark = pytest.mark.django_db  # cleans the shared server afterwards


class Clock:
    now = 1_790_000_000_000

    def __call__(self) -> int:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += round(1000 * seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    one = Clock()
    monkeypatch.setattr(breaker, "clock_ms", one)
    monkeypatch.setattr(breaker, "CLEAN_S", 0.0)
    breaker.clear_cache()
    yield one
    breaker.clear_cache()


def row(**changes: object) -> LiveRow:
    return LiveRow(1, "one", "llm", "rewrite", "recorded", "BASIC", **changes)  # type: ignore[arg-type]


def admit(one: LiveRow | None = None, tokens: int = 10) -> Permit:
    return breaker.admit(one or row(), tokens=tokens, deadline_s=10)


def fail(error: BackendError, times: int = 1) -> None:
    for _ in range(times):
        breaker.settle(admit(), error)


def test_three_failures_in_a_row_open_the_breaker(clock: Clock) -> None:
    fail(ServerError(), times=2)
    breaker.settle(admit())
    fail(ServerError(), times=2)
    assert breaker.health_of(["one"])["one"].state == "closed"
    fail(ServerError())
    with pytest.raises(BreakerOpen, match="failed too often \\(server\\)") as caught:
        admit()
    assert caught.value.until is not None
    assert caught.value.retry_after_s == 30
    assert breaker.health_of(["one"])["one"].state == "open"


def test_one_probe_at_a_time_then_all_again(clock: Clock) -> None:
    fail(ServerError(), times=3)
    clock.forward(31)
    assert breaker.health_of(["one"])["one"].state == "half-open"
    probe = admit()
    assert probe.probe
    with pytest.raises(BreakerOpen):
        admit()
    breaker.settle(probe)
    assert not admit().probe
    assert breaker.health_of(["one"])["one"].state == "closed"


def test_a_failed_probe_opens_for_twice_as_long(clock: Clock) -> None:
    fail(ServerError(), times=3)
    clock.forward(31)
    breaker.settle(admit(), ServerError())
    clock.forward(59)
    with pytest.raises(BreakerOpen):
        admit()
    clock.forward(2)
    assert admit().probe


def test_a_probe_whose_process_died_is_given_to_another(clock: Clock) -> None:
    fail(OverloadError(), times=3)
    clock.forward(31)
    admit()
    clock.forward(16)
    assert admit().probe


def test_a_probe_that_was_not_used_is_free_again(clock: Clock) -> None:
    fail(ServerError(), times=3)
    clock.forward(31)
    breaker.release(admit())
    assert admit().probe


def test_a_cooldown_is_honoured_and_never_shortened(clock: Clock) -> None:
    one, two = admit(), admit()
    breaker.settle(one, RateError("slow down", cool_s=60))
    breaker.settle(two, RateError("slow down", cool_s=5))
    clock.forward(59)
    with pytest.raises(CoolingDown, match=r"one pauses until .* \(rate\)"):
        admit()
    clock.forward(2)
    admit()


def test_a_refused_key_pauses_at_once(clock: Clock) -> None:
    fail(AuthError())
    with pytest.raises(CoolingDown) as caught:
        admit()
    assert caught.value.retry_after_s == 600


def test_what_is_wrong_with_a_text_says_nothing_against_the_deployment(clock: Clock) -> None:
    fail(ServerError(), times=2)
    for error in (ContextError(), RefusedError()):
        fail(error, times=2)
    assert breaker.health_of(["one"])["one"] == breaker.Health("closed")


def test_requests_a_minute_refill_with_time(clock: Clock) -> None:
    limited = row(requests_per_minute=2)
    admit(limited)
    admit(limited)
    with pytest.raises(LimitReached, match="requests per minute") as caught:
        admit(limited)
    assert caught.value.retry_after_s == 30
    clock.forward(30)
    admit(limited)
    with pytest.raises(LimitReached):
        admit(limited)


def test_tokens_a_minute_are_settled_to_what_was_used(clock: Clock) -> None:
    limited = row(tokens_per_minute=1000)
    permit = admit(limited, tokens=900)
    with pytest.raises(LimitReached, match="tokens per minute"):
        admit(limited, tokens=200)
    breaker.settle(permit, tokens=100)
    admit(limited, tokens=900)


def test_a_call_larger_than_the_bucket_passes_a_full_one_and_leaves_a_debt(clock: Clock) -> None:
    limited = row(tokens_per_minute=1000)
    admit(limited, tokens=3000)
    clock.forward(60)
    with pytest.raises(LimitReached):
        admit(limited, tokens=1)
    clock.forward(61)
    admit(limited, tokens=1)


def test_calls_at_once_are_leases_that_run_out(clock: Clock) -> None:
    limited = row(concurrency=2)
    first = admit(limited)
    admit(limited)
    with pytest.raises(LimitReached, match="concurrent calls"):
        admit(limited)
    breaker.settle(first)
    admit(limited)
    with pytest.raises(LimitReached):
        admit(limited)
    clock.forward(16)
    admit(limited)


def test_of_many_threads_exactly_as_many_pass_as_may(clock: Clock) -> None:
    limited = row(concurrency=5)

    def one(_: int) -> bool:
        try:
            admit(limited)
        except NotCalled:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(one, range(64))) == 5


def test_what_was_not_used_goes_back(clock: Clock) -> None:
    limited = row(requests_per_minute=1, tokens_per_minute=50, concurrency=1)
    breaker.release(admit(limited, tokens=50))
    admit(limited, tokens=50)


def test_staff_reset_a_breaker_and_a_cooldown(clock: Clock) -> None:
    fail(ServerError(), times=3)
    fail_cool = Permit("one")
    breaker.settle(fail_cool, AuthError())
    assert breaker.health_of(["one"])["one"].state == "cooling"
    breaker.reset("one")
    assert breaker.health_of(["one"])["one"] == breaker.Health("closed")
    admit()


def test_without_the_shared_server_calls_go_on_unless_the_deployment_needs_it(clock: Clock, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    redis._client.cache_clear()
    breaker._memory.scripts.clear()
    try:
        permit = admit()
        breaker.settle(permit, ServerError())
        breaker.release(permit)
        assert breaker.health_of(["one"])["one"].state == "unknown"
        with pytest.raises(StateUnknown, match="check REDIS_URL"):
            admit(row(options={"needs_state": True}))
        with pytest.raises(StateUnknown):
            breaker.reset("one")
    finally:
        redis._client.cache_clear()
        breaker._memory.scripts.clear()


def test_news_of_a_clean_deployment_is_kept_for_a_moment_and_a_failure_ends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    breaker.clear_cache()
    monkeypatch.setattr(breaker, "CLEAN_S", 60.0)
    admit()
    assert admit() == Permit("one", clean=True)
    fail(ServerError(), times=3)
    with pytest.raises(BreakerOpen):
        admit()
    breaker.clear_cache()
