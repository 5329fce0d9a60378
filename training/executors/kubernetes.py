"""Trainers as Kubernetes pods, on a volume that the pods and the supervisors mount at the same place.

The pod runs the same warden as the local executor, so that lease, lock, memory bound, log and the word on how it ended
are the same files. The cluster is asked only for what those cannot say: that a pod waits, or vanished, and why.
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

_GONE_WAIT_S = 30.0  # longer than a pod's grace; then it is tried again
_LOOK_S = 0.2  # the pod is mostly gone at the first or second look
_ASKED = "asked-to-stop"


class KubernetesExecutor(FolderExecutor):
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
        """The warden is asked by SIGTERM. A mark says that it was: a pod that never ran leaves no word of its own."""
        folder = run_folder.run_folder_of(self._root, external_id).folder
        if folder.exists():
            (folder / _ASKED).touch()
        self._api.delete_pod(pod_name(external_id), grace_s=GRACE_S)

    def _end_earlier(self, run: RunFolder) -> None:
        """Raises ExecutorAway when they do not go: then it is tried again, and two never run."""
        selector = f"{JOB_LABEL}={job_label(run.job.name)}"
        deadline = time.monotonic() + _GONE_WAIT_S
        while pods := self._api.pods(selector):
            if time.monotonic() > deadline:
                raise ExecutorUnavailable("Pods of an earlier attempt do not go; look at their nodes")
            for pod in pods:
                # Not 0: that would only forget the pod, and not wait until its node has ended it.
                self._api.delete_pod(_text(pod, "metadata", "name"), grace_s=1)
            self._sleep(_LOOK_S)

    def _spawn(self, spec: JobSpec, run: RunFolder) -> None:
        self._api.create_pod(pod_manifest(spec, run.folder, self._cluster))

    def _look(self, external_id: str, run: RunFolder) -> Observation:
        try:
            pod = self._api.pod(pod_name(external_id))
        except ExecutorUnavailable as error:
            # The trainer does not need the cluster's answer; when it ends, its file says so.
            return Observation("running" if run.read("trainer.pid") else "pending", error.detail)
        return _seen(pod, run) if pod else _without_pod(run)

    def _let_go(self, external_id: str) -> None:
        """Nobody else clears a bare pod away; what cannot be cleared now is cleared by the next attempt, or by hand."""
        with suppress(ExecutorUnavailable):
            self._api.delete_pod(pod_name(external_id), grace_s=GRACE_S)


def _without_pod(run: RunFolder) -> Observation:
    if (run.folder / _ASKED).exists():
        return Observation("cancelled", "It was stopped", EXIT_STOPPED)
    if run.read("trainer.pid"):
        return Observation("failed", "Its pod is gone: evicted, preempted, or its node was lost", is_lost=True)
    return Observation("failed", "There is no such pod in the cluster", is_lost=True)


def _seen(pod: Mapping[str, object], run: RunFolder) -> Observation:
    match _text(pod, "status", "phase"):
        case "Running":
            return Observation("running" if run.read("trainer.pid") else "pending")
        case "Failed" | "Succeeded":
            return _vanished(pod)
        case _:
            return Observation("pending", _why_it_waits(pod))


def _vanished(pod: Mapping[str, object]) -> Observation:
    """It is over and the warden has said nothing: it was killed from outside."""
    reason = _terminated(pod) or _text(pod, "status", "reason")
    if reason == "OOMKilled":
        return Observation("failed", "It took more memory than the pod allows", EXIT_OUT_OF_MEMORY)
    return Observation("failed", f"Its pod ended without a word{f' ({reason[:100]})' if reason else ''}", is_lost=True)


def _why_it_waits(pod: Mapping[str, object]) -> str:
    for condition in _list(pod, "status", "conditions"):
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            return str(condition.get("message", ""))[:200]
    for container in _list(pod, "status", "containerStatuses"):
        waiting = _text(container, "state", "waiting", "reason")
        if waiting:
            return f"The pod waits: {waiting[:100]}"
    return ""


def _terminated(pod: Mapping[str, object]) -> str:
    return next((_text(one, "state", "terminated", "reason") for one in _list(pod, "status", "containerStatuses")), "")


def _get(found: object, *path: str) -> object:
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _text(found: object, *path: str) -> str:
    value = _get(found, *path)
    return value if isinstance(value, str) else ""


def _list(found: object, *path: str) -> list[Mapping[str, object]]:
    value = _get(found, *path)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
