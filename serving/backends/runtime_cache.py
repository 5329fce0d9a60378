"""Loaded graphs by hash, within a memory limit: the least recently used is dropped first, a graph in use never.

A swap loads the new graph before it releases the old one, so that no request is dropped and none waits.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from serving.backends.base import OverloadError
from serving.backends.runtime import Artifact, Graph


@dataclass(slots=True)
class _CachedGraph:
    graph: Graph
    users: int = 0


class GraphCache:
    """Thread-safe. Two threads that want the same graph load it once."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self._kept: OrderedDict[str, _CachedGraph] = OrderedDict()
        self._loading: dict[str, threading.Lock] = {}  # one per graph, so that loading one does not block the others
        self._lock = threading.Lock()  # guards the counts of users, so that a graph in use is never dropped

    @contextmanager
    def using(self, artifact: Artifact) -> Iterator[Graph]:
        """Yield the loaded graph. Raises ArtifactError, or OverloadError when graphs in use leave no room for it."""
        kept = self._taken(artifact)
        try:
            yield kept.graph
        finally:
            with self._lock:
                kept.users -= 1

    def drop(self, sha256: str) -> None:
        """Forget a graph; running calls finish first."""
        with self._lock:
            self._kept.pop(sha256, None)

    @property
    def used_bytes(self) -> int:
        with self._lock:
            return self._used()

    def _taken(self, artifact: Artifact) -> _CachedGraph:
        while True:
            with self._lock:
                kept = self._kept.get(artifact.sha256)
                if kept is not None:
                    kept.users += 1
                    self._kept.move_to_end(artifact.sha256)
                    return kept
                loading = self._loading.setdefault(artifact.sha256, threading.Lock())
            with loading:
                self._load(artifact)

    def _load(self, artifact: Artifact) -> None:
        with self._lock:
            if artifact.sha256 in self._kept:
                return
        graph = Graph(artifact)
        with self._lock:
            self._make_room(graph.memory)
            self._kept[artifact.sha256] = _CachedGraph(graph)
            self._loading.pop(artifact.sha256, None)

    def _make_room(self, wanted: int) -> None:
        if wanted > self.limit_bytes:
            raise OverloadError(
                f"the model needs {wanted:,} bytes; {self.limit_bytes:,} are allowed; raise MODEL_MEMORY_MIB"
            )
        for sha256 in [key for key, kept in self._kept.items() if not kept.users]:
            if self._used() + wanted <= self.limit_bytes:
                return
            del self._kept[sha256]
        if self._used() + wanted > self.limit_bytes:
            raise OverloadError("other models in use fill the memory allowed for models; raise MODEL_MEMORY_MIB")

    def _used(self) -> int:
        return sum(kept.graph.memory for kept in self._kept.values())
