from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from tests.vendors import VendorServer, vendors


@pytest.fixture(scope="session")
def one_server() -> Iterator[VendorServer]:
    with vendors() as server:
        yield server


@pytest.fixture
def vendor_server(one_server: VendorServer, settings: Settings) -> VendorServer:
    """The wire server, with nothing wrong and nothing seen."""
    settings.PRIVATE_ENDPOINTS = ["127.0.0.1"]
    one_server.faults.clear()
    one_server.seen.clear()
    one_server.always, one_server.answer = "ok", lambda seen: seen.prompt
    one_server.tokens = type(one_server.tokens)()
    return one_server
