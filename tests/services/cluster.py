"""A small Kubernetes: the calls about pods of one namespace, and a kubelet that runs a pod's command as a process.

It keeps what the executor relies on: names are unique, a deleted pod is told to end and stays until it has, a pod is
never made again by itself. Images and volumes are this machine.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]


@dataclass
class Pod:
    manifest: Json
    child: subprocess.Popen[bytes] | None = None
    killer: threading.Timer | None = None
    killed_for: str = ""

    def view(self) -> Json:
        return {**self.manifest, "status": self._status()}

    def _status(self) -> Json:
        if self.child is None:
            waits = {
                "type": "PodScheduled",
                "status": "False",
                "message": "0/1 nodes are available: 1 Insufficient cpu.",
            }
            return {"phase": "Pending", "conditions": [waits]}
        ended = self.child.poll()
        if ended is None:
            return {"phase": "Running"}
        reason = self.killed_for or ("Completed" if ended == 0 else "Error")
        state = {"terminated": {"exitCode": ended, "reason": reason}}
        return {"phase": "Succeeded" if ended == 0 else "Failed", "containerStatuses": [{"state": state}]}


@dataclass
class FakeCluster:
    """`full` leaves new pods waiting; `down` answers nothing but 503; `seen` are the manifests that came."""

    namespace: str = "youman"
    token: str = "cluster-token"
    pods: dict[str, Pod] = field(default_factory=dict)
    seen: list[Json] = field(default_factory=list)
    full: bool = False
    down: bool = False
    address: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def create(self, manifest: Json) -> tuple[int, Json]:
        name = manifest["metadata"]["name"]
        if name in self.pods:
            return 409, {"message": f'pods "{name}" already exists'}
        self.seen.append(manifest)
        self.pods[name] = Pod(manifest, None if self.full else _run(manifest))
        return 201, self.pods[name].view()

    def delete(self, name: str, grace_s: int) -> tuple[int, Json]:
        pod = self.pods.get(name)
        if pod is None:
            return 404, {"message": "not found"}
        if pod.child is None or pod.child.poll() is not None:
            del self.pods[name]
        elif pod.killer is None or grace_s <= 1:
            pod.child.send_signal(signal.SIGTERM)
            pod.killer = threading.Timer(grace_s, _kill, [pod.child])
            pod.killer.start()
            threading.Thread(target=self._forget, args=[name, pod.child], daemon=True).start()
        return 200, {}

    def kill(self, name: str, reason: str) -> None:
        """As a node's memory does it, or its loss."""
        pod = self.pods[name]
        assert pod.child is not None
        pod.killed_for = reason
        _kill(pod.child)
        pod.child.wait()

    def _forget(self, name: str, child: subprocess.Popen[bytes]) -> None:
        child.wait()
        with self.lock:
            self.pods.pop(name, None)


def _run(manifest: Json) -> subprocess.Popen[bytes]:
    container = manifest["spec"]["containers"][0]
    command = [sys.executable if one == "python" else one for one in container["command"]]
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ}
    return subprocess.Popen(command, cwd=container["workingDir"], env=environment, start_new_session=True)


def _kill(child: subprocess.Popen[bytes]) -> None:
    """A container ends with all of its processes."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _handler(cluster: FakeCluster) -> type[BaseHTTPRequestHandler]:
    root = f"/api/v1/namespaces/{cluster.namespace}/pods"

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            given = json.loads(body) if body else {}
            with cluster.lock:
                status, found = self._answer(given)
            data = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_DELETE = _do  # noqa: N815  # names of the standard library

        def _answer(self, given: Json) -> tuple[int, Json]:
            if cluster.down:
                return 503, {"message": "the server is currently unable to handle the request"}
            if self.headers.get("Authorization") != f"Bearer {cluster.token}":
                return 401, {"message": "Unauthorized"}
            address = urlsplit(self.path)
            name = address.path.removeprefix(root).strip("/")
            match self.command:
                case "POST":
                    return cluster.create(given)
                case "DELETE":
                    return cluster.delete(name, given["gracePeriodSeconds"])
            if name:
                pod = cluster.pods.get(name)
                return (200, pod.view()) if pod else (404, {"message": "not found"})
            wanted = dict(one.split("=", 1) for one in parse_qs(address.query)["labelSelector"][0].split(","))
            rows = [pod.view() for pod in cluster.pods.values()]
            return 200, {"items": [row for row in rows if wanted.items() <= row["metadata"]["labels"].items()]}

        def log_message(self, format: str, *args: object) -> None:
            return

    return Handler


@contextmanager
def running() -> Iterator[FakeCluster]:
    """Whatever still runs in it ends with it."""
    cluster = FakeCluster()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(cluster))
    cluster.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield cluster
    finally:
        server.shutdown()
        server.server_close()
        for pod in list(cluster.pods.values()):
            if pod.killer:
                pod.killer.cancel()
            if pod.child:
                _kill(pod.child)
                pod.child.wait()
