"""The Kubernetes manifest of a trainer. Pure, so that it can be read and tested without a cluster."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from training.contract.executor import JobSpec

Json: TypeAlias = dict[str, object]
JOB_LABEL, ATTEMPT_LABEL = "youman.dev/training-job", "youman.dev/attempt"
GRACE_S = 15  # the warden gives the trainer 8 s for its checkpoint
# The image's user, as a number: a cluster refuses `runAsNonRoot` with a name, which might be root's.
RUN_AS = 10001
_OVERHEAD_MIB = 256  # for the warden and its Python, in addition to the trainer's memory, which the warden limits
_SECURITY: Json = {
    "runAsNonRoot": True,
    "runAsUser": RUN_AS,
    "runAsGroup": RUN_AS,
    "fsGroup": RUN_AS,
    "fsGroupChangePolicy": "OnRootMismatch",  # otherwise a start would change the owner of every file of the volume
    "seccompProfile": {"type": "RuntimeDefault"},
}
_NOT_IN_NAMES = re.compile(r"[^a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where pods run. `image` contains this project; pods and supervisors mount the volume `claim` at `mount`."""

    namespace: str
    image: str
    claim: str
    mount: Path
    cwd: Path = Path("/app")


def pod_name(external_id: str) -> str:
    """Return a valid pod name of up to 63 characters, always the same for one external id."""
    plain = _NOT_IN_NAMES.sub("-", external_id.lower()).strip("-")
    return plain if len(plain) <= 63 and plain == external_id else f"{plain[:50].strip('-')}-{_short(external_id)}"


def job_label(job: str) -> str:
    """Return the value of the label that all attempts of a job have."""
    return job if len(job) <= 63 else f"{job[:50]}-{_short(job)}"


def pod_manifest(spec: JobSpec, run: Path, cluster: Cluster) -> Json:
    """Return the manifest of a bare pod. A Kubernetes Job would recreate pods and so start a second trainer.

    The pod fits the Pod Security Standard "restricted". It gets neither secrets nor a token of the cluster, and writes
    to its volume and to an empty `/tmp` only.
    """
    labels = {
        JOB_LABEL: job_label(spec.job),
        ATTEMPT_LABEL: str(spec.attempt),
        "app.kubernetes.io/name": "youman-trainer",
    }
    container: Json = {
        "name": "trainer",
        "image": cluster.image,
        "command": ["python", "-m", "training.executors.warden", str(run)],
        "workingDir": str(cluster.cwd),
        "resources": _resources(spec),
        "volumeMounts": [
            {"name": "training", "mountPath": str(cluster.mount)},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108  # a folder of the pod
        ],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": pod_name(spec.external_id), "namespace": cluster.namespace, "labels": labels},
        "spec": {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": GRACE_S,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "securityContext": _SECURITY,
            "containers": [container],
            "volumes": [
                {"name": "training", "persistentVolumeClaim": {"claimName": cluster.claim}},
                {"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}},
            ],
        },
    }


def _resources(spec: JobSpec) -> Json:
    limits = {"cpu": str(spec.resources.cpus), "memory": f"{spec.resources.memory_mib + _OVERHEAD_MIB}Mi"}
    if spec.resources.gpus:
        limits["nvidia.com/gpu"] = str(spec.resources.gpus)
    return {"requests": limits, "limits": limits}


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]
