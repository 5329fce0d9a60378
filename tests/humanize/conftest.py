from __future__ import annotations

import pytest

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
