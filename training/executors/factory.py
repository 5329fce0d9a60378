"""Executors by name: this machine, and a Kubernetes cluster where one is named. `sagemaker` comes next."""

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
    """Those that are set up here."""
    return ("local", "kubernetes") if settings.KUBERNETES_API else ("local",)


def executor_named(name: str) -> Executor:
    """Raises InvalidInput for a name that is not set up here."""
    if name not in executor_names():
        raise InvalidInput(f"executor must be one of {', '.join(executor_names())}")
    root = paths.root() / "jobs"
    made = _cluster(root, settings.KUBERNETES_API) if name == "kubernetes" else _local(root, Path(settings.BASE_DIR))
    made.environment = {"PRETRAINED_FOLDERS": ",".join(settings.PRETRAINED_FOLDERS)}
    return made


@lru_cache(maxsize=4)
def _local(root: Path, cwd: Path) -> LocalExecutor:
    return LocalExecutor(root, cwd)


@lru_cache(maxsize=4)
def _cluster(root: Path, url: str) -> KubernetesExecutor:
    namespace = settings.KUBERNETES_NAMESPACE
    access = ClusterAccess(url, namespace, _file(settings.KUBERNETES_TOKEN_FILE), _file(settings.KUBERNETES_CA_FILE))
    # The image is this project's own: what stands here stands there at the same place.
    cluster = Cluster(namespace, settings.TRAINER_IMAGE, settings.TRAINER_CLAIM, paths.root(), Path(settings.BASE_DIR))
    return KubernetesExecutor(root, KubernetesApi(access), cluster)


def _file(name: str) -> Path | None:
    return Path(name) if name else None
