from __future__ import annotations

import importlib
import threading
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from serving.gateway.ledger import Caller
from serving.models import Deployment, ProviderModel
from serving.states import DeploymentState
from tests.vendors import KEY_HOSTS, VendorServer, vendors
from tests.writers import Writer, writer
from youman.core.accounts import scopes
from youman.core.accounts.lifecycle import create_api_key
from youman.core.database.ids import new_id


@pytest.fixture
def luna(db: None) -> ProviderModel:
    """A small model with a price of $0.10 in and $0.50 out a million tokens."""
    return ProviderModel.objects.get_or_create(
        provider="openai",
        model_id="gpt-6-luna",
        defaults={"name": "GPT-6 Luna", "context_window": 400_000, "max_output": 128_000},
    )[0]


@pytest.fixture
def fake(luna: ProviderModel) -> Deployment:
    """An active deployment that answers without a network."""
    return Deployment.objects.create(
        name="fake", kind="llm", backend="recorded", provider_model=luna, state=DeploymentState.ACTIVE
    )


@pytest.fixture
def caller() -> Caller:
    return Caller(account_id=7, tier="BASIC", transformation_id=new_id(), chunk=2)


@pytest.fixture(scope="session")
def one_server() -> Iterator[VendorServer]:
    for module in ("openai", "anthropic", "google.genai"):
        importlib.import_module(module)  # takes seconds, which would count against the deadlines of the first calls
    with vendors() as server:
        yield server


@pytest.fixture
def vendor_server(one_server: VendorServer, settings: Settings) -> Iterator[VendorServer]:
    """The wire server, with nothing wrong and nothing seen."""
    settings.PRIVATE_ENDPOINTS = ["127.0.0.1"]
    settings.PROVIDER_KEY_HOSTS = KEY_HOSTS
    one_server.faults.clear()
    one_server.seen.clear()
    one_server.always, one_server.answer = "ok", lambda seen: seen.prompt
    one_server.scripted = None
    one_server.tokens = type(one_server.tokens)()
    one_server.batches = type(one_server.batches)()
    one_server.release = threading.Event()
    yield one_server
    one_server.release.set()


@pytest.fixture
def staff(db: None) -> Writer:
    one = writer("root")
    one.account.user.is_staff = one.account.user.is_superuser = True
    one.account.user.save(update_fields=["is_staff", "is_superuser"])
    key = create_api_key(account=one.account, name="s", key_scopes=[scopes.REWRITE, scopes.SERVING], actor="tests")
    one.api.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return one
