"""The registry over its API: staff, the stranger, pages, filters, search, idempotency."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from registry.contracts import HoldRequest
from registry.models import Alias, ModelVersion, PromotionRequest, RegisteredModel
from registry.versions import holds, lifecycle, promotion
from tests.registry.admin.staff import demoted, staff, with_key
from tests.registry.conftest import PASSED, published
from tests.writers import Writer, writer
from youman.core.accounts import scopes

pytestmark = pytest.mark.django_db
GATE = {"checks": [{"name": "numbers kept", "passed": True}]}


@pytest.fixture
def alice(db: None) -> Writer:
    """Owns the registry's API."""
    return staff("alice")


@pytest.fixture
def charlie(db: None) -> Writer:
    """The stranger: a writer, no staff."""
    return writer("charlie", "ENTERPRISE")


@pytest.fixture
def model(alice: Writer) -> RegisteredModel:
    reply = alice.post("registered-models", {"name": "editor", "task": "humanize", "tags": ["small"]})
    assert (reply.status, reply.headers["Location"]) == (201, "/api/v1/registered-models/editor")
    return RegisteredModel.objects.get()


def put(one: Writer, path: str, data: str) -> HttpResponse:
    response: HttpResponse = one.api.generic("PUT", f"/api/v1/{path}", data, content_type="application/octet-stream")
    return response


def test_a_version_goes_from_draft_to_champion(alice: Writer, model: RegisteredModel) -> None:
    asked = {"config": {"layers": 2}, "metrics": {"quality": 0.9}, "gate": GATE, "dataset_hash": "d1", "notes": "first"}
    made = alice.post("registered-models/editor/versions", asked)
    assert (made.status, made.body["number"], made.body["state"]) == (201, 1, "draft")
    pk = made.body["id"]
    assert alice.post(f"model-versions/{pk}/ready").status == 409
    assert alice.get("registered-models/editor/versions/1").body["id"] == pk
    for number in (2, 2**31, 10**30):
        assert alice.get(f"registered-models/editor/versions/{number}").status == 404
    raw = put(alice, f"model-versions/{pk}/artifacts/report/r.json", '{"a": 1}')
    assert (raw.status_code, json.loads(raw.content)["format"], json.loads(raw.content)["size"]) == (201, "json", 8)
    assert alice.post(f"model-versions/{pk}/ready").body["state"] == "ready"
    refused = alice.send("PUT", "registered-models/editor/aliases/champion", {"version": 1})
    assert (refused.status, refused.body["code"], refused.body["errors"][0]["field"]) == (
        409, "promotion_refused", "reason",
    )  # fmt: skip
    moved = alice.send("PUT", "registered-models/editor/aliases/champion", {"version": 1, "reason": "the first"})
    assert (moved.status, moved.body["event"]["actor"], moved.body["alias"]["number"]) == (200, "alice", 1)
    assert alice.get("registered-models/editor/aliases/champion").body["id"] == pk
    assert [one["alias"] for one in alice.get("registered-models/editor/aliases/champion/history").body["results"]] == [
        "champion"
    ]
    at = moved.body["event"]["created_at"].replace("+", "%2B")
    assert alice.get(f"registered-models/editor/aliases/champion/at?at={at}").body["after"] == 1
    assert alice.get("registered-models/editor/aliases/champion/at?at=2020-01-01T00:00:00Z").status == 404
    assert alice.get("registered-models/editor/aliases/champion/at?at=yesterday").status == 400
    assert alice.post(f"model-versions/{pk}/deprecate", {}).status == 409
    card = alice.api.get(f"/api/v1/model-versions/{pk}/card").content.decode()
    assert card.startswith('---\nlicense: "other"')
    assert "| quality | 0.9 | – | – |" in card


def test_the_stranger_and_the_demoted_are_refused_and_change_nothing(
    alice: Writer, charlie: Writer, model: RegisteredModel
) -> None:
    version = lifecycle.create_version(model=model, actor="t")
    demoted(alice)
    for one in (charlie, alice):
        for path in ("registered-models", f"model-versions/{version.pk}", "artifacts", "aliases"):
            assert one.get(path).status == 403
        assert one.post("registered-models", {"name": "x", "task": "detect"}).status == 403
        assert one.send("PUT", "registered-models/editor/aliases/canary", {"version": 1}).status == 403
        assert put(one, f"model-versions/{version.pk}/artifacts/report/r.json", "{}").status_code == 403
    assert (RegisteredModel.objects.count(), Alias.objects.count(), version.artifacts.count()) == (1, 0, 0)


@pytest.mark.parametrize(
    ("given", "reads", "writes", "moves"),
    [
        ((scopes.REGISTRY_READ,), 200, 403, 403),
        ((scopes.REGISTRY_READ, scopes.REGISTRY_WRITE), 200, 201, 403),
        ((scopes.REGISTRY_PROMOTE,), 403, 403, 409),
        ((scopes.REWRITE,), 403, 403, 403),
    ],
)
def test_scopes_are_kept_apart(
    alice: Writer, model: RegisteredModel, given: tuple[str, ...], reads: int, writes: int, moves: int
) -> None:
    lifecycle.create_version(model=model, actor="t")
    one = with_key(alice, given)
    assert one.get("registered-models").status == reads
    assert one.post("registered-models/editor/versions", {}).status == writes
    assert one.send("PUT", "registered-models/editor/aliases/canary", {"version": 1}).status == moves


def test_the_same_request_sent_twice_makes_one_version(alice: Writer, model: RegisteredModel) -> None:
    key = {"Idempotency-Key": "k1"}
    first, again = (alice.post("registered-models/editor/versions", {"notes": "a"}, key) for _ in range(2))
    assert (first.body["id"], again.headers["Idempotency-Replayed"]) == (again.body["id"], "true")
    assert alice.post("registered-models/editor/versions", {"notes": "b"}, key).status == 422
    assert ModelVersion.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {"metrics": {"x": "high"}}, {"metrics": {"x": {"value": 1, "mean": 2}}}, {"gate": {"checks": []}},
        {"config": []}, {"parents": ["editor"]}, {"parents": ["editor/99"]}, {"tags": ["a b"]}, {"card": {"x": "y"}},
        {"notes": "\x00"}, {"references": [{"kind": "dataset"}]}, {"metrics": {"a b": 1}}, {"dataset_hash": "x" * 65},
    ],
)  # fmt: skip
def test_bad_versions_are_refused_with_the_reason(alice: Writer, model: RegisteredModel, body: object) -> None:
    reply = alice.post("registered-models/editor/versions", body)
    assert reply.status in {400, 404}
    assert reply.body["detail"]
    assert ModelVersion.objects.count() == 0


def test_versions_are_filtered_searched_and_paged(alice: Writer, model: RegisteredModel) -> None:
    for number in range(5):
        body = {"notes": f"try {number}", "tags": ["odd" if number % 2 else "even"], "dataset_hash": f"d{number % 2}"}
        alice.post("registered-models/editor/versions", body)
    for query, found in (
        ("tag=odd", [4, 2]), ("dataset_hash=d0", [5, 3, 1]), ("q=try 4", [5, 4]), ("state=ready", []),
        ("q=even", [5, 3, 1]), ("faulty=1", []), ("model=editor&tag=even", [5, 3, 1]),
        ("tag=od", []), ("alias=champion", []),
    ):  # fmt: skip
        assert [one["number"] for one in alice.get(f"model-versions?{query}").body["results"]] == found, query
    first = alice.get("model-versions?page_size=2").body
    second = alice.get(f"model-versions?page_size=2&cursor={first['next']}").body
    assert [one["number"] for one in first["results"] + second["results"]] == [5, 4, 3, 2]
    assert alice.get("registered-models?q=small").body["results"][0]["versions"] == 5
    assert alice.get("registered-models?task=detect").body["results"] == []


def test_two_versions_are_compared(alice: Writer, model: RegisteredModel, tmp_path: Path) -> None:
    alice.post("registered-models/editor/versions", {"config": {"a": 1, "b": {"c": 2}}, "metrics": {"q": 0.5}})
    made = alice.post("registered-models/editor/versions", {"config": {"a": 1, "b": {"c": 3}}, "dataset_hash": "d"})
    body = alice.get(f"model-versions/{made.body['id']}/diff?before=editor/1").body
    assert body["parameters"] == [{"name": "b.c", "before": 2, "after": 3}]
    assert body["metrics"] == [{"name": "q", "before": 0.5, "after": None}]
    assert body["data"] == [{"name": "dataset_hash", "before": None, "after": "d"}]
    assert alice.get(f"model-versions/{made.body['id']}/diff?before=nonsense").status == 400


def test_lineage_goes_both_ways(alice: Writer, model: RegisteredModel) -> None:
    alice.post("registered-models/editor/versions", {"dataset_hash": "d1"})
    references = [{"kind": "job", "reference": "j7"}, {"kind": "dataset", "reference": "d2", "label": "May"}]
    middle = alice.post("registered-models/editor/versions", {"parents": ["editor/1"], "references": references})
    alice.post("registered-models/editor/versions", {"parents": ["editor/2"]})
    body = alice.get(f"model-versions/{middle.body['id']}/lineage").body
    named = {one["key"]: one["label"] for one in body["nodes"]}
    edges = {(named[one["source"]], named[one["target"]]) for one in body["edges"]}
    assert edges == {("d1", "editor/1"), ("editor/1", "editor/2"), ("May", "j7"), ("j7", "editor/2"),
                     ("editor/2", "editor/3")}  # fmt: skip
    assert [one["label"] for one in body["nodes"] if one["current"]] == ["editor/2"]


def test_a_second_approver_decides_over_the_api(alice: Writer, model: RegisteredModel, tmp_path: Path) -> None:
    bob = staff("bob")
    published(model, tmp_path)
    rule = {"needs_second_approver": True, "thresholds": [{"metric": "quality", "bound": ">=", "value": 0.5}]}
    assert alice.send("PUT", "registered-models/editor/aliases/champion/rule", rule).status == 200
    asked = alice.send("PUT", "registered-models/editor/aliases/champion", {"version": 1, "reason": "good"})
    assert (asked.status, asked.body["alias"]) == (202, None)
    pk = asked.body["request"]["id"]
    assert alice.post(f"promotions/{pk}/approve").status == 403
    assert Alias.objects.count() == 0
    assert bob.post(f"promotions/{pk}/approve", {"reason": "agreed"}).body["event"]["approved_by"] == "bob"
    assert bob.post(f"promotions/{pk}/reject", {"reason": "late"}).status == 409
    assert alice.get("promotions?state=approved").body["results"][0]["decided_by"] == "bob"


def _fill(model: RegisteredModel, count: int, folder: Path) -> None:
    for number in range(count):
        lifecycle.register_model(name=f"m{RegisteredModel.objects.count()}", task="detect", actor="t")
        version = published(model, folder / str(number), gate=PASSED)
        alias = f"a{Alias.objects.count()}"
        promotion.promote(version=version, alias=alias, actor="t")
        PromotionRequest.objects.create(model=model, alias=alias, version=version, requested_by="t", reason="r")
        first = ModelVersion.objects.get(model=model, number=1)
        holds.place_hold(request=HoldRequest(first.ref, uuid4(), "deployment"))


LISTS = [
    "registered-models", "model-versions", "registered-models/editor/versions", "artifacts", "aliases",
    "registered-models/editor/aliases", "registered-models/editor/aliases/a0/history", "promotions",
    "model-versions?q=editor", "model-versions?tag=x",
    "model-versions/FIRST/holds",
]  # fmt: skip


def test_every_list_costs_the_same_number_of_queries_with_one_row_and_with_fifty(
    alice: Writer, model: RegisteredModel, tmp_path: Path, settings: object
) -> None:
    _fill(model, 1, tmp_path)
    first = str(ModelVersion.objects.get(number=1).pk)

    def costs() -> dict[str, int]:
        found = {}
        for path in LISTS:
            with CaptureQueriesContext(connection) as queries:
                assert alice.get(path.replace("FIRST", first)).status == 200
            found[path] = len(queries)
        return found

    costs()
    one = costs()
    _fill(model, 49, tmp_path)
    assert costs() == one
    assert len(alice.get(f"model-versions/{first}/holds").body) == 50
