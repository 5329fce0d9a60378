"""One suite over every vendor's backend, whole and streamed, against the wire server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.utils.module_loading import import_string
from pytest_django.fixtures import Settings

from serving.backends import http_transport
from serving.backends.base import BackendError, RateError, RewriteBackend, RewriteRequest
from serving.backends.target import Capabilities, Target
from serving.backends.vendors import SHIPPED
from tests.services.ports import free_port
from tests.vendors import VendorServer, faults

BACKENDS: dict[str, Callable[[Target], RewriteBackend]] = {
    one.name: import_string(one.calls) for one in SHIPPED if one.sdk
}
ASK = RewriteRequest("We leverage tools.", system="Edit.", prompt="1: We leverage tools.", deadline_s=60.0)
KINDS = {
    "bad_key": "auth", "permission": "auth", "unknown_model": "retired", "retired_model": "retired",
    "rate": "rate", "rate_retry_after": "rate", "rate_absurd": "rate", "rate_of_a_minute": "rate", "quota": "quota",
    "overload_503": "overload", "overload_529": "overload", "server_500": "server",
    "timeout_before": "timeout", "timeout_during": "timeout", "refused_connection": "network",
    "dropped_stream": "network", "context": "context", "filtered": "filter", "refused_200": "refused",
    "truncated": "truncated", "broken_json": "bad_output", "empty": "bad_output",
    "rate_in_200": "rate", "overload_in_200": "overload", "error_after_output": "server",
}  # fmt: skip
SILENT = {"timeout_before", "timeout_during"}
HALF_ANSWERED = SILENT | {"dropped_stream", "broken_json", "error_after_output"}


Maker = Callable[..., RewriteBackend]


@pytest.fixture
def make(vendor_server: VendorServer) -> Iterator[Maker]:
    made: list[Any] = []

    def one(backend: str, **options: Any) -> RewriteBackend:
        made.append(_make(vendor_server, backend, **options))
        return made[-1]  # type: ignore[no-any-return]

    yield one
    for backend in made:
        backend.close()


def _make(server: VendorServer, backend: str, *, stream: bool = False, url: str = "", **can: object) -> RewriteBackend:
    vendor = "openai" if backend == "openai_compatible" else backend
    target = Target(
        name=f"{backend}-small",
        backend=backend,
        model="small-1",
        base_url=url or server.url(vendor),
        key="sk-test-0123456789",
        capabilities=Capabilities(max_output=500, **can),  # type: ignore[arg-type]
        options={"stream": stream},
    )
    return BACKENDS[backend](target)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_an_answer_comes_with_its_text_model_and_usage(
    vendor_server: VendorServer, make: Maker, backend: str, stream: bool
) -> None:
    vendor_server.answer = lambda seen: "1: We use tools — “plainly”."
    result = make(backend, stream=stream).rewrite(ASK)
    assert result.text == "1: We use tools — “plainly”."
    assert (result.model, result.finish) == ("small-1", "stop")
    assert (result.usage.tokens_in, result.usage.tokens_out, result.usage.estimated) == (120, 30, False)
    assert (vendor_server.seen[-1].system, vendor_server.seen[-1].prompt) == ("Edit.", "1: We leverage tools.")


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("fault", KINDS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_every_fault_is_one_kind_of_failure(
    vendor_server: VendorServer, make: Maker, backend: str, fault: str, stream: bool
) -> None:
    url = ""
    if fault == faults.REFUSED_CONNECTION:
        url = f"http://127.0.0.1:{free_port()}"
    else:
        vendor_server.always = fault
    made = make(backend, stream=stream, url=url)
    if fault in SILENT:  # its deadline is waited out: what a first call costs must not count against it
        vendor_server.always = "ok"
        made.rewrite(ASK)
        vendor_server.seen.clear()
        vendor_server.always = fault
    with pytest.raises(BackendError) as caught:
        made.rewrite(replace(ASK, deadline_s=0.6) if fault in SILENT else ASK)
    assert caught.value.kind == KINDS[fault], caught.value
    assert caught.value.model == "small-1"
    assert "sk-test" not in repr(caught.value)
    if fault in HALF_ANSWERED:
        assert caught.value.usage is not None
        assert caught.value.usage.estimated
    if fault != faults.REFUSED_CONNECTION:
        assert len(vendor_server.seen) == 1  # no SDK tried again behind our back


def test_every_fault_of_the_list_is_in_the_table() -> None:
    assert set(faults.ALL) <= set(KINDS)


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_the_vendor_says_about_waiting_is_kept_and_an_absurd_pause_is_capped(
    vendor_server: VendorServer, make: Maker, backend: str
) -> None:
    made = make(backend)
    for fault, wait_s, cool_s in (
        ("rate", None, 20.0),
        ("rate_retry_after", 7.0, 7.0),
        ("rate_absurd", 2_592_000.0, 3600.0),
    ):
        vendor_server.always = fault
        with pytest.raises(RateError) as caught:
            made.rewrite(ASK)
        assert (caught.value.wait_s, caught.value.cool_s) == (wait_s, cool_s)
    assert "2,592,000 s" in str(caught.value)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_refusal_and_a_truncation_are_billed(vendor_server: VendorServer, make: Maker, backend: str) -> None:
    made = make(backend)
    for fault, out in (("refused_200", 5), ("truncated", 16)):
        vendor_server.always = fault
        with pytest.raises(BackendError) as caught:
            made.rewrite(ASK)
        assert caught.value.usage is not None
        assert (caught.value.usage.tokens_in, caught.value.usage.tokens_out) == (120, out)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_private_address_that_is_not_listed_is_not_called(
    vendor_server: VendorServer, make: Maker, backend: str, settings: Settings
) -> None:
    settings.PRIVATE_ENDPOINTS = []
    http_transport._vetted.cache_clear()
    with pytest.raises(BackendError, match="PRIVATE_ENDPOINTS") as caught:
        make(backend).rewrite(ASK)
    assert caught.value.kind == "network"
    assert vendor_server.seen == []
