"""What the tests of the whole API share: an installation with one of everything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.youman.api.furnished import Furnished, furnished


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Furnished]:
    """One for all tests of a module, since it takes a second to furnish."""
    with django_db_blocker.unblock(), furnished() as found:
        yield found
