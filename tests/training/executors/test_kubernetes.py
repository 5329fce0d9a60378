"""What is special about a cluster: pods that wait, vanish or lack memory, an unavailable API, and the manifest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.services import cluster
from tests.services.cluster import FakeCluster
from tests.training.sample_pairs import job
from tests.waiting import wait_until
from tests.writers import Writer
from training.contract.executor import JobSpec, Observation, Resources
from training.errors import ExecutorUnavailable
from training.executors import factory
from training.executors.kubernetes import KubernetesExecutor
from training.executors.kubernetes_client import ClusterAccess, KubernetesApi
from training.executors.manifests import Cluster, job_label, pod_manifest, pod_name
from training.jobs.lifecycle import JobRequest, create_job
from training.jobs.supervisor import supervise
from training.models import Dataset, TrainingJob
from youman.core.errors import InvalidInput

ROOT = Path(__file__).resolve().parents[3]
VALUES = {"steps": "100000", "step_s": "0.02", "score": "1", "checkpoint_every": "5", "mood": "good", "quick": "false"}
LONG = "0190d0c0-0000-7000-8000-000000000000.gate"


@pytest.fixture
def there() -> Iterator[FakeCluster]:
    with cluster.running() as found:
        yield found


@pytest.fixture
def executor(there: FakeCluster, tmp_path: Path) -> KubernetesExecutor:
    (tmp_path / "token").write_text(there.token)
    api = KubernetesApi(ClusterAccess(there.address, "youman", tmp_path / "token"))
    return KubernetesExecutor(tmp_path / "jobs", api, Cluster("youman", "image:1", "claim", tmp_path, ROOT))


@pytest.fixture
def spec(tmp_path: Path) -> JobSpec:
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "pairs.jsonl").write_text('{"id": "1"}\n')
    values = tuple((VALUES | {"seed": "0"}).items())
    channels = (("train", (tmp_path / "train").as_uri()),)
    return JobSpec(LONG, 1, "toy", values, channels, Resources(1, 256, 0), "tests.training.toy.trainer")


def running(executor: KubernetesExecutor, spec: JobSpec) -> None:
    wait_until(lambda: any('"progress"' in line for line in executor.logs(spec.external_id)[0]))


def test_the_manifest_names_image_command_volume_and_limits_and_contains_no_secret(
    spec: JobSpec, tmp_path: Path
) -> None:
    there = Cluster("youman", "image:1", "claim", Path("/data/training"))
    sent = pod_manifest(replace(spec, resources=Resources(2, 1_024, 1)), Path("/data/training/jobs/x/runs/1"), there)
    assert sent["metadata"] == {
        "name": f"youman-{LONG[:-5]}-gate-1"[:50].rstrip("-") + "-" + pod_name(spec.external_id)[-10:],
        "namespace": "youman",
        "labels": {
            "youman.dev/training-job": LONG,
            "youman.dev/attempt": "1",
            "app.kubernetes.io/name": "youman-trainer",
        },
    }
    body = sent["spec"]
    assert isinstance(body, dict)
    assert (body["restartPolicy"], body["automountServiceAccountToken"]) == ("Never", False)
    (container,) = body["containers"]
    assert container["command"] == ["python", "-m", "training.executors.warden", "/data/training/jobs/x/runs/1"]
    assert container["resources"]["limits"] == {"cpu": "2", "memory": "1280Mi", "nvidia.com/gpu": "1"}
    assert container["volumeMounts"] == [
        {"name": "training", "mountPath": "/data/training"},
        {"name": "tmp", "mountPath": "/tmp"},
    ]
    assert "env" not in container


@pytest.mark.parametrize("job_id", ["j1", LONG, "A.b" * 30])
def test_names_and_labels_are_what_kubernetes_takes_and_differ_by_attempt(job_id: str) -> None:
    names = {pod_name(f"youman-{job_id}-{attempt}") for attempt in (1, 2, 10)}
    assert len(names) == 3
    assert all(len(one) <= 63 and one.strip("-") == one and one == one.lower() and "." not in one for one in names)
    assert len(job_label(job_id)) <= 63


def test_a_waiting_pod_has_a_reason_and_is_stopped(
    executor: KubernetesExecutor, there: FakeCluster, spec: JobSpec
) -> None:
    there.full = True
    executor.submit(spec)
    assert executor.observe(spec.external_id) == Observation("pending", "0/1 nodes are available: 1 Insufficient cpu.")
    executor.stop(spec.external_id)
    executor.stop(spec.external_id)
    assert executor.observe(spec.external_id) == Observation("cancelled", "The trainer was stopped on request", 143)


@pytest.mark.parametrize(
    ("reason", "seen"),
    [
        ("OOMKilled", Observation("failed", "The trainer used more memory than the pod allows", 77)),
        ("Evicted", Observation("failed", "The pod ended without an exit status (Evicted)", is_lost=True)),
    ],
)
def test_a_pod_that_was_killed_from_outside_is_explained_by_its_reason(
    executor: KubernetesExecutor, there: FakeCluster, spec: JobSpec, reason: str, seen: Observation
) -> None:
    executor.submit(spec)
    running(executor, spec)
    there.kill(pod_name(spec.external_id), reason)
    assert executor.observe(spec.external_id) == seen


def test_a_vanished_pod_is_lost(executor: KubernetesExecutor, there: FakeCluster, spec: JobSpec) -> None:
    executor.submit(spec)
    running(executor, spec)
    there.kill(pod_name(spec.external_id), "NodeLost")
    del there.pods[pod_name(spec.external_id)]
    assert executor.observe(spec.external_id).is_lost


def test_a_cluster_that_does_not_answer_ends_no_running_trainer(
    executor: KubernetesExecutor, there: FakeCluster, spec: JobSpec
) -> None:
    executor.submit(spec)
    running(executor, spec)
    there.down = True
    seen = executor.observe(spec.external_id)
    assert (seen.phase, seen.is_lost) == ("running", False)
    assert "the server is currently unable to handle the request" in seen.detail
    with pytest.raises(ExecutorUnavailable, match="The cluster refused GET pods: 503"):
        executor.submit(replace(spec, attempt=2))
    there.down = False
    assert executor.observe(spec.external_id) == Observation("running")


def test_a_wrong_token_is_explained(executor: KubernetesExecutor, there: FakeCluster, spec: JobSpec) -> None:
    there.token = "another"
    with pytest.raises(ExecutorUnavailable, match="401 Unauthorized"):
        executor.submit(spec)


@pytest.mark.django_db(transaction=True)
def test_a_job_goes_through_the_cluster_from_claim_to_version(
    alice: Writer, there: FakeCluster, settings: LazySettings, tmp_path: Path
) -> None:
    job(alice, steps=1)  # makes the dataset; takes the room of this machine
    (tmp_path / "token").write_text(there.token)
    settings.KUBERNETES_API, settings.KUBERNETES_TOKEN_FILE = there.address, str(tmp_path / "token")
    ask = JobRequest("toy", Dataset.objects.get().pk, "toy", {"quick": True, "steps": 5}, executor="kubernetes")
    row = create_job(account=alice.account, request=ask, actor="tests")
    supervise(row.pk)
    done = TrainingJob.objects.select_related("produced_version__model").get(pk=row.pk)
    assert (done.state, done.failure_detail, done.gate, done.produced) == ("completed", "", "passed", "toy/1")
    assert [one["metadata"]["labels"]["youman.dev/training-job"] for one in there.seen] == [
        str(row.pk),
        f"{row.pk}.gate",
    ]


def test_without_a_cluster_the_executor_does_not_exist() -> None:
    with pytest.raises(InvalidInput, match="executor must be one of local"):
        factory.executor_named("kubernetes")
