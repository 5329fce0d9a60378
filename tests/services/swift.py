"""A private OpenStack Swift with its S3 API: the stricter S3 of the tests, which checks signatures, expiry and digests.

Debian's packages (swift-proxy, swift-account, swift-container, swift-object) run on the system's own Python; four
servers, one replica, everything in a temporary folder. Keys and buckets are forgotten when it stops.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.services.ports import free_port, wait_for
from youman.core.runtime import child_process

_FILTERS = Path(__file__).parent / "swift_filters"
_STORES = ("account", "container", "object")
PACKAGES = ("swift-proxy", *(f"swift-{kind}" for kind in _STORES))
_COMMANDS = ("swift-ring-builder", "swift-proxy-server", *(f"swift-{kind}-server" for kind in _STORES))
_SHARED = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {home}
devices = {home}/devices
mount_check = false
disable_fallocate = true
"""
_STORE = """[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""
_PROXY = """[pipeline:main]
pipeline = catch_errors gatekeeper memory listing_formats bulk s3api tempauth slo dlo versioned_writes proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:tempauth]
use = egg:swift#tempauth
user_tests_tests = tests-secret .admin
[filter:s3api]
use = egg:swift#s3api
[filter:memory]
paste.filter_factory = swift_memory:filter_factory
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[filter:versioned_writes]
use = egg:swift#versioned_writes
"""


def lacking() -> str:
    """Why it cannot run here; empty where it can."""
    missing = [name for name in _COMMANDS if shutil.which(name) is None]
    if missing:
        return f"no OpenStack Swift on this machine ({missing[0]} is missing); apt-get install {' '.join(PACKAGES)}"
    return "" if Path("/etc/swift/swift.conf").is_file() else "OpenStack Swift has no /etc/swift/swift.conf"


@contextmanager
def running() -> Iterator[str]:
    """The address of a fresh server; its keys are those of `s3.CREDENTIALS`."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="youman-swift-", dir="/tmp")))
        ports = {kind: free_port() for kind in (*_STORES, "proxy")}
        for kind, port in ports.items():
            _configure(home, kind, port)
        servers = [stack.enter_context(_server(home, kind)) for kind in ports]
        for port, (child, log) in zip(ports.values(), servers, strict=True):
            wait_for(port, child, log)
        yield f"http://127.0.0.1:{ports['proxy']}"


def _configure(home: Path, kind: str, port: int) -> None:
    shared = _SHARED.format(port=port, home=home, user=pwd.getpwuid(os.geteuid()).pw_name)
    own = _PROXY if kind == "proxy" else _STORE.format(kind=kind)
    (home / f"{kind}.conf").write_text(shared + own)
    if kind != "proxy":
        (home / "devices" / "d").mkdir(parents=True, exist_ok=True)
        ring = f"{kind}.builder", "create", "4", "1", "1", "add", f"r1z1-127.0.0.1:{port}/d", "1", "rebalance"
        _ring(home, *ring)


def _ring(home: Path, builder: str, *steps: str) -> None:
    """Each step is a call of its own: create POWER REPLICAS HOURS, add DEVICE WEIGHT, rebalance."""
    for step in (steps[:4], steps[4:7], steps[7:]):
        command = ["swift-ring-builder", builder, *step]
        subprocess.run(command, cwd=home, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _server(home: Path, kind: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    log = home / f"{kind}.log"
    environment = os.environ | {"PYTHONPATH": str(_FILTERS)}
    with log.open("wb") as output:
        command = [f"swift-{kind}-server", str(home / f"{kind}.conf"), "-v"]
        child = child_process.spawn(command, env=environment, cwd=home, output=output.fileno())
    try:
        yield child, log
    finally:
        child_process.stop(child, grace_s=5)
