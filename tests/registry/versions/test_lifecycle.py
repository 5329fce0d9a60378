"""Models and versions: numbered without gaps, described, made ready, ended."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from registry import selectors
from registry.contracts import Metric, Reference, VersionRef, VersionSpec
from registry.errors import NameTaken, NotDeployable, StillNeeded
from registry.models import ModelVersion, RegisteredModel
from registry.versions import lifecycle, promotion
from tests.registry.conftest import published
from youman.core.errors import InvalidInput, NotFound, WrongState
from youman.core.models import AuditEvent

pytestmark = pytest.mark.django_db


def test_a_taken_name_is_refused_and_leaves_nothing(model: RegisteredModel, root: User) -> None:
    with pytest.raises(NameTaken):
        lifecycle.register_model(name="editor", task="detect", actor=root)
    assert [(one.name, one.task) for one in RegisteredModel.objects.all()] == [("editor", "humanize")]


@pytest.mark.parametrize("name", ["", "-x", "a b", "a/b", "x" * 101, "näme", "a\x00", "end."])
def test_bad_names_are_refused(root: User, name: str) -> None:
    with pytest.raises(InvalidInput):
        lifecycle.register_model(name=name, task="humanize", actor=root)
    assert RegisteredModel.objects.count() == 0


def test_a_model_has_a_parent_and_children(model: RegisteredModel, root: User) -> None:
    child = lifecycle.register_model(name="editor-small", task="humanize", actor=root, parent="editor")
    assert list(model.children.all()) == [child]
    with pytest.raises(NotFound):
        lifecycle.register_model(name="orphan", task="humanize", actor=root, parent="nobody")


def test_versions_are_numbered_from_one_and_a_refused_one_takes_no_number(model: RegisteredModel, root: User) -> None:
    lifecycle.create_version(model=model, actor=root)
    with pytest.raises(NotFound):
        lifecycle.create_version(model=model, actor=root, spec=VersionSpec(parents=(VersionRef("editor", 9),)))
    second = lifecycle.create_version(model=model, actor=root)
    assert (second.number, str(second), second.state) == (2, "editor/2", "draft")


def test_everything_known_of_a_version_is_kept(model: RegisteredModel, root: User) -> None:
    first = lifecycle.create_version(model=model, actor=root)
    spec = VersionSpec(
        config={"layers": 2},
        signature={"inputs": [{"name": "x", "dtype": "float32"}], "example": [1.0]},
        metrics=(Metric("auroc", 0.9, 0.88, 0.92, 500),),
        parents=(first.ref,),
        references=(Reference("dataset", "d1", "Edits of May"),),
        dataset_hash="abc",
        tags=("small", "fast"),
        notes=" as agreed ",
    )
    lifecycle.create_version(model=model, actor=root, spec=spec)
    row = selectors.version_at(VersionRef("editor", 2))
    assert row.config == {"layers": 2}
    assert row.metrics == {"auroc": {"value": 0.9, "low": 0.88, "high": 0.92, "n": 500}}
    assert (row.tag_list, row.notes, row.created_by) == (["fast", "small"], "as agreed", "root")
    assert [link.parent for link in row.parent_links.all()] == [first]
    assert [str(one) for one in row.references.all()] == ["dataset d1"]


@pytest.mark.parametrize(
    "spec",
    [
        VersionSpec(config={"x": float("nan")}),
        VersionSpec(config={"x": "\x00"}),
        VersionSpec(config={"x": "y" * 300_000}),
        VersionSpec(notes="\ud800"),
        VersionSpec(tags=("two words",)),
        VersionSpec(tags=("x" * 65,)),
        VersionSpec(dataset_hash="no spaces here"),
        VersionSpec(card={"feelings": "good"}),
        VersionSpec(references=(Reference("", "x"),)),
    ],
)
def test_bad_specs_are_refused(model: RegisteredModel, root: User, spec: VersionSpec) -> None:
    with pytest.raises(InvalidInput):
        lifecycle.create_version(model=model, actor=root, spec=spec)
    assert ModelVersion.objects.count() == 0


def test_only_a_version_with_bytes_becomes_ready(model: RegisteredModel, root: User, tmp_path: Path) -> None:
    empty = lifecycle.create_version(model=model, actor=root)
    with pytest.raises(NotDeployable, match="no artifact"):
        lifecycle.mark_ready(version=empty, actor=root)
    full = published(model, tmp_path)
    assert (full.state, full.deployable) == ("ready", True)
    with pytest.raises(WrongState):
        lifecycle.mark_ready(version=full, actor=root)


def test_what_an_alias_or_a_hold_needs_is_not_archived(model: RegisteredModel, root: User, tmp_path: Path) -> None:
    version = published(model, tmp_path)
    promotion.promote(version=version, alias="canary", actor=root)
    with pytest.raises(StillNeeded, match="canary"):
        lifecycle.deprecate(version=version, actor=root)
    with pytest.raises(StillNeeded, match="canary"):
        lifecycle.archive(version=version, actor=root)
    promotion.remove_alias(model=model, alias="canary", actor=root)
    lifecycle.deprecate(version=version, actor=root, reason="old")
    assert lifecycle.archive(version=version, actor=root).state == "archived"
    with pytest.raises(WrongState):
        lifecycle.mark_ready(version=version, actor=root)


def test_metrics_are_fixed_once_a_version_is_ready(model: RegisteredModel, root: User, tmp_path: Path) -> None:
    version = published(model, tmp_path)
    with pytest.raises(NotDeployable, match="fixed"):
        lifecycle.annotate(version=version, actor=root, changes={"metrics": (Metric("quality", 1.0),)})
    lifecycle.annotate(version=version, actor=root, changes={"notes": "seen", "tags": ("x",)})
    version.refresh_from_db()
    assert (version.notes, version.tags, version.metrics["quality"]["value"]) == ("seen", " x ", 0.8)
    assert AuditEvent.objects.filter(verb="annotate").count() == 1


def test_an_inactive_model_takes_no_versions(model: RegisteredModel, root: User) -> None:
    lifecycle.describe_model(model=model, actor=root, is_active=False)
    model.refresh_from_db()
    with pytest.raises(NotDeployable):
        lifecycle.create_version(model=model, actor=root)


@pytest.mark.parametrize(
    ("words", "found"), [("editor", 2), ("second", 1), ("fast", 1), ("editor nothing", 0), ("%", 2)]
)
def test_versions_are_found_by_names_tags_and_notes(model: RegisteredModel, root: User, words: str, found: int) -> None:
    lifecycle.create_version(model=model, actor=root)
    lifecycle.create_version(model=model, actor=root, spec=VersionSpec(notes="the second try", tags=("fast",)))
    if words == "%":  # no word at all: a wildcard of LIKE must not be one
        found = 0
    assert selectors.search(selectors.versions(), words).count() == found
