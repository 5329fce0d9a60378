"""A text asks the database for everything once: the literal counts hold what a run of the worker costs."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from humanize.deferred import dispatch
from humanize.models import Transformation
from humanize.transformations import create, worker
from humanize.validation import check_options
from serving.gateway import snapshot
from serving.models import TierPrice
from tests.humanize.deployments import Engines
from tests.writers import DRAFT, Writer, writer
from youman.core.accounts import lifecycle

pytestmark = pytest.mark.django_db(transaction=True)
THREE_PARTS_BY_ENGINES = "\n\n".join(f"Paragraph number {n} stands here. {DRAFT}" for n in range(60))
THREE_PARTS_BY_RULES = "\n\n".join([DRAFT * 10] * 20)


@pytest.fixture
def bea(engines: Engines) -> Writer:
    """She consented, so her own accepted edits are looked up as examples."""
    bea = writer("bea", "BASIC")
    lifecycle.give_consent(account=bea.account, actor=bea.account.user)
    return bea


def statements(work: Callable[[], object]) -> list[str]:
    """Verb and table of each statement on our own tables and the ledger. Heartbeats come by the clock and do not
    count, nor does what is kept in memory for a second: deployments and the detector."""
    with CaptureQueriesContext(connection) as seen:
        work()
    return [found for query in seen.captured_queries if (found := _short(query["sql"]))]


def _short(sql: str) -> str:
    table = next((word.strip(",").split(".")[0].strip('"') for word in sql.split() if "_" in word and '"' in word), "")
    of_one_text = "serving_invocation" in table and "GROUP BY" not in sql
    if 'SET "heartbeat_at"' in sql or not (table.startswith("humanization_") or of_one_text):
        return ""
    verb = sql.split()[0].replace("DECLARE", "SELECT")
    return f"{verb} {table.removeprefix('humanization_')}"


def queued(who: Writer, text: str, **options: object) -> Transformation:
    body = who.post("transformations", {"text": text, "wait": False, **options}).body
    return Transformation.objects.get(pk=body["id"])


CLAIM = ["UPDATE transformation", "SELECT transformation"]
CUT = ["UPDATE transformation", "INSERT chunk", "SELECT chunk"]
STORE = ["UPDATE transformation", "UPDATE chunk", "INSERT edit"]
CACHE = ["SELECT cachedanswer", "INSERT cachedanswer"]
COMPLETE = ["UPDATE transformation", "UPDATE chunk"]


def test_by_the_rules_each_part_costs_its_three_writes_and_the_text_is_read_once(alice: Writer) -> None:
    row = queued(alice, THREE_PARTS_BY_RULES)
    assert statements(lambda: worker.run(row.pk)) == [*CLAIM, *CUT, *STORE * 3, "SELECT chunk", *COMPLETE]


def test_with_engines_the_policy_and_the_examples_are_read_once(engines: Engines, bea: Writer) -> None:
    engines.add("small")
    row = queued(bea, THREE_PARTS_BY_ENGINES)
    assert statements(lambda: worker.run(row.pk)) == [
        *CLAIM, "SELECT routepolicy", "SELECT edit", *CUT, *[*STORE, *CACHE] * 3,
        "SELECT chunk", "SELECT serving_invocation", *COMPLETE,
    ]  # fmt: skip


def test_a_text_answered_in_the_request_is_planned_once(engines: Engines, bea: Writer) -> None:
    engines.add("small")
    request = create.CreateRequest(DRAFT, check_options())
    assert statements(lambda: create.create_transformation(account=bea.account, request=request)) == [
        "SELECT writersdictionary", "SELECT routepolicy", "INSERT document", "INSERT transformation",
        *CLAIM, "SELECT edit", *CUT, *STORE, *CACHE, "SELECT chunk", "SELECT serving_invocation", *COMPLETE,
        "SELECT transformation", "SELECT edit",
    ]  # fmt: skip


def test_a_text_in_a_vendors_batch_asks_cache_and_ledger_once_for_all_its_parts(engines: Engines, bea: Writer) -> None:
    model = engines.add("small", capabilities={"has_batch": True}).provider_model
    assert model is not None
    TierPrice.objects.filter(model=model).delete()
    TierPrice.objects.create(model=model, share=Decimal("0.5"), from_day="2024-01-01")
    snapshot.clear_cache()
    row = queued(bea, THREE_PARTS_BY_ENGINES, service_tier="batch")
    assert statements(lambda: worker.run(row.pk)) == [
        *CLAIM, "SELECT routepolicy", "SELECT edit", *CUT,
        "SELECT cachedanswer", "UPDATE transformation", "INSERT deferred",
    ]  # fmt: skip
    dispatch.advance_batches()
    assert statements(lambda: worker.run(row.pk)) == [
        *CLAIM, "SELECT routepolicy", "SELECT edit", "SELECT chunk", "SELECT deferred", "SELECT serving_invocation",
        *[*STORE, *CACHE] * 3, "SELECT chunk", "SELECT serving_invocation", *COMPLETE, "DELETE deferred",
    ]  # fmt: skip
