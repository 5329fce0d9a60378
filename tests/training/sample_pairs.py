"""Made-up pairs, each different from the others, and a writer with feedback."""

from __future__ import annotations

import json
import random
from pathlib import Path

from humanize.models import Transformation
from humanize.transformations import create, decisions
from humanize.validation import check_options
from tests.writers import DRAFT, Writer
from training.datasets.freezing import DatasetQuery, freeze
from training.jobs.lifecycle import JobRequest, create_job
from training.models import Dataset, TrainingJob
from training.pairs.ingest import IncomingPair, IngestResult, ingest_pairs

_NOUNS = (
    "bridge harbour orchard clerk kettle ladder meadow parcel quarry ribbon stable tunnel violin wagon yard".split()
)
_VERBS = "carries follows mends paints returns shelters teaches visits weighs guards".split()
_PLACES = "Ashford Brindle Corby Dunmow Elstow Farley Garston Hexham Ilford Keswick".split()


def pair(number: int, author: str = "") -> IncomingPair:
    rand = random.Random(number)
    facts = [
        f"the {rand.choice(_NOUNS)} of {rand.choice(_PLACES)} {rand.choice(_VERBS)} the {rand.choice(_NOUNS)} "
        f"{rand.randrange(999)} times"
        for _ in range(4)
    ]
    original = " ".join(f"It is important to note that {fact}, highlighting its pivotal role." for fact in facts)
    humanized = " ".join(f"{fact[0].upper()}{fact[1:]}." for fact in facts)
    return IncomingPair(original, humanized, language="en", author=author)


def enter_some(count: int, start: int = 0, author: str = "") -> list[IngestResult]:
    return ingest_pairs([pair(number, author) for number in range(start, start + count)], scored=False)


def dataset(name: str = "first", count: int = 60) -> Dataset:
    enter_some(count)
    return freeze(name=name, query=DatasetQuery(), actor="tests")


def job(writer: Writer, given: Dataset | None = None, **hyperparameters: object) -> TrainingJob:
    """Create a job of the toy trainer that is already placed."""
    data = given or Dataset.objects.first() or dataset()
    values = {"quick": True, **hyperparameters}
    ask = JobRequest(model="toy", dataset=data.pk, trainer="toy", hyperparameters=values)
    row = create_job(account=writer.account, request=ask, actor="tests")
    row.refresh_from_db()
    return row


def write_jsonl(path: Path, count: int, start: int = 0) -> Path:
    rows = [pair(number) for number in range(start, start + count)]
    lines = [json.dumps({"original": one.original, "humanized": one.humanized}) for one in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def rewritten(writer: Writer, text: str = DRAFT, final_text: str = "", rating: int | None = 5) -> Transformation:
    """Create a finished rewrite with feedback."""
    row = create.create_transformation(account=writer.account, request=create.CreateRequest(text, check_options())).row
    decisions.give_feedback(transformation=row, rating=rating, comment="", final_text=final_text)
    return row
