"""What every test may rely on: fast passwords, a clean shared server, plain words about what was skipped."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from pytest_django.plugin import DjangoDbBlocker
from redis.exceptions import RedisError

from humanize.pipeline import champions
from serving.backends import factory
from serving.deployments import acceptance_by_band
from serving.gateway import breaker, snapshot
from tests import database, response_contract
from tests.browser.chromium import CHROMIUM
from tests.receiver import receiver as receiver  # a fixture
from tests.services import swift
from youman.core.accounts import attempts
from youman.core.events import webhooks
from youman.core.runtime import redis

_DATABASE_FIXTURES = {"db", "transactional_db"}
DATA = Path(os.environ.get("YOUMAN_DATA", Path(__file__).resolve().parent.parent.parent / "shared" / "data"))


# No bound on an example's time, which a busy machine breaks. The same examples in every run, so that a failure is of
# the change that shows it; `make test-nightly` looks for new ones.
hypothesis.settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], database=None
)
hypothesis.settings.register_profile("nightly", hypothesis.settings.get_profile("steady"), derandomize=False)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_configure(config: pytest.Config) -> None:
    del config
    database.install()
    # Tests use a fast hash: with a slow one, creating an account in each test would take minutes.
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    response_contract.install()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """A test also fails for an answer, in it or in its fixtures, that is not what the API declares."""
    try:
        result = yield
    finally:
        problem = response_contract.take_report()
    if problem:
        pytest.fail(problem, pytrace=False)
    return result


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    lacking = {
        "browser": "" if CHROMIUM else "no Chromium on this machine",
        "swift": swift.lacking(),
        "libreoffice": "" if which("soffice") else "no LibreOffice on this machine",
        **{name: "" if find_spec(name) else f"the extra {name} is not installed" for name in ("torch", "tensorflow")},
        "data": "" if DATA.exists() else f"the shared data set is not at {DATA}",
    }
    for item in items:
        for name, reason in lacking.items():
            if reason and item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The database of the tests begins as a release leaves it. A test that commits empties it for those after it."""
    with django_db_blocker.unblock():
        call_command("sync_catalogue", verbosity=0)


@pytest.fixture(autouse=True)
def clean_shared_server(request: pytest.FixtureRequest) -> Iterator[None]:
    """Rate limits and the like of one test must not reach the next, nor what a process keeps in memory."""
    snapshot.clear_cache()
    breaker.clear_cache()
    acceptance_by_band.clear_cache()
    champions.clear_cache()
    webhooks.forget()
    attempts.forget_local_counts()
    yield
    factory.close_all()
    if request.node.get_closest_marker("django_db") or _DATABASE_FIXTURES.intersection(request.fixturenames):
        with suppress(RedisError):
            redis.client().flushdb()


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The shared data set; tests that use it carry the marker `data`."""
    return DATA
