"""Filters of pairs and jobs, in the list and in the export."""

from __future__ import annotations

import json

import pytest

from tests.training.sample_pairs import dataset, enter_some, job
from tests.writers import Writer
from training.models import TrainingDataPoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def pairs(db: None) -> None:
    """Enter three pairs: a scored one about news in German, and two that are not scored."""
    enter_some(3)
    first = TrainingDataPoint.objects.order_by("created_at", "id")[0]
    TrainingDataPoint.objects.filter(pk=first.pk).update(
        quality=0.5, language="de", domain="news", strategy="casual", split="test"
    )
    TrainingDataPoint.objects.exclude(pk=first.pk).update(split="train")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("language=de", 1), ("domain=news", 1), ("strategy=casual", 1), ("split=test", 1), ("split=train", 2),
        ("split=none", 0), ("min_quality=0.5", 1), ("min_quality=5e-1", 1), ("min_quality=0.51", 0), ("domain=new", 0),
        ("split=train&language=de", 0),
    ],
)  # fmt: skip
def test_pairs_are_listed_and_exported_by_each_filter(
    pairs: None,
    staff: Writer,
    query: str,
    found: int,
) -> None:
    assert len(staff.get(f"training-data?{query}").body["results"]) == found
    response = staff.api.get(f"/api/v1/training-data/export?{query}")
    lines = b"".join(response.streaming_content).splitlines()  # type: ignore[attr-defined]
    assert len([json.loads(line) for line in lines]) == found


def test_jobs_are_found_by_their_state(staff: Writer) -> None:
    row = job(staff, dataset())
    assert [one["id"] for one in staff.get("training-jobs?state=pending").body["results"]] == [str(row.pk)]
    assert staff.get("training-jobs?state=completed").body["results"] == []
