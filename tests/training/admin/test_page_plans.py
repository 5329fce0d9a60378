"""The pages about pairs read only the rows of a page, however many are stored: checked by query plans, not by time."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from benchmarks.growth.rows import INSERT
from tests.training.sample_pairs import enter_some
from training import selectors
from training.api.filters import PointFilters
from training.models import PointCount, TrainingDataPoint
from training.pairs import statistics
from youman.core.accounts.lifecycle import create_account
from youman.core.api.pagination import KeysetPagination

pytestmark = pytest.mark.django_db
postgres_only = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="plans are PostgreSQL's")


def plan(asked: dict[str, str | float], cursor: str = "") -> str:
    """Return the query plan of the list in the API."""
    with CaptureQueriesContext(connection) as seen:
        request = Request(APIRequestFactory().get("/", {"cursor": cursor} if cursor else {}))
        rows = PointFilters(asked, TrainingDataPoint.objects.all()).qs
        KeysetPagination().paginate_queryset(rows, request)
    with connection.cursor() as database:
        database.execute(f"EXPLAIN {seen.captured_queries[0]['sql']}")
        return "\n".join(line for (line,) in database.fetchall())


@postgres_only
def test_filters_and_late_pages_are_read_from_an_index() -> None:
    with connection.cursor() as database:
        database.execute(INSERT, [0, 20_000])
        database.execute("ANALYZE training_trainingdatapoint")
    assert "training_point_page" in plan({})
    assert "training_point_language" in plan({"language": "de"})
    assert "training_point_domain" in plan({"domain": "nothing"})
    assert "training_point_split" in plan({"split": "none"})
    assert "training_point_strategy" in plan({"strategy": "unknown"})
    assert "training_point_quality" in plan({"min_quality": 1.0})
    far = TrainingDataPoint.objects.order_by("created_at")[100]
    found = plan({}, KeysetPagination.cursor_of(far))
    assert "training_point_page" in found
    assert "Index Cond: (created_at <=" in found


def queries(client: Client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return [one["sql"] for one in seen.captured_queries]


@pytest.mark.parametrize("query", ["", "?split=train", "?language=en&domain=news"])
def test_the_admin_makes_as_many_queries_for_sixty_pairs_as_for_two_and_never_counts(query: str) -> None:
    client = Client()
    client.force_login(create_account(username="root", password="a long sentence 1", staff=True).user)
    path = f"/admin/training/trainingdatapoint/{query}"
    enter_some(2)
    few = queries(client, path)
    enter_some(60, start=2)
    many = queries(client, path)
    assert len(few) == len(many)
    assert [one for one in many if "COUNT(" in one or "DISTINCT" in one] == []


def test_stats_read_no_pairs_and_a_bounded_number_of_counts() -> None:
    enter_some(3)
    PointCount.objects.bulk_create(
        PointCount(dimension="domain", value=f"made up {number}", count=1) for number in range(300)
    )
    with CaptureQueriesContext(connection) as seen:
        found = selectors.stats()
    assert len(seen.captured_queries) == 1 + len(statistics.DIMENSIONS)
    assert [one for one in seen.captured_queries if "trainingdatapoint" in one["sql"]] == []
    assert (found.points, len(found.by["domain"])) == (3, selectors.MOST_VALUES)
