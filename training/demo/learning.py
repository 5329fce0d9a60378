"""The second half: feedback becomes data, data becomes a model, the gate judges the model, and the router uses it."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.utils import timezone

from humanize.models import Transformation
from humanize.transformations import create
from humanize.transformations.create import CreateRequest
from humanize.validation import check_options
from registry import selectors as registry
from registry.models import ModelVersion
from serving.deployments import rollout
from serving.deployments.rollout import DeployRequest
from serving.models import Invocation
from training.datasets.freezing import DatasetQuery, freeze
from training.demo.narration import Narrator
from training.models import Dataset, TrainingDataPoint, TrainingJob
from training.pairs.collection import collect
from training.pairs.file_import import import_pairs
from training.samples import sample_pairs
from training.states import JobState
from youman.core.models import Account

ACTOR = "demo"
MODEL = "demo-editor"
TRAINER = "revision_linear"


@dataclass(frozen=True, slots=True)
class LearningDemo:
    """The second half. `train` runs `manage.py train` with its arguments, as an operator would."""

    account: Account
    voice: Narrator
    train: Callable[..., None]
    pairs: int
    data: Path

    def tell(self, text: str) -> None:
        dataset = self._dataset()
        version = self._version(dataset)
        if version is not None:
            self._deployed(version)
            self._routed(text)

    def _dataset(self) -> Dataset:
        self.voice.step("The feedback of writers who consented becomes training data")
        done = collect()
        self.voice.say(
            f"{done.looked_at} checked, {done.accepted} collected; what an account withdraws is removed again"
        )
        self.voice.step("More pairs are imported from a file")
        source, lines = pair_lines(self.data, self.pairs)
        row = import_pairs(
            file=io.BytesIO(lines), name=source, format="jsonl", actor=ACTOR, licence="see NOTICE", scored=False
        )
        self.voice.say(f"{source}: {row.accepted} imported, {row.duplicates} already known, {row.refused} refused")
        self.voice.step("The pairs are frozen into a dataset")
        name = f"demo-{timezone.now():%Y%m%d-%H%M%S}"
        dataset = freeze(name=name, query=DatasetQuery(languages=("en",)), actor=ACTOR)
        self.voice.say(f"{name}: {dataset.counts['split']}, SHA-256 root {dataset.root}")
        self.voice.say(f"{TrainingDataPoint.objects.count()} points are stored; each of them stays in its split")
        return dataset

    def _version(self, dataset: Dataset) -> ModelVersion | None:
        self.voice.step(
            f"A job trains {TRAINER} in a supervised process, and the gate judges the model on held-out texts"
        )
        self.voice.say(
            "the model is small, so that training takes minutes; its gate allows it to be slightly worse than the rules"
        )
        self.train(dataset.name)
        job = TrainingJob.objects.filter(dataset=dataset).latest("created_at")
        assert job.state == JobState.COMPLETED
        self.voice.step("The gate decides")
        self.voice.say(str((job.gate_report or {}).get("verdict", "")))
        if job.produced_version is None:
            self.voice.say("No version was created. The report is stored with the job. More pairs would help")
            return None
        version = registry.version_by_id(job.produced_version.pk)
        self.voice.say(f"{version.ref} is {version.state}; dataset {version.dataset_hash[:16]}…, job {job.pk}")
        for one in registry.live_artifacts(version):
            self.voice.say(f"{one.type:9} {one.name:16} {one.size or 0:>11,} bytes  SHA-256 {one.sha256[:16]}…")
        return version

    def _deployed(self, version: ModelVersion) -> None:
        self.voice.step("The version is deployed as a canary and then gets all traffic")
        ask = DeployRequest(version=version.ref)
        made = rollout.deploy_version(request=ask, actor=ACTOR)
        self.voice.say(
            f"{made.name} is {made.state} with {made.traffic_share} % of the traffic. {made.state_note}".strip()
        )
        drained = rollout.promote(deployment=made, actor=ACTOR)
        self.voice.say(f"it now gets all traffic; draining: {', '.join(one.name for one in drained) or 'none'}")

    def _routed(self, text: str) -> None:
        self.voice.step("The router sends the next draft to it")
        request = CreateRequest(text=text, options=check_options(level=4), title="Demo, by our own model")
        row = create.create_transformation(account=self.account, request=request).row
        for step in row.route:
            self.voice.say(f"{step['candidate']}: {step['outcome']}, {step['reason']}")
        self._ledger(row)

    def _ledger(self, row: Transformation) -> None:
        self.voice.step("The ledger has recorded the call")
        for call in Invocation.objects.filter(transformation=row.pk):
            self.voice.say(
                f"{call.model}: {call.words_in} words in {call.latency_ms} ms, cost ${call.cost.normalize():f}, "
                f"the baseline model would have cost ${call.baseline_cost.normalize():f} at list price"
            )
        self.voice.say(f"{row.edit_count} edits, similarity {row.similarity}")


def pair_lines(folder: Path, count: int) -> tuple[str, bytes]:
    """Return the name of the source and the pairs as JSON lines: the shared data set, else the project's samples."""
    path = folder / "pairs" / "train.jsonl.gz"
    if path.exists():
        return "pairs of the shared data set", "\n".join(islice(_edited(path), count)).encode()
    pairs = ({"original": one.original, "humanized": one.humanized} for one in sample_pairs(min(count, 400)))
    return "pairs written for the project", "\n".join(map(json.dumps, pairs)).encode()


def _edited(path: Path) -> Iterator[str]:
    """Yield pairs as JSON, starting with drafts that a professional editor edited."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    rows.sort(key=lambda row: row["kind"] != "ai->professional_edit")
    for row in rows:
        fields = {"original": row["ai_text"], "humanized": row["target_text"], "domain": row["domain"][:50]}
        yield json.dumps(fields | {"author": row["group"]})
