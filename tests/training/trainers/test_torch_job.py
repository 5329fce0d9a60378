"""The whole way with a network: pairs, a dataset, a supervised process, the gate, a version, a routed rewrite."""

from __future__ import annotations

import random

import pytest

from humanize import services
from humanize.asking import check_options
from humanize.services import Ask
from registry import selectors as registry
from serving import rollout
from serving.rollout import DeployAsk
from tests.training.trainers import drafts, neural
from tests.writers import Writer
from training.datasets import DatasetQuery, freeze
from training.entry import IncomingPair, enter
from training.jobs import JobAsk, create_job
from training.supervisor import supervise

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "Furthermore, the harbour office utilizes a robust plan for its members. It opened in 1987."
# So few pairs cannot show that the model beats the rules surely: the job's own bounds say what is asked here.
BOUNDS = {
    "edit_f05_over_rules": -1.0, "sari_over_rules": -100.0, "human_edits_per_100w": 50.0, "leaked": 1.0,
    "similarity": 0.0, "length_out": 1.0,
}  # fmt: skip


@pytest.mark.parametrize(
    "trainer",
    [
        pytest.param("revision_torch", marks=pytest.mark.torch),
        pytest.param("revision_tensorflow", marks=pytest.mark.tensorflow),
    ],
)
def test_pairs_become_a_version_that_a_rewrite_is_routed_to(alice: Writer, trainer: str) -> None:
    chance = random.Random(5)
    pairs = [drafts.pair(chance) for _ in range(220)]
    enter(
        [IncomingPair(draft, kept, language="en", author=f"a{n}") for n, (draft, kept) in enumerate(pairs)],
        scored=False,
    )
    dataset = freeze(name="drafts", query=DatasetQuery(), actor="tests")
    ask = JobAsk(
        model="network", dataset=dataset.pk, trainer=trainer, hyperparameters=dict(neural.SMALL), thresholds=BOUNDS
    )
    row = create_job(account=alice.account, ask=ask, actor="tests")
    supervise(row.pk)
    row.refresh_from_db()
    assert (row.state, row.gate, row.failure_detail) == ("completed", "passed", ""), row.gate_report
    assert row.produced_version is not None
    version = registry.version_by_id(row.produced_version.pk)
    assert version.metrics["onnx_difference"]["value"] <= 1e-4
    names = {one.name for one in registry.live_artifacts(version)}
    assert {"model.onnx", "revision.json", "weights.safetensors", "manifest.json"} <= names
    made = rollout.deploy_version(ask=DeployAsk(version=version.ref), actor="tests")
    rollout.promote(deployment=made, actor="tests")
    done = services.create_transformation(
        account=alice.account, ask=Ask(text=TEXT, options=check_options(level=5), title="")
    ).row
    assert next((step["candidate"], step["outcome"]) for step in done.route) == (made.name, "chosen")
    assert "uses" in done.result
