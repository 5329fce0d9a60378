"""An installation whose processes and database may be killed, and a vendor that remembers every answer it gave."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.house_rules.source import ROOT
from tests.services import postgres, valkey
from tests.services.ports import free_port
from tests.services.postgres import Postgres
from tests.vendors import KEY_HOSTS_TEXT, Seen, VendorServer, vendors
from tests.vendors.shapes import Tokens
from youman.core.runtime import child_process

WEBS = 2
MARK = re.compile(r"\bzq[a-z]+\b")  # a word of each text, in lower case, which no rule protects or changes
_LONGEST_ANSWER_S = 1.5
_LONGEST_OUTAGE_S = 2.5


@dataclass(frozen=True)
class Answer:
    """One that the vendor gave and would bill. `tokens_in` is different for each."""

    mark: str
    tokens_in: int
    tokens_out: int


@dataclass
class VendorLog:
    """What the vendor would bill: each answer is written down before it is sent."""

    path: Path
    random: random.Random
    answers: list[Answer] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    mine: threading.local = field(default_factory=threading.local)

    def serve(self, server: VendorServer, edit: Callable[[Seen], str]) -> None:
        def answer(seen: Seen) -> str:
            text = edit(seen)
            time.sleep(self.random.uniform(0.02, _LONGEST_ANSWER_S))
            self.mine.tokens = self._note(seen.prompt)
            return text

        server.answer = answer
        server.tokens = _OfThisThread(self.mine)  # type: ignore[assignment]  # has every attribute of Tokens

    def _note(self, prompt: str) -> Tokens:
        found = MARK.search(prompt)
        with self.lock:
            number = len(self.answers)
            made = Answer(found[0] if found else "", 10_000 + number, 20 + number % 50)
            self.answers.append(made)
            with self.path.open("a") as file:
                file.write(json.dumps([made.mark, made.tokens_in, made.tokens_out]) + "\n")
        return Tokens(sent=made.tokens_in, back=made.tokens_out)


class _OfThisThread:
    """The vendor's server reads the tokens right after the answer, in the thread of the request."""

    def __init__(self, mine: threading.local) -> None:
        self._mine = mine

    def __getattr__(self, name: str) -> object:
        return getattr(self._mine.tokens, name)


@dataclass
class Process:
    """A web or worker process that is started again whenever it was killed."""

    command: list[str]
    environment: dict[str, str]
    log: Path
    port: int = 0
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.child = child_process.spawn(self.command, env=self.environment, cwd=ROOT, output=output.fileno())

    def kill(self) -> None:
        """`kill -9` to the process and all that it has started."""
        assert self.child is not None
        os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()

    def stop(self) -> None:
        if self.child is not None:
            child_process.stop(self.child, grace_s=10)


@dataclass
class Installation:
    var: Path
    database: Postgres
    vendor: VendorServer
    log: VendorLog
    processes: dict[str, Process]

    @property
    def addresses(self) -> list[str]:
        return [f"http://127.0.0.1:{one.port}" for one in self.processes.values() if one.port]

    def kill(self, name: str, draw: random.Random) -> None:
        """Kill what is called so and start it again: the database at once or after an outage, the rest at once."""
        if name == "database":
            self.database.kill()
            time.sleep(draw.uniform(0.0, _LONGEST_OUTAGE_S))
            self.database.start()
        elif name == "connection":
            self._kill_a_connection(draw)
        else:
            self.processes[name].kill()
            self.processes[name].start()

    def _kill_a_connection(self, draw: random.Random) -> None:
        """`kill -9` to one process of the database: it ends all connections, recovers, and stays up."""
        with psycopg.connect(host=str(self.database.home), user="youman", dbname="postgres") as asking:
            rows = asking.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'").fetchall()
            own = asking.info.backend_pid
        pids = [pid for (pid,) in rows if pid != own]
        if pids:
            os.kill(draw.choice(pids), signal.SIGKILL)
        self.database.start()


@contextmanager
def running(seed: int) -> Iterator[Installation]:
    """Start everything but the processes, whose deployments must be there first; Django is set up when this yields."""
    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="youman-chaos-")))
        database = stack.enter_context(postgres.server())
        redis = stack.enter_context(valkey.running())
        vendor = stack.enter_context(vendors())
        os.environ |= {
            "YOUMAN_VAR": str(var), "REDIS_URL": redis, "DATABASE_URL": database.url, "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "youman.settings", "OPENAI_API_KEY": "k1", "PRIVATE_ENDPOINTS": "127.0.0.1",
            "PROVIDER_KEY_HOSTS": KEY_HOSTS_TEXT,
        }  # fmt: skip
        import django

        django.setup()
        log = VendorLog(var / "answers.jsonl", random.Random(seed))
        made = Installation(var, database, vendor, log, _processes(var))
        try:
            yield made
        finally:
            for process in made.processes.values():
                process.stop()


def _processes(var: Path) -> dict[str, Process]:
    environment = os.environ | {"LOG_LEVEL": "WARNING"}
    found: dict[str, Process] = {}
    for number in range(WEBS):
        port = free_port()
        command = ["-m", "uvicorn", "youman.asgi:application", "--port", str(port), "--no-access-log"]
        found[f"web {number + 1}"] = Process([sys.executable, *command], environment, var / f"web{number}.log", port)
    worker = ["-m", "celery", "-A", "youman", "worker", "-c", "2", "-Q", "long,default,reaper", "-l", "WARNING",
              "--without-gossip", "--without-mingle", "--without-heartbeat"]  # fmt: skip
    return found | {"worker": Process([sys.executable, *worker], environment, var / "worker.log")}
