"""What no migration may lose: rows that the database itself refuses to change, on PostgreSQL and on SQLite."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from humanize.models import DecisionEvent, Document, Edit, Transformation
from registry.models import AliasEvent, RegisteredModel
from serving.models import Deployment, Invocation, InvocationOutcome
from youman.core.accounts.lifecycle import create_account

pytestmark = pytest.mark.django_db
TRIGGERS = [
    "humanization_decisionevent_append_only",
    "registry_aliasevent_append_only",
    "serving_invocation_append_only",
    "serving_invocationoutcome_append_only",
]


def test_the_ledgers_refuse_changes_and_deletion_on_postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the lane runs on SQLite")
    assert found("SELECT tgname FROM pg_trigger WHERE tgname LIKE '%append_only' ORDER BY tgname") == TRIGGERS
    for table in tables():
        assert_refused(f"UPDATE {table} SET id = id")
        # Decision events go with their text, so PostgreSQL looks for the text at the end of the transaction.
        assert_refused(f"DELETE FROM {table}; SET CONSTRAINTS ALL IMMEDIATE")


def test_the_full_text_indexes_are_there_on_postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the lane runs on SQLite")
    names = found("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'registry%words' ORDER BY indexname")
    assert names == ["registry_modelversion_words", "registry_registeredmodel_words"]


@pytest.mark.embedded
def test_the_ledgers_refuse_changes_on_sqlite() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the lane runs on PostgreSQL")
    assert found("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name") == TRIGGERS
    for table in tables():
        assert_refused(f"UPDATE {table} SET id = id")


def found(query: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [name for (name,) in cursor.fetchall()]


def tables() -> tuple[str, ...]:
    """Those that are only ever appended to, with a row in each."""
    model = RegisteredModel.objects.create(name="editor", task="humanize", created_by="root")
    AliasEvent.objects.create(model=model, alias="champion", kind="promote", actor="root")
    deployment = Deployment.objects.create(name="ours", kind="rules", backend="rules")
    call = Invocation.objects.create(
        deployment=deployment, model="ours", account=1, tier="BASIC", attempt=1, strategy="auto", complexity="simple",
        latency_ms=1, price_list="ours",
    )  # fmt: skip
    InvocationOutcome.objects.create(invocation=call)
    edit = Edit.objects.create(transformation=text(), start=0, end=1, after="x", reason="r", source="rules/x")
    DecisionEvent.objects.create(
        transformation=edit.transformation, number=1, edit=edit, action="decide", scope="all", door="command",
        decision="accepted", decision_scope="all", previous="undecided",
    )  # fmt: skip
    return tuple(name.removesuffix("_append_only") for name in TRIGGERS)


def text() -> Transformation:
    owner = create_account(username="alice", password="a long sentence 1", tier="BASIC")
    document = Document.objects.create(owner=owner, title="Plan")
    return Transformation.objects.create(owner=owner, document=document, source="a", words=1, level=3)


def assert_refused(query: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query)
