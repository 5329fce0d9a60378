from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.buckets import bucket_at, moto_server, swift_server, use  # noqa: F401  # fixtures
from tests.workers import worker


@pytest.fixture
def start_worker(transactional_db: None) -> Iterator[Callable[[], worker.Worker]]:
    started: list[worker.Worker] = []

    def start() -> worker.Worker:
        started.append(worker.start())
        return started[-1]

    yield start
    for one in started:
        if one.child.poll() is None:
            one.stop()
