"""Models in this process: checked when loaded, kept within memory, swapped without a call lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from serving.backends.base import ContextError, OverloadError, ScoreBackend
from serving.backends.local import LocalBackend, local_backend
from serving.backends.runtime import Artifact, ArtifactError
from serving.backends.runtime_cache import GraphCache
from serving.backends.target import Target
from tests.serving.backends.graphs import graph_file
from tests.waiting import join

X = np.array([[1.0, 2.0]], dtype=np.float32)
MIB = 1024**2


def _backend(artifact: Artifact, limit: int = 64 * MIB) -> LocalBackend:
    return LocalBackend("double", artifact, GraphCache(limit))


def test_arrays_go_in_and_come_out_by_name(tmp_path: Path) -> None:
    backend = _backend(graph_file(tmp_path, 2.0))
    assert isinstance(backend, ScoreBackend)
    assert backend.score({"x": X})["y"].tolist() == [[2.0, 4.0]]


def test_a_changed_file_is_never_loaded(tmp_path: Path) -> None:
    artifact = graph_file(tmp_path, 2.0)
    artifact.path.write_bytes(artifact.path.read_bytes() + b"\0")
    with pytest.raises(ArtifactError) as error:
        _backend(artifact).score({"x": X})
    assert error.value.detail == "times-2-0.onnx is not the file that was registered (SHA-256 differs): fetch it again"


def test_a_missing_file_and_one_that_is_no_graph_are_named(tmp_path: Path) -> None:
    import hashlib

    junk = tmp_path / "junk.onnx"
    junk.write_bytes(b"no graph")
    for artifact, detail in (
        (Artifact(tmp_path / "none.onnx", "0" * 64), "none.onnx cannot be read"),
        (Artifact(junk, hashlib.sha256(b"no graph").hexdigest()), "junk.onnx is not an ONNX graph"),
    ):
        with pytest.raises(ArtifactError) as error:
            _backend(artifact).warm()
        assert error.value.detail.startswith(detail)


@pytest.mark.parametrize(
    ("arrays", "detail"),
    [
        ({}, "the model needs an input 'x'"),
        ({"x": X, "w": X}, "the model has no input 'w'; it takes x"),
        ({"x": X[0]}, "x has the shape [2]; the model needs [-1, 2]"),
        ({"x": np.ones((1, 3), dtype=np.float32)}, "x has the shape [1, 3]; the model needs [-1, 2]"),
        ({"x": np.array([["a", "b"]])}, "x must hold numbers"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_with_what_would(
    tmp_path: Path,
    arrays: dict[str, np.ndarray],
    detail: str,
) -> None:
    with pytest.raises(ContextError) as error:
        _backend(graph_file(tmp_path, 2.0)).score(arrays)
    assert error.value.detail == detail


def test_the_least_recently_used_leaves_when_memory_is_short(tmp_path: Path) -> None:
    files = [graph_file(tmp_path, float(n), padding=100_000) for n in (1, 2, 3)]
    cache = GraphCache(2 * MIB)
    backends = [LocalBackend(str(n), one, cache) for n, one in enumerate(files)]
    for backend in (*backends[:2], backends[0], backends[2]):
        backend.warm()
    used = cache.used_bytes
    assert used <= 2 * MIB
    for artifact in (files[0], files[2]):
        artifact.path.unlink()  # what is kept needs no file
    assert backends[0].score({"x": X})["y"].tolist() == [[1.0, 2.0]]
    assert backends[2].score({"x": X})["y"].tolist() == [[3.0, 6.0]]
    files[1].path.unlink()
    with pytest.raises(ArtifactError):
        backends[1].score({"x": X})


def test_a_graph_in_use_is_not_thrown_out(tmp_path: Path) -> None:
    first, second = (graph_file(tmp_path, float(n), padding=150_000) for n in (1, 2))
    cache = GraphCache(2 * MIB)
    with cache.using(first), pytest.raises(OverloadError), cache.using(second):
        pass
    with cache.using(second) as graph:
        assert graph.sha256 == second.sha256


def test_one_that_can_never_fit_says_so(tmp_path: Path) -> None:
    backend = LocalBackend("big", graph_file(tmp_path, 1.0, padding=10_000), GraphCache(1000))
    with pytest.raises(OverloadError) as error:
        backend.warm()
    assert error.value.detail.endswith("1,000 are allowed; raise MODEL_MEMORY_MIB")


def test_a_swap_under_load_loses_no_call_and_mixes_none(tmp_path: Path) -> None:
    old, new = graph_file(tmp_path, 2.0), graph_file(tmp_path, 3.0)
    backend = _backend(old)
    seen: list[float] = []
    failed: list[BaseException] = []
    stop = threading.Event()

    def call() -> None:
        try:
            while not stop.is_set():
                seen.append(float(backend.score({"x": X})["y"][0, 0]))
        except BaseException as error:  # noqa: BLE001  # a test must hear of anything
            failed.append(error)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for artifact in [new, old] * 10 + [new]:
        backend.swap(artifact)
    after = float(backend.score({"x": X})["y"][0, 0])
    stop.set()
    join(*threads)
    assert failed == []
    assert after == 3.0
    assert set(seen) <= {2.0, 3.0}


def test_a_swap_to_a_bad_file_keeps_the_old_model(tmp_path: Path) -> None:
    backend = _backend(graph_file(tmp_path, 2.0))
    with pytest.raises(ArtifactError):
        backend.swap(replace(backend.artifact, sha256="0" * 64))
    assert backend.score({"x": X})["y"].tolist() == [[2.0, 4.0]]


def test_many_threads_load_a_model_once(tmp_path: Path) -> None:
    cache = GraphCache(64 * MIB)
    artifact = graph_file(tmp_path, 2.0)
    backends = [LocalBackend(str(n), artifact, cache) for n in range(8)]
    threads = [threading.Thread(target=backend.warm) for backend in backends]
    for thread in threads:
        thread.start()
    join(*threads)
    with cache.using(artifact) as graph:
        assert cache.used_bytes == graph.memory


def test_a_deployment_names_its_file_and_hash(tmp_path: Path) -> None:
    artifact = graph_file(tmp_path, 2.0)
    target = Target("ours", "local", "m", options={"path": str(artifact.path), "sha256": artifact.sha256})
    assert local_backend(target).artifact == artifact
    with pytest.raises(ContextError) as error:
        local_backend(Target("ours", "local", "m"))
    assert error.value.detail == "the deployment ours must name path and sha256 of its model file"
