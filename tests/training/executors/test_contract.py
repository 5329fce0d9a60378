"""The executor contract: the same tests for every executor, with real processes on this machine."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.services import cluster
from tests.services.cluster import FakeCluster
from tests.waiting import wait_until
from tests.workers.worker import gone
from training.contract.executor import JobSpec, Observation, Resources
from training.executors.kubernetes import KubernetesExecutor
from training.executors.kubernetes_client import ClusterAccess, KubernetesApi
from training.executors.local import LocalExecutor
from training.executors.manifests import Cluster
from training.executors.warden_base import LEASE_S, FolderExecutor
from youman.core.errors import InvalidInput

ROOT = Path(__file__).resolve().parents[3]
VALUES = {"steps": "100000", "step_s": "0.02", "score": "1", "checkpoint_every": "5", "mood": "good", "quick": "false"}


@pytest.fixture
def spec(tmp_path: Path) -> JobSpec:
    data = tmp_path / "train"
    data.mkdir()
    (data / "pairs.jsonl").write_text('{"id": "1"}\n')
    values = tuple((VALUES | {"seed": "0"}).items())
    return JobSpec(
        "j1", 1, "toy", values, (("train", data.as_uri()),), Resources(1, 256, 0), "tests.training.toy.trainer"
    )


@dataclass(frozen=True)
class Kind:
    """Create executors of one kind for the same jobs, as other processes would."""

    jobs: Path
    cluster: FakeCluster | None = None

    def make(self) -> FolderExecutor:
        if self.cluster is None:
            return LocalExecutor(self.jobs, ROOT)
        (self.jobs / "token").write_text(self.cluster.token)
        api = KubernetesApi(ClusterAccess(self.cluster.address, "youman", self.jobs / "token"))
        return KubernetesExecutor(self.jobs, api, Cluster("youman", "image", "claim", self.jobs, ROOT))


@pytest.fixture(params=["local", "kubernetes"])
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kind]:
    jobs = tmp_path / "jobs"
    jobs.mkdir()
    if request.param == "local":
        yield Kind(jobs)
    else:
        with cluster.running() as there:
            yield Kind(jobs, there)


@pytest.fixture
def local(kind: Kind) -> FolderExecutor:
    return kind.make()


def with_values(spec: JobSpec, **values: str) -> JobSpec:
    return replace(spec, hyperparameters=tuple((dict(spec.hyperparameters) | values).items()))


def ended(local: FolderExecutor, spec: JobSpec) -> Observation:
    wait_until(lambda: local.observe(spec.external_id).phase not in {"pending", "running"})
    return local.observe(spec.external_id)


def said(local: FolderExecutor, spec: JobSpec) -> str:
    return "\n".join(local.logs(spec.external_id)[0])


def running(local: FolderExecutor, spec: JobSpec) -> None:
    wait_until(lambda: said(local, spec).count('"type": "progress"') > 2)


def trainer_pid(tmp_path: Path, attempt: int = 1) -> int:
    starts = (tmp_path / "jobs" / "j1" / "ml" / "checkpoints" / "starts").read_text().splitlines()
    return int(starts[attempt - 1].split()[0])


def test_a_trainer_runs_to_its_end_and_its_files_are_collected(local: FolderExecutor, spec: JobSpec) -> None:
    quick = with_values(spec, quick="true", steps="20")
    local.submit(quick)
    assert ended(local, quick) == Observation("completed", exit_status=0)
    assert [uri.rpartition("/")[2] for uri in local.collect(quick.external_id)] == ["config.json", "manifest.json"]


def test_submitting_twice_starts_one(local: FolderExecutor, kind: Kind, spec: JobSpec, tmp_path: Path) -> None:
    local.submit(spec)
    running(local, spec)
    local.submit(spec)
    kind.make().submit(spec)  # as another process would
    local.stop(spec.external_id)
    ended(local, spec)
    assert len((tmp_path / "jobs" / "j1" / "ml" / "checkpoints" / "starts").read_text().splitlines()) == 1


def test_another_process_observes_the_same(local: FolderExecutor, kind: Kind, spec: JobSpec) -> None:
    local.submit(spec)
    running(local, spec)
    other = kind.make()
    assert other.observe(spec.external_id) == Observation("running")
    other.stop(spec.external_id)
    assert (
        ended(other, spec) == ended(local, spec) == Observation("cancelled", "The trainer was stopped on request", 143)
    )


def test_stopping_keeps_a_checkpoint(local: FolderExecutor, spec: JobSpec, tmp_path: Path) -> None:
    local.submit(spec)
    running(local, spec)
    local.stop(spec.external_id)
    ended(local, spec)
    assert list((tmp_path / "jobs" / "j1" / "ml" / "checkpoints").glob("checkpoint-*.json"))


@pytest.mark.parametrize("kind", ["local"], indirect=True)  # the warden's eight seconds are the same in a pod
def test_a_trainer_that_ignores_sigterm_is_killed(local: FolderExecutor, spec: JobSpec) -> None:
    deaf = with_values(spec, mood="deaf")
    local.submit(deaf)
    running(local, deaf)
    local.stop(deaf.external_id)
    assert ended(local, deaf).exit_status == -signal.SIGKILL


def test_a_lease_that_is_not_renewed_ends_the_trainer(local: FolderExecutor, spec: JobSpec, kind: Kind) -> None:
    local.submit(spec)
    running(local, spec)
    lease = kind.jobs / "j1" / "runs" / "1" / "lease"
    old = time.time() - LEASE_S / 2
    os.utime(lease, (old, old))
    local.renew(spec.external_id)
    assert lease.stat().st_mtime > old
    assert local.observe(spec.external_id).phase == "running"
    lapsed = time.time() - 2 * LEASE_S
    os.utime(lease, (lapsed, lapsed))
    seen = ended(local, spec)
    assert (seen.phase, seen.is_lost, seen.exit_status) == ("failed", True, 143)


def test_the_next_attempt_ends_the_processes_of_the_one_before(
    local: FolderExecutor, spec: JobSpec, tmp_path: Path
) -> None:
    local.submit(with_values(spec, mood="deaf"))
    running(local, spec)
    again = replace(spec, attempt=2)
    local.submit(again)
    running(local, again)
    assert local.observe(spec.external_id).is_lost
    assert gone(trainer_pid(tmp_path))
    assert not (tmp_path / "jobs" / "j1" / "ml" / "checkpoints" / "two-trainers").exists()
    local.stop(again.external_id)
    ended(local, again)


def test_a_killed_warden_ends_its_trainer_and_a_killed_trainer_is_explained(
    local: FolderExecutor, kind: Kind, spec: JobSpec, tmp_path: Path
) -> None:
    local.submit(spec)
    running(local, spec)
    os.kill(trainer_pid(tmp_path), signal.SIGKILL)
    assert ended(local, spec) == Observation("failed", "The trainer was killed by SIGKILL", -9)
    again = replace(spec, attempt=2)
    local.submit(again)
    running(local, again)
    os.kill(warden_pid(kind, again), signal.SIGKILL)
    assert ended(local, again).is_lost
    wait_until(lambda: gone(trainer_pid(tmp_path, 2)))


def warden_pid(kind: Kind, spec: JobSpec) -> int:
    if kind.cluster is None:
        return int((kind.jobs / "j1" / "runs" / "2" / "warden.pid").read_text().split()[1].rstrip(","))
    child = kind.cluster.pods[spec.external_id].child
    assert child is not None
    return child.pid


def test_logs_are_read_by_a_cursor_in_whole_lines(local: FolderExecutor, spec: JobSpec, tmp_path: Path) -> None:
    quick = with_values(spec, quick="true", steps="3")
    local.submit(quick)
    ended(local, quick)
    lines, cursor = local.logs(quick.external_id)
    assert lines[0] == "starting at step 0 with 1 pairs"
    assert local.logs(quick.external_id, cursor) == ((), cursor)
    log = tmp_path / "jobs" / "j1" / "runs" / "1" / "log"
    with log.open("ab") as file:
        file.write(b"half a li")
    assert local.logs(quick.external_id, cursor) == ((), cursor)
    with log.open("ab") as file:
        file.write(b"ne \xff\n")
    assert local.logs(quick.external_id, cursor)[0] == ("half a line \ufffd",)
    assert local.logs("youman-unknown-1") == ((), 0)


@pytest.mark.parametrize("name", ["", "x", "youman-../../etc-1", "youman-a..b-1", "youman-a-b"])
def test_strange_ids_are_refused(local: FolderExecutor, name: str) -> None:
    with pytest.raises(InvalidInput):
        local.observe(name)
