"""Metrics of several processes: two web workers and a Celery worker, seen through either door."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.support.servers import private_installation
from tests.house_rules.source import ROOT
from tests.services.ports import free_port, wait_for
from tests.waiting import HANG_S, wait_until
from youman.core.runtime import child_process

pytestmark = [pytest.mark.deep, pytest.mark.attack("seen")]
TOKEN = "scrape-me"


class House:
    """The ports of a server with two workers, of its metrics, and of a Celery worker's metrics."""

    def __init__(self) -> None:
        self.web, self.metrics, self.worker = free_port(), free_port(), free_port()

    def get(self, port: int, path: str) -> tuple[int, str]:
        """Return status and body, or 0 while nobody listens."""
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=HANG_S)
        try:
            wire.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
            answer = wire.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            wire.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House()
    with ExitStack() as stack:
        environment = private_installation(stack, METRICS_TOKEN=TOKEN) | {
            "METRICS_PORT": str(made.metrics), "WORKER_METRICS_PORT": str(made.worker),
        }  # fmt: skip
        log = tmp_path_factory.mktemp("metrics") / "log"
        web = ["uvicorn", "youman.asgi:application", "--workers", "2", "--port", str(made.web)]
        worker = ["celery", "--app", "youman", "worker", "--queues", "default,reaper", "--concurrency", "1"]
        with log.open("wb") as output:
            for command in (web, worker):
                child = child_process.spawn(
                    [sys.executable, "-m", *command], env=environment, cwd=ROOT, output=output.fileno()
                )
                stack.callback(child_process.stop, child, grace_s=5)
                if command is web:
                    wait_for(made.web, child, log)
        wait_until(lambda: made.get(made.worker, "/metrics")[0] == 200)
        yield made


def total(text: str, route: str) -> float:
    lines = [line for line in text.splitlines() if line.startswith("youman_requests_total") and f'"{route}"' in line]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


@pytest.mark.parametrize("door", ["web", "metrics", "worker"])
def test_each_door_adds_up_what_all_processes_of_the_machine_have_counted(house: House, door: str) -> None:
    before = total(house.get(getattr(house, door), "/metrics")[1], "api/v1/drafts")
    for _ in range(40):
        # 429 after 30 wrong keys from one client
        assert house.get(house.web, "/api/v1/drafts")[0] in {401, 429}
    assert total(house.get(getattr(house, door), "/metrics")[1], "api/v1/drafts") == before + 40


@pytest.mark.parametrize("name", ["youman_part_up", "youman_queue_messages", "youman_waiting_rows"])
def test_the_state_is_told_by_web_processes(house: House, name: str) -> None:
    for port in (house.web, house.metrics):
        assert name in house.get(port, "/metrics")[1]


@pytest.mark.parametrize("queue", ["default", "reaper"])
def test_a_real_worker_is_seen(house: House, queue: str) -> None:
    def is_seen() -> bool:
        text = house.get(house.metrics, "/metrics")[1]
        (line,) = (one for one in text.splitlines() if one.startswith(f'youman_heartbeat_age_seconds{{queue="{queue}"'))
        return float(line.rpartition(" ")[2]) < 30

    wait_until(is_seen)


def test_another_worker_takes_the_port_of_one_that_was_killed(house: House) -> None:
    asked = ["lsof", "-t", f"-iTCP:{house.metrics}", "-sTCP:LISTEN"]
    found = subprocess.run(asked, check=False, stdout=subprocess.PIPE, text=True).stdout.split() if _has_lsof() else []
    if not found:
        pytest.skip("lsof is not installed")
    os.kill(int(found[0]), signal.SIGKILL)
    wait_until(lambda: house.get(house.metrics, "/metrics")[0] == 200)


def _has_lsof() -> bool:
    return any(Path(folder, "lsof").exists() for folder in os.environ["PATH"].split(":"))
