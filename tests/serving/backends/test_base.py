from __future__ import annotations

import pickle

import pytest

from serving.backends.base import KINDS, BackendError, NetworkError, RateError, RewriteRequest, RewriteResult


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_every_failure_prints_and_crosses_processes(kind: type[BackendError]) -> None:
    error = kind("the vendor said no")
    copy = pickle.loads(pickle.dumps(error))  # our own bytes
    assert type(copy) is kind
    assert str(copy) == f"{kind.kind}: the vendor said no"
    assert (copy.retry, copy.fall_through, copy.cool_s) == (error.retry, error.fall_through, error.cool_s)


def test_the_kinds_are_the_thirteen_of_the_design() -> None:
    assert [kind.kind for kind in KINDS] == [
        "auth", "quota", "rate", "overload", "server", "network", "timeout",
        "context", "filter", "refused", "truncated", "retired", "bad_output",
    ]  # fmt: skip


def test_only_passing_troubles_are_retried() -> None:
    assert [kind.kind for kind in KINDS if kind.retry] == [
        "rate", "overload", "server", "network", "timeout", "bad_output",
    ]  # fmt: skip


def test_the_vendor_may_say_how_long_to_wait() -> None:
    assert RateError("slow down", cool_s=7.5).cool_s == 7.5
    assert RateError("slow down").cool_s == 20.0
    assert NetworkError().detail == "network"


def test_requests_and_results_are_values() -> None:
    assert RewriteRequest("a") == RewriteRequest("a")
    assert hash(RewriteResult("m", text="b")) == hash(RewriteResult("m", text="b"))
