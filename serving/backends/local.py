"""Models in this process, with the `score` protocol: arrays in, arrays out, no texts.

One cache for the whole process holds the loaded graphs, so that ten deployments of a model load it once.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

from django.conf import settings

from serving.backends.base import Arrays, ContextError
from serving.backends.runtime import Artifact, Port
from serving.backends.runtime_cache import GraphCache
from serving.backends.target import Target


class LocalBackend:
    """May be called from many threads. `swap` changes the model between two calls; a running call ends on the old."""

    def __init__(self, name: str, artifact: Artifact, cache: GraphCache | None = None) -> None:
        self.name = name
        self._cache = cache or process_cache()
        self._artifact = artifact

    @property
    def artifact(self) -> Artifact:
        return self._artifact

    def score(self, arrays: Arrays, *, deadline_s: float = 10.0) -> Arrays:
        """Run the model. A run cannot be stopped, so `deadline_s` is ignored; the size of the arrays is limited."""
        with self._cache.using(self._artifact) as graph:
            return graph.run(arrays)

    def warm(self) -> None:
        """Load the model now rather than at the first call. Raises ArtifactError."""
        with self._cache.using(self._artifact):
            pass

    def ports(self) -> tuple[tuple[Port, ...], tuple[Port, ...]]:
        """Return the model's inputs and outputs."""
        with self._cache.using(self._artifact) as graph:
            return graph.inputs, graph.outputs

    def swap(self, artifact: Artifact) -> None:
        """Replace the model. Raises ArtifactError, and keeps the old one, when the new one does not load."""
        with self._cache.using(artifact):
            self._artifact = artifact


def local_backend(target: Target) -> LocalBackend:
    """Build a backend from a deployment's options `path` and `sha256`. Raises ContextError when one is missing."""
    path, sha256 = (str(target.options.get(key, "")) for key in ("path", "sha256"))
    if not path or len(sha256) != 64:
        raise ContextError(f"the deployment {target.name} must name path and sha256 of its model file")
    return LocalBackend(target.name, Artifact(Path(path), sha256))


_cache: GraphCache | None = None
_cache_pid = 0
_lock = threading.Lock()  # two caches would each take all the memory that one is allowed


def process_cache() -> GraphCache:
    """Return this process's cache, created on first use: a session created before a fork breaks after it."""
    global _cache, _cache_pid
    with _lock:
        if _cache is None or _cache_pid != os.getpid():
            _cache, _cache_pid = GraphCache(settings.MODEL_MEMORY_MIB * 1024**2), os.getpid()
        return _cache
