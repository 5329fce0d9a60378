"""`python -m youman.launcher`, the program behind `make run`. Ctrl-C or SIGTERM stops everything."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import urllib.request
from types import FrameType

from django.conf import settings

from youman import embedded, env
from youman.launcher import guards, valkey
from youman.launcher.processes import ProcessKeeper

_CHECK_EVERY_S = 0.5  # fast enough to notice a dead child; each check costs one waitpid per child
_WEB_START_S = 30.0  # enough to import everything from a cold, slow disk; then the launcher goes on without waiting
# The application decides itself which proxies it trusts (TRUST_PROXY). More connections than it serves are refused.
_WEB_OPTIONS = ["--no-proxy-headers", "--limit-concurrency", "1000", "--lifespan", "off", "--no-access-log"]
_PYTHON = [sys.executable, "-m"]


def main() -> int:
    stopping = threading.Event()

    def stop(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        stopping.set()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youman.settings")
    keeper = ProcessKeeper()
    try:
        lock = guards.hold_folder()
        host = env.host("127.0.0.1")
        port = guards.free_port(host)
        os.environ.setdefault("LOG_LEVEL", "WARNING")  # otherwise a line for each request would hide the password
        _start_all(keeper, host, port, stopping)
        if not stopping.is_set():
            _welcome()
        trouble = _watch(keeper, stopping)
        lock.close()
    except (embedded.EmbeddedModeError, env.EnvError) as error:
        trouble = str(error)
    finally:
        keeper.stop()
    if trouble:
        print(f"youman: {trouble}", file=sys.stderr)
    return 1 if trouble else 0


def _start_all(keeper: ProcessKeeper, host: str, port: int, stopping: threading.Event) -> None:
    if not env.text("REDIS_URL"):
        program = valkey.binary()
        if program is None:
            raise embedded.EmbeddedModeError("no Redis or Valkey was found; install one or set REDIS_URL")
        keeper.add("valkey", valkey.command(program))
    embedded.prepare()
    web = [*_PYTHON, "uvicorn", "youman.asgi:application", "--host", host, "--port", str(port)]
    keeper.add(
        "web",
        [*web, *_WEB_OPTIONS, "--log-level", "warning", "--timeout-graceful-shutdown", "3"],
    )
    _wait_for(
        f"http://{env.reachable_host(host)}:{port}/livez", stopping
    )  # the web process starts first, because on two cores the worker would slow it down
    if stopping.is_set():
        return
    celery = [*_PYTHON, "celery", "--app", "youman", "--quiet"]
    # The sweeps and the reapers never wait for a book, nor a book for an upload.
    workers = {
        "worker": ("long,webhooks", env.text("WORKER_CONCURRENCY", "2")),
        "upkeep": ("default,reaper", "1"),
        "uploads": ("uploads", env.text("UPLOADS_CONCURRENCY", "1")),
        "trainer": ("trainer", env.text("TRAINER_CONCURRENCY", "1")),
    }
    for name, (queues, slots) in workers.items():
        worker = ["worker", "--queues", queues, "--concurrency", slots, "--loglevel", "WARNING"]
        keeper.add(name, [*celery, *worker, "--without-gossip", "--without-mingle"])
    keeper.add("beat", [*celery, "beat", "--pidfile=", "--loglevel", "WARNING"])


def _wait_for(address: str, stopping: threading.Event) -> None:
    deadline = time.monotonic() + _WEB_START_S
    while time.monotonic() < deadline and not stopping.is_set():
        try:
            urllib.request.urlopen(address, timeout=_WEB_START_S).close()  # noqa: S310  # our own address
        except OSError:
            stopping.wait(0.05)
        else:
            return


def _welcome() -> None:
    lines = [f"Youman is running at {settings.SITE_URL}", f"Its data is in {env.var_dir()}"]
    if embedded.is_embedded() and embedded.password_file().exists():
        password = embedded.password_file().read_text().strip()
        lines.append(f"Sign in as {embedded.ADMIN} with the password {password}")
    print("\n".join([*lines, "Press Ctrl-C to stop it"]), flush=True)


def _watch(keeper: ProcessKeeper, stopping: threading.Event) -> str:
    while not stopping.wait(_CHECK_EVERY_S):
        if trouble := keeper.restart_dead():
            return trouble
    print("Stopping", flush=True)
    return ""


if __name__ == "__main__":
    sys.exit(main())
