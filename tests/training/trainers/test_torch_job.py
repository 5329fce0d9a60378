"""The complete loop with a network: pairs, a dataset, a supervised process, the gate, a version, a routed rewrite."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from django.conf import LazySettings

from humanize.transformations import create
from humanize.transformations.create import CreateRequest
from humanize.validation import check_options
from registry import selectors as registry
from registry.models import ModelVersion
from serving.deployments import rollout
from serving.deployments.rollout import DeployRequest
from tests.training.trainers import drafts, neural, tiny_models
from tests.writers import Writer
from training.datasets.freezing import DatasetQuery, freeze
from training.jobs.lifecycle import JobRequest, create_job
from training.jobs.supervisor import supervise
from training.pairs.ingest import IncomingPair, ingest_pairs

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "Furthermore, the harbour office utilizes a robust plan for its members. It opened in 1987."
# So few pairs cannot show that the model beats the rules surely: the job's own bounds say what is asked here.
BOUNDS = {
    "edit_f05_over_rules": -1.0, "sari_over_rules": -100.0, "human_edits_per_100w": 50.0, "leaked": 1.0,
    "reads_worse": 1.0, "similarity": 0.0, "length_out": 1.0,
}  # fmt: skip


def supervised(
    alice: Writer, trainer: str, given: dict[str, object], count: int = 220, bounds: dict[str, float] = BOUNDS
) -> ModelVersion:
    """Run such a job and return the version that it produced."""
    chance = random.Random(5)
    pairs = [drafts.pair(chance) for _ in range(count)]
    ingest_pairs(
        [IncomingPair(draft, kept, language="en", author=f"a{n}") for n, (draft, kept) in enumerate(pairs)],
        scored=False,
    )
    dataset = freeze(name="drafts", query=DatasetQuery(), actor="tests")
    ask = JobRequest(model="network", dataset=dataset.pk, trainer=trainer, hyperparameters=given, thresholds=bounds)
    row = create_job(account=alice.account, request=ask, actor="tests")
    supervise(row.pk)
    row.refresh_from_db()
    assert (row.state, row.gate, row.failure_detail) == ("completed", "passed", ""), row.gate_report
    assert row.produced_version is not None
    return registry.version_by_id(row.produced_version.pk)


def names(version: ModelVersion) -> set[str]:
    return {one.name for one in registry.live_artifacts(version)}


def assert_a_rewrite_is_routed_to(alice: Writer, version: ModelVersion) -> None:
    made = rollout.deploy_version(request=DeployRequest(version=version.ref), actor="tests")
    rollout.promote(deployment=made, actor="tests")
    done = create.create_transformation(
        account=alice.account, request=CreateRequest(text=TEXT, options=check_options(level=5), title="")
    ).row
    assert next((step["candidate"], step["outcome"]) for step in done.route) == (made.name, "chosen")
    assert "uses" in done.result


@pytest.mark.parametrize(
    "trainer",
    [
        pytest.param("revision_torch", marks=pytest.mark.torch),
        pytest.param("revision_tensorflow", marks=pytest.mark.tensorflow),
    ],
)
def test_pairs_become_a_version_that_a_rewrite_is_routed_to(alice: Writer, trainer: str) -> None:
    version = supervised(alice, trainer, dict(neural.SMALL))
    assert version.metrics["onnx_difference"]["value"] <= 1e-4
    assert {"model.onnx", "revision.json", "weights.safetensors", "manifest.json"} <= names(version)
    assert_a_rewrite_is_routed_to(alice, version)


@pytest.mark.torch
def test_a_pretrained_encoder_becomes_a_version_too(alice: Writer, settings: LazySettings, tmp_path: Path) -> None:
    tiny_models.encoder(tmp_path)
    settings.PRETRAINED_FOLDERS = [str(tmp_path)]
    given = neural.SMALL | {"encoder": "tiny-bert", "encoder_rate": 0.005, "epochs": 1, "tokens": 4096}
    version = supervised(alice, "revision_torch", given)
    assert {"model.onnx", "tokenizer.json", "weights.safetensors", "manifest.json"} <= names(version)
    assert_a_rewrite_is_routed_to(alice, version)


@pytest.mark.torch
def test_a_language_model_is_tuned_judged_and_registered(alice: Writer, settings: LazySettings, tmp_path: Path) -> None:
    tiny_models.encoder_decoder(tmp_path)
    settings.PRETRAINED_FOLDERS = [str(tmp_path)]
    given = {"pretrained": "tiny-t5", "lora_rank": 4, "epochs": 1, "accumulate": 1, "rate": 0.01, "longest": 4096}
    # A model of a few thousand weights says nothing that verification lets pass: it is as good as copy, not better.
    like_copy = BOUNDS | {"edit_f05_over_copy": 0.0, "sari_over_copy": 0.0}
    version = supervised(alice, "seq2seq_torch", given, count=50, bounds=like_copy)
    assert {"model.safetensors", "tokenizer.json", "config.json", "manifest.json"} <= names(version)
    assert version.metrics["dev_loss"]["value"] < 6.5
