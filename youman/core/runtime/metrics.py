"""Metrics for Prometheus: what processes count, and the state of the installation when it is asked.

The processes of one machine or container count in files of one folder (`var/metrics/HOST`), which any of them can add
up. Labels are routes, deployments, tiers and the like, each of a bounded number; none holds an account, an address or
text.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from wsgiref.simple_server import WSGIServer

import redis as redis_errors
from celery import bootsteps
from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.utils import timezone
from django.utils.module_loading import import_string

from youman.core.runtime import health, heartbeats, queue

logger = logging.getLogger(__name__)


def _folder() -> str:
    """Create this machine's folder and return it; without one, each process only shows what itself has counted."""
    folder = Path(settings.VAR_DIR, "metrics", socket.gethostname())
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        logger.warning("metrics are not shared between processes", extra={"reason": error.strerror})
        return ""
    _forget_old(folder)
    return str(folder)


def _forget_old(folder: Path) -> None:
    """Delete the counts of processes that ended more than a week ago; totals go down then, as after a restart."""
    week = 7 * 86_400
    for path in folder.glob("*.db"):
        pid = path.stem.rpartition("_")[2]
        if time.time() - path.stat().st_mtime > week and not Path("/proc", pid).exists():
            path.unlink(missing_ok=True)


if _shared := _folder():
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _shared

import prometheus_client as prometheus  # noqa: E402  # it reads the variable when it is imported
from prometheus_client.core import GaugeMetricFamily, Metric  # noqa: E402  # the same
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402  # the same
from prometheus_client.registry import Collector  # noqa: E402  # the same

CONTENT_TYPE = prometheus.CONTENT_TYPE_LATEST
_MOST_VALUES = 200  # of one label; the rest share the value `other`
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_RETRY_PORT_S = 5.0  # a worker that finds the port taken looks again, since the process that has it may end
_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)

_requests = prometheus.Counter("youman_requests", "Requests by route and status.", ["method", "route", "status"])
_request_s = prometheus.Histogram("youman_request_seconds", "Seconds until the answer.", ["route"], buckets=_SECONDS)
_calls = prometheus.Counter("youman_calls", "Calls in the ledger.", ["deployment", "outcome"])
_call_s = prometheus.Histogram("youman_call_seconds", "Seconds of a call.", ["deployment"], buckets=_SECONDS)
_cost = prometheus.Counter("youman_call_cost_dollars", "US dollars, as the ledger has them.", ["deployment"])
_pool = prometheus.Gauge(
    "youman_database_connections", "Connections of all processes.", ["state"], multiprocess_mode="livesum"
)
_POOL_STATES = MappingProxyType(
    {"open": "pool_size", "free": "pool_available", "largest": "pool_max", "waiting": "requests_waiting"}
)
_known: dict[str, set[str]] = {}


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of the installation's state, with its name and labels; samples of a name have the same labels."""

    name: str
    help: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()


def note_request(*, method: str, route: str, status: int, seconds: float) -> None:
    """Count an answered request. `route` is a pattern of the URLs, not an address; "" for an unknown one."""
    route = _bounded("route", route or "unknown")
    _requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
    _request_s.labels(route).observe(seconds)
    pool = getattr(connection, "pool", None)
    if pool is not None:
        stats = pool.get_stats()
        for state, name in _POOL_STATES.items():
            _pool.labels(state).set(stats.get(name, 0))


def note_call(*, deployment: str, outcome: str, seconds: float, dollars: float) -> None:
    """Count a call of the ledger. `outcome` is `ok`, `cached`, or the kind of error."""
    deployment = _bounded("deployment", deployment)
    _calls.labels(deployment, outcome).inc()
    _call_s.labels(deployment).observe(seconds)
    _cost.labels(deployment).inc(dollars)


def _bounded(label: str, value: str) -> str:
    known = _known.setdefault(label, set())
    if value in known:
        return value
    if len(known) >= _MOST_VALUES:
        return "other"
    known.add(value)
    return value


class _State(Collector):
    """The state of the installation, read when it is asked for."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for sample in _samples():
            names = [name for name, _ in sample.labels]
            family = families.setdefault(sample.name, GaugeMetricFamily(sample.name, sample.help, labels=names))
            family.add_metric([value for _, value in sample.labels], sample.value)
        yield from families.values()


def _samples() -> Iterator[Sample]:
    readers: Sequence[Callable[[], Iterator[Sample]]] = (
        _parts, _waiting, _queues, *(import_string(path) for path in settings.STATE_METRICS),
    )  # fmt: skip
    for read in readers:
        try:
            yield from list(read())
        except (DatabaseError, redis_errors.RedisError):
            continue  # `youman_part_up` says which part is away


def _parts() -> Iterator[Sample]:
    for check in health.everything():
        yield Sample("youman_part_up", "1 if the part is in order.", float(check.ok), (("part", check.name),))


def _waiting() -> Iterator[Sample]:
    for one in health.waiting():
        labels = (("kind", one.name),)
        yield Sample("youman_waiting_rows", "Rows that wait for a worker.", one.rows, labels)
        yield Sample("youman_oldest_waiting_seconds", "Age of the oldest of them.", one.age_s, labels)


def _queues() -> Iterator[Sample]:
    now = timezone.now()
    for name, at in heartbeats.last_seen().items():
        age = (now - at).total_seconds() if at else float("inf")
        yield Sample("youman_heartbeat_age_seconds", "Since a process served the queue.", age, (("queue", name),))
        if name != heartbeats.BEAT:
            yield Sample("youman_queue_messages", "Messages in the broker.", queue.depth(name), (("queue", name),))


def render(*, with_state: bool = True) -> bytes:
    """Return all metrics in Prometheus' text format: what the processes here counted, and the installation's state."""
    registry = prometheus.CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
    else:
        registry = prometheus.REGISTRY
    counted = prometheus.generate_latest(registry)
    if not with_state:
        return counted
    state = prometheus.CollectorRegistry(auto_describe=False)
    state.register(_State())
    return counted + prometheus.generate_latest(state)


class _Served(Collector):
    """Everything, for the server on a port of its own; its thread keeps no connection to the database."""

    def __init__(self, *, with_state: bool) -> None:
        self._with_state = with_state

    def collect(self) -> Iterator[Metric]:
        registry = prometheus.CollectorRegistry()
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
        yield from registry.collect()
        if self._with_state:
            try:
                yield from list(_State().collect())
            finally:
                connections.close_all()


def serve(port: int, *, with_state: bool) -> None:
    """Serve /metrics on a port of its own, from a thread. Of several processes, one has the port and speaks for all."""
    threading.Thread(target=_serve, args=(port, with_state), name="metrics", daemon=True).start()


def _serve(port: int, with_state: bool) -> WSGIServer:
    registry = prometheus.CollectorRegistry(auto_describe=False)
    registry.register(_Served(with_state=with_state))
    while True:
        try:
            server, _ = prometheus.start_http_server(port, addr="0.0.0.0", registry=registry)  # noqa: S104  # scrapers are elsewhere
        except OSError:
            time.sleep(_RETRY_PORT_S)
        else:
            return server


class WorkerExporter(bootsteps.StartStopStep):
    """Serves what the processes of a worker have counted, on WORKER_METRICS_PORT."""

    _serves = False

    def start(self, consumer: object) -> None:
        if settings.WORKER_METRICS_PORT and not self._serves:
            self._serves = True
            serve(settings.WORKER_METRICS_PORT, with_state=False)
