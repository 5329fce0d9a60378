"""Filters of the registry's lists: each narrows by what it names, and false is not the same as left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.models import ModelVersion, RegisteredModel
from registry.versions import lifecycle, promotion
from tests.registry.admin.staff import staff
from tests.registry.conftest import published
from tests.writers import Writer

pytestmark = pytest.mark.django_db
TRUE, FALSE = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")


@pytest.fixture
def alice(db: None) -> Writer:
    return staff("alice")


@pytest.fixture
def versions(model: RegisteredModel, tmp_path: Path) -> list[ModelVersion]:
    """Two ready versions of `editor`, the second damaged, and a draft of `old`, its inactive child."""
    old = lifecycle.register_model(name="old", task="detect", actor="t", parent="editor", tags=("slow",))
    first, second = published(model, tmp_path / "1"), published(model, tmp_path / "2", content=b"")
    draft = lifecycle.create_version(model=old, actor="t")
    lifecycle.describe_model(model=old, actor="t", is_active=False)
    ModelVersion.objects.filter(pk=second.pk).update(fault="model.safetensors is corrupt")
    promotion.promote(version=first, alias="beta", actor="t")
    return [first, second, draft]


def listed(one: Writer, address: str, field: str = "name") -> list[object]:
    reply = one.get(address)
    assert reply.status == 200, reply.body
    return [row[field] for row in reply.body["results"]]


def test_active_lists_the_active_and_the_others_however_it_is_written(
    alice: Writer, versions: list[ModelVersion]
) -> None:
    assert [listed(alice, f"registered-models?active={value}") for value in TRUE] == [["editor"]] * 4
    assert [listed(alice, f"registered-models?active={value}") for value in FALSE] == [["old"]] * 4
    assert listed(alice, "registered-models") == ["old", "editor"]


@pytest.mark.parametrize("address", ["model-versions?model=editor&", "registered-models/editor/versions?"])
def test_faulty_lists_the_damaged_and_the_others_however_it_is_written(
    alice: Writer, versions: list[ModelVersion], address: str
) -> None:
    assert [listed(alice, f"{address}faulty={value}", "number") for value in TRUE] == [[2]] * 4
    assert [listed(alice, f"{address}faulty={value}", "number") for value in FALSE] == [[1]] * 4


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("task=detect", ["old"]), ("framework=onnx", ["editor"]), ("architecture=none", []), ("parent=editor", ["old"]),
        ("parent=nobody", []), ("tag=slow", ["old"]), ("tag=slo", []), ("q=slow%20old", ["old"]), ("q=fast", []),
        ("task=detect&active=true", []), ("page_size=1", ["old"]),
    ],
)  # fmt: skip
def test_models_are_found_by_each_filter(
    alice: Writer, versions: list[ModelVersion], query: str, names: list[str]
) -> None:
    assert listed(alice, f"registered-models?{query}") == names


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("state=ready", [2, 1]), ("state=draft", [1]), ("alias=beta", [1]), ("alias=none", []),
        (f"dataset_hash={'d' * 64}", [2, 1]), ("dataset_hash=d", []), ("model=old", [1]), ("q=editor&state=draft", []),
    ],
)  # fmt: skip
def test_versions_are_found_by_each_filter(
    alice: Writer, versions: list[ModelVersion], query: str, numbers: list[int]
) -> None:
    assert listed(alice, f"model-versions?{query}", "number") == numbers


def test_artifacts_aliases_and_moves_are_found_by_each_filter(alice: Writer, versions: list[ModelVersion]) -> None:
    first = versions[0].artifacts.get()
    assert listed(alice, "artifacts?version=editor/1", "id") == [str(first.pk)]
    assert len(listed(alice, f"artifacts?sha256={first.sha256}&model=editor&type=model&state=live")) == 2
    assert listed(alice, "artifacts?verdict=corrupt") == listed(alice, "artifacts?version=editor/9") == []
    assert listed(alice, "aliases?model=editor&name=beta") == ["beta"]
    assert listed(alice, "aliases?name=champion") == listed(alice, "aliases?model=old") == []
    assert listed(alice, "promotions?state=pending&model=editor", "id") == []
    assert alice.get("artifacts?version=editor").body["errors"] == [
        {"field": "version", "message": "'editor' is not a version; write model/number, such as editor/3"}
    ]
