from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from serving.gateway import snapshot
from serving.models import Deployment
from tests.humanize.deployments import Engines, edited, join_calls
from tests.vendors import KEY_HOSTS, vendors
from tests.writers import Writer, writer


@pytest.fixture
def alice(db: None) -> Writer:
    """Owns what is read here."""
    return writer("alice", "ENTERPRISE")


@pytest.fixture
def bob(db: None) -> Writer:
    """On the free tier."""
    return writer("bob", "FREE")


@pytest.fixture
def charlie(db: None) -> Writer:
    """The stranger, who must see nothing."""
    return writer("charlie", "ENTERPRISE")


@pytest.fixture
def engines(transactional_db: None, settings: Settings) -> Iterator[Engines]:
    """Real HTTP to a server on 127.0.0.1 that speaks the vendors' protocols; calls are made in threads."""
    settings.PRIVATE_ENDPOINTS = ["127.0.0.1"]
    settings.PROVIDER_KEY_HOSTS = KEY_HOSTS
    settings.PROVIDER_KEYS = {"openai": "k1", "anthropic": "k2", "google": "k3"}
    Deployment.objects.all().delete()  # the catalogue's own would go out to the vendors
    snapshot.clear_cache()
    with vendors() as server:
        server.answer = edited
        yield Engines(server)
    join_calls()  # they hold connections to the database that is about to be cleared
    snapshot.clear_cache()
