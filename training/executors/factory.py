"""The executors by name: this machine and, if KUBERNETES_API is set, a Kubernetes cluster."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from training.contract import paths
from training.contract.executor import Executor
from training.executors.kubernetes import KubernetesExecutor
from training.executors.kubernetes_client import ClusterAccess, KubernetesApi
from training.executors.local import LocalExecutor
from training.executors.manifests import Cluster
from youman.core.errors import InvalidInput


def executor_names() -> tuple[str, ...]:
    """Return the names of the executors that are configured here."""
    return ("local", "kubernetes") if settings.KUBERNETES_API else ("local",)


def executor_named(name: str) -> Executor:
    """Return an executor. Raises InvalidInput for a name that is not configured here."""
    if name not in executor_names():
        raise InvalidInput(f"executor must be one of {', '.join(executor_names())}")
    root = paths.root() / "jobs"
    if name == "kubernetes":
        executor: KubernetesExecutor | LocalExecutor = _cluster(root, settings.KUBERNETES_API)
    else:
        executor = _local(root, Path(settings.BASE_DIR))
    executor.environment = {"PRETRAINED_FOLDERS": ",".join(settings.PRETRAINED_FOLDERS)}
    return executor


@lru_cache(maxsize=4)
def _local(root: Path, cwd: Path) -> LocalExecutor:
    return LocalExecutor(root, cwd)


@lru_cache(maxsize=4)
def _cluster(root: Path, url: str) -> KubernetesExecutor:
    namespace = settings.KUBERNETES_NAMESPACE
    access = ClusterAccess(url, namespace, _file(settings.KUBERNETES_TOKEN_FILE), _file(settings.KUBERNETES_CA_FILE))
    # The image contains this project, so its paths are the same there as here.
    cluster = Cluster(namespace, settings.TRAINER_IMAGE, settings.TRAINER_CLAIM, paths.root(), Path(settings.BASE_DIR))
    return KubernetesExecutor(root, KubernetesApi(access), cluster)


def _file(name: str) -> Path | None:
    return Path(name) if name else None
