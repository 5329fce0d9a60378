"""Trainers as Kubernetes pods, on a volume that pods and supervisors mount at the same path.

A pod runs the same warden as the local executor, so that lease, lock, memory bound, log and exit status are the same
files. Only what those files cannot tell comes from the cluster: that a pod waits or has vanished, and why.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from training.contract.executor import EXIT_OUT_OF_MEMORY, EXIT_STOPPED, JobSpec, Observation
from training.errors import ExecutorUnavailable
from training.executors import run_folder
from training.executors.kubernetes_client import KubernetesApi
from training.executors.manifests import GRACE_S, JOB_LABEL, Cluster, job_label, pod_manifest, pod_name
from training.executors.run_folder import RunFolder
from training.executors.warden_base import LEASE_S, FolderExecutor

_GONE_WAIT_S = 30.0  # longer than a pod's grace period; after that the attempt fails and is retried
_POLL_S = 0.2  # the pod has usually ended by the first or second poll
_STOP_MARK = "stop-requested"


class KubernetesExecutor(FolderExecutor):
    """Runs trainers as pods of one cluster."""

    def __init__(
        self,
        root: Path,
        api: KubernetesApi,
        cluster: Cluster,
        lease_s: float = LEASE_S,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(root, cluster.cwd, lease_s)
        self._api, self._cluster, self._sleep = api, cluster, sleep

    def stop(self, external_id: str) -> None:
        """Stop the pod; Kubernetes sends SIGTERM to the warden.

        A file marks the request, because a pod that never ran leaves no other trace.
        """
        folder = run_folder.run_folder_of(self._root, external_id).folder
        if folder.exists():
            (folder / _STOP_MARK).touch()
        self._api.delete_pod(pod_name(external_id), grace_s=GRACE_S)

    def _end_earlier(self, run: RunFolder) -> None:
        """Delete the pods of earlier attempts, so that two never run at once.

        Raises ExecutorUnavailable if they do not end in time; then the job is retried.
        """
        selector = f"{JOB_LABEL}={job_label(run.job.name)}"
        deadline = time.monotonic() + _GONE_WAIT_S
        while pods := self._api.pods(selector):
            if time.monotonic() > deadline:
                raise ExecutorUnavailable("Pods of an earlier attempt do not end; check their nodes")
            for pod in pods:
                # Not 0: that would remove the pod from the API without waiting until its node has ended it.
                self._api.delete_pod(_text(pod, "metadata", "name"), grace_s=1)
            self._sleep(_POLL_S)

    def _spawn(self, spec: JobSpec, run: RunFolder) -> None:
        self._api.create_pod(pod_manifest(spec, run.folder, self._cluster))

    def _look(self, external_id: str, run: RunFolder) -> Observation:
        try:
            pod = self._api.pod(pod_name(external_id))
        except ExecutorUnavailable as error:
            # The trainer runs on without the cluster's API; its end is recorded in a file.
            return Observation("running" if run.read("trainer.pid") else "pending", error.detail)
        return _from_pod(pod, run) if pod else _without_pod(run)

    def _let_go(self, external_id: str) -> None:
        """Delete the pod, because Kubernetes keeps bare pods. If this fails, the next attempt deletes it."""
        with suppress(ExecutorUnavailable):
            self._api.delete_pod(pod_name(external_id), grace_s=GRACE_S)


def _without_pod(run: RunFolder) -> Observation:
    if (run.folder / _STOP_MARK).exists():
        return Observation("cancelled", "The trainer was stopped on request", EXIT_STOPPED)
    if run.read("trainer.pid"):
        return Observation("failed", "The pod was evicted or preempted, or its node was lost", is_lost=True)
    return Observation("failed", "The pod does not exist in the cluster", is_lost=True)


def _from_pod(pod: Mapping[str, object], run: RunFolder) -> Observation:
    match _text(pod, "status", "phase"):
        case "Running":
            return Observation("running" if run.read("trainer.pid") else "pending")
        case "Failed" | "Succeeded":
            return _vanished(pod)
        case _:
            return Observation("pending", _why_it_waits(pod))


def _vanished(pod: Mapping[str, object]) -> Observation:
    """Describe a pod that has ended although the warden recorded no end: something else killed it."""
    reason = _terminated(pod) or _text(pod, "status", "reason")
    if reason == "OOMKilled":
        return Observation("failed", "The trainer used more memory than the pod allows", EXIT_OUT_OF_MEMORY)
    why = f" ({reason[:100]})" if reason else ""
    return Observation("failed", f"The pod ended without an exit status{why}", is_lost=True)


def _why_it_waits(pod: Mapping[str, object]) -> str:
    for condition in _list(pod, "status", "conditions"):
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            return str(condition.get("message", ""))[:200]
    for container in _list(pod, "status", "containerStatuses"):
        waiting = _text(container, "state", "waiting", "reason")
        if waiting:
            return f"The pod is waiting: {waiting[:100]}"
    return ""


def _terminated(pod: Mapping[str, object]) -> str:
    statuses = _list(pod, "status", "containerStatuses")
    return next((_text(status, "state", "terminated", "reason") for status in statuses), "")


def _get(value: object, *path: str) -> object:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _text(parent: object, *path: str) -> str:
    value = _get(parent, *path)
    return value if isinstance(value, str) else ""


def _list(parent: object, *path: str) -> list[Mapping[str, object]]:
    value = _get(parent, *path)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
