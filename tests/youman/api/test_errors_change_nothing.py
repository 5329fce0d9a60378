"""What answers an error has changed nothing, wherever an Idempotency-Key is taken; sent again it is done once."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.db import Error, IntegrityError, OperationalError, connection
from django.db.models import Sum
from pytest_django.fixtures import Settings

from humanize.models import Transformation
from tests.house_rules.source import ROOT
from tests.humanize.conftest import engines as engines
from tests.humanize.deployments import Engines
from tests.registry.admin.staff import staff
from tests.training.sample_pairs import dataset
from tests.writers import DRAFT, Reply, Writer, writer
from youman.core.accounts import scopes
from youman.core.accounts.lifecycle import spend_words
from youman.core.models import WordUsage

APPS = ("core", "registry", "serving", "humanization", "training")
NAMES = ("text", "title", "model", "level", "document", "protected", "language", "x\0", "\ud9ff")
ODDER = (["a"], ["\0"], ["\ud800"], {"\ud800": 1}, -1, 2**80, "word " * 3_000)
Facts = dict[str, object]


@dataclass(frozen=True)
class Address:
    """One that takes the key: a body that it takes, and the names of its free texts."""

    path: str
    body: dict[str, Any]
    texts: tuple[str, ...]


ADDRESSES = {
    "transformation": Address("transformations", {"text": DRAFT}, ("text", "title", "model")),
    "queued": Address("transformations", {"text": DRAFT, "wait": False}, ("document", "service_tier")),
    "batch": Address("batches", {"documents": [{"text": DRAFT}, {"text": f"{DRAFT} More."}]}, ("service_tier",)),
    "model": Address("registered-models", {"name": "second", "task": "humanize"}, ("name", "framework", "parent")),
    "version": Address("registered-models/editor/versions", {"notes": "n"}, ("notes", "dataset_hash")),
    "upload": Address("model-versions/{version}/uploads", {"type": "report", "name": "r.json"}, ("name", "sha256")),
    "dataset": Address("datasets", {"name": "second"}, ("name",)),
    "job": Address(
        "training-jobs",
        {"model": "toy", "dataset": "{dataset}", "trainer": "toy"},
        ("model", "trainer", "notes", "base"),
    ),
}
ODD: tuple[object, ...] = (
    "", " ", "\0", "a\0b", "\ud800", "a\udfffb", "x" * 300, "x" * 11_000, "[[]]", "…", "\ufeff", 7, None, [], {"a": 1},
)  # fmt: skip


@pytest.fixture
def alice(db: None, settings: Settings) -> Writer:
    """May use every address, and sees 500 as a client does."""
    settings.TRAINER_FOLDERS = [str(ROOT / "tests" / "training" / "toy")]
    found = staff("alice", tuple(scopes.ALL))
    found.api.raise_request_exception = False
    return found


@pytest.fixture
def places(alice: Writer) -> dict[str, str]:
    """What the addresses need to be there."""
    alice.post("registered-models", {"name": "editor", "task": "humanize"})
    version = alice.post("registered-models/editor/versions", {}).body["id"]
    return {"version": version, "dataset": str(dataset().pk)}


def filled(address: Address, places: dict[str, str]) -> tuple[str, dict[str, Any]]:
    body = {k: places["dataset"] if v == "{dataset}" else v for k, v in address.body.items()}
    return address.path.replace("{version}", places["version"]), body


def ask(one: Writer, path: str, body: object, key: str = "k") -> Reply:
    """POST with an Idempotency-Key. Half of a character pair goes out as JSON writes it."""
    response = one.api.generic(
        "POST", f"/api/v1/{path}", json.dumps(body), "application/json", headers={"Idempotency-Key": key}
    )
    return Reply(response.status_code, json.loads(response.content), response.headers)


def facts() -> Facts:
    """The rows of every table, and the words charged."""
    tables = [model._meta.db_table for name in APPS for model in apps.get_app_config(name).get_models()]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables))
        counts: Facts = dict(cursor.fetchall())
    return counts | WordUsage.objects.aggregate(words=Sum("words"), requests=Sum("requests"))


@dataclass
class FailingAt:
    """Makes the database refuse the n-th statement that writes. `writes` counts them."""

    number: int
    error: type[Error]
    writes: int = 0
    failed: list[str] = field(default_factory=list)

    def __call__(self, execute: Callable[..., object], sql: str, *rest: object) -> object:
        if sql.split(" ", 1)[0] in {"INSERT", "UPDATE", "DELETE"}:
            self.writes += 1
            if self.writes == self.number:
                self.failed.append(sql[:60])
                raise self.error("refused")
        return execute(sql, *rest)


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("error", [IntegrityError, OperationalError])
def test_a_database_that_fails_at_any_statement(
    alice: Writer, places: dict[str, str], name: str, error: type[Error]
) -> None:
    path, body = filled(ADDRESSES[name], places)
    number = statuses = 0
    while True:
        number += 1
        before, plan = facts(), FailingAt(number, error)
        with connection.execute_wrapper(plan):
            reply = ask(alice, path, body)
        if not plan.failed:
            break
        if reply.status >= 400:
            statuses += 1
            assert facts() == before, plan.failed
            assert reply.status != 503 or int(reply.headers["Retry-After"]) >= 1
        else:  # one document of a batch was refused, the others are there
            assert name == "batch"
            check_batch(reply)
            assert_repeated(alice, path, body, reply)
            return
    assert number > 3
    assert statuses == number - 1
    assert reply.status in {201, 202}
    assert_repeated(alice, path, body, reply)


def assert_repeated(alice: Writer, path: str, body: object, first: Reply) -> None:
    before = facts()
    again = ask(alice, path, body)
    assert (again.status, again.body, again.headers["Idempotency-Replayed"]) == (first.status, first.body, "true")
    assert again.headers["Location"] == first.headers["Location"]
    assert facts() == before


def check_batch(reply: Reply) -> None:
    """The words charged are those of the texts that are there."""
    made = [one["transformation"]["id"] for one in reply.body["items"] if one["transformation"]]
    rows = Transformation.objects.all()
    assert sorted(str(pk) for pk in rows.values_list("pk", flat=True)) == sorted(made)
    assert (WordUsage.objects.aggregate(n=Sum("words"))["n"] or 0) == (rows.aggregate(n=Sum("words"))["n"] or 0)


@pytest.mark.parametrize("name", ADDRESSES)
def test_bodies_that_are_none(alice: Writer, places: dict[str, str], name: str) -> None:
    address = ADDRESSES[name]
    path, body = filled(address, places)
    tried = 0
    for field_name in (*address.texts, "unknown \ud800", "unknown \0"):
        for value in ODD:
            before = facts()
            reply = ask(alice, path, body | {field_name: value}, f"k{tried}")
            tried += 1
            if reply.status >= 400:
                assert reply.status < 500, (field_name, value, reply.body)
                assert facts() == before, (field_name, value)
    assert tried >= 20


def bad_documents(seed: int) -> Iterator[object]:
    """Documents of which some cannot be taken, for reasons drawn by chance."""
    draw = random.Random(seed)
    for number in range(draw.randrange(1, 9)):
        document: dict[str, object] = {"text": f"{DRAFT} Number {number}."}
        if draw.random() < 0.6:
            document[draw.choice(NAMES)] = draw.choice([*ODD, *ODDER])
        yield document


@pytest.mark.parametrize("seed", range(24))
def test_a_batch_with_documents_that_cannot_be_stored(alice: Writer, seed: int) -> None:
    body = {"documents": list(bad_documents(seed))}
    before = facts()
    reply = ask(alice, "batches", body)
    if reply.status >= 400:
        assert reply.status < 500
        assert facts() == before
    else:
        check_batch(reply)
        assert_repeated(alice, "batches", body, reply)


@pytest.mark.django_db
@pytest.mark.parametrize("fits", range(5))
def test_a_quota_that_ends_at_a_document_of_the_batch(fits: int) -> None:
    bob = writer("bob", "FREE")
    quota = bob.account.limits.words_per_month
    assert quota is not None
    spend_words(account=bob.account, words=quota - 20 * fits)
    body = {"documents": [{"text": f"{'word ' * 19}{number}"} for number in range(4)]}
    reply = ask(bob, "batches", body)
    codes = [(one["error"] or {}).get("code") for one in reply.body["items"]]
    assert codes == [None] * min(fits, 4) + ["quota_exceeded"] * (4 - min(fits, 4))
    assert WordUsage.objects.get().words == quota - 20 * fits + 20 * min(fits, 4)
    assert_repeated(bob, "batches", body, reply)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["transformation", "queued", "batch"])
def test_with_models_to_ask_an_error_has_changed_nothing_and_what_is_stored_answers_no_error(
    engines: Engines, name: str
) -> None:
    engines.add("small")
    bea = writer("bea")
    bea.api.raise_request_exception = False
    path, body = filled(ADDRESSES[name], {"version": "", "dataset": ""})
    refused = 0
    for number in range(1, 40):
        before, plan = facts(), FailingAt(number, OperationalError)
        with connection.execute_wrapper(plan):
            reply = ask(bea, path, body, f"k{number}")
        if reply.status < 400:
            assert ask(bea, path, body, f"k{number}").body["id"] == reply.body["id"]
            break
        refused += 1
        assert facts() == before
    assert refused >= 3
    assert plan.failed or name != "transformation"
    words = Transformation.objects.aggregate(words=Sum("words"))["words"]
    assert WordUsage.objects.aggregate(words=Sum("words"))["words"] == words
