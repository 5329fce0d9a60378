"""Lineage over the apps: dataset → job → version → deployment, each a link to its page."""

from __future__ import annotations

from io import BytesIO

import pytest

from registry.contracts import HoldRequest, Reference, VersionSpec
from registry.versions import holds, lifecycle, publish
from serving.deployments.lifecycle import holder_of
from serving.models import Deployment, DeploymentKind
from training.models import Dataset, TrainingJob
from youman.core.accounts.lifecycle import create_account
from youman.dashboard.lineage import graph_of

pytestmark = pytest.mark.django_db


def test_the_whole_way_from_the_data_to_the_deployment(django_assert_num_queries: pytest.FixtureRequest) -> None:
    account = create_account(username="alice", password="a long sentence 1", tier="BASIC")
    dataset = Dataset.objects.create(name="May", query={}, root="r" * 64, points=1200, counts={}, created_by="alice")
    job = TrainingJob.objects.create(requested_by=account, model_name="editor", dataset=dataset, trainer="revision")
    model = lifecycle.register_model(name="editor", task="humanize", actor="t")
    references = (Reference("dataset", dataset.root, dataset.name), Reference("job", str(job.pk), job.trainer))
    spec = VersionSpec(references=references, dataset_hash=dataset.root)
    version = lifecycle.create_version(model=model, actor="t", spec=spec)
    publish.put_artifact(version=version, type="report", name="r.json", source=BytesIO(b"{}"), actor="t")
    deployment = Deployment.objects.create(
        name="editor-eu", kind=DeploymentKind.MODEL, backend="local", version=version
    )
    holds.place_hold(request=HoldRequest(version.ref, holder_of(deployment), "deployed as editor-eu"))
    with django_assert_num_queries(4):  # type: ignore[operator]
        graph = graph_of(version)
    rows = [(a.label, b.label) for a, _, b in graph.rows()]
    job_label = f"job {str(job.pk)[-6:]}"
    assert sorted(rows) == sorted([("May", job_label), (job_label, "editor/1"), ("editor/1", "editor-eu")])
    assert {node.label: node.detail for node in graph.nodes}["May"] == "1,200 points"
    assert [node.label for node in graph.nodes if not node.href and node.kind == "deployment"] == []
