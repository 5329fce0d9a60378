"""Aliases move only for a reason, on evidence, by those who may; every move is on the ledger."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from django.utils import timezone

from registry import selectors
from registry.contracts import Evidence, GateCheck, GateResult, Threshold
from registry.errors import AliasMoved, NotDeployable, PromotionForbidden, PromotionRefused
from registry.models import Alias, AliasEvent, PromotionRequest, RegisteredModel
from registry.versions import lifecycle, promotion
from tests.registry.conftest import published
from youman.core.errors import InvalidInput, NotFound, WrongState

pytestmark = pytest.mark.django_db
FAILED = GateResult((GateCheck("numbers kept", False, "2 of 100 lost"), GateCheck("meaning kept", True)))


def at(model: RegisteredModel, alias: str = "champion") -> int:
    return selectors.version_by_alias(model.name, alias).number


def test_a_champion_needs_reason_and_evidence_and_the_refusal_says_each_thing(
    model: RegisteredModel, root: User, tmp_path: Path
) -> None:
    promotion.set_rule(
        model=model,
        alias="champion",
        actor=root,
        thresholds=[Threshold("quality", ">=", 0.9), Threshold("latency", "<=", 20.0)],
    )
    version = published(model, tmp_path, quality=0.8, gate=FAILED)
    with pytest.raises(PromotionRefused) as caught:
        promotion.promote(version=version, alias="champion", actor=root)
    assert [one.field for one in caught.value.problems] == [
        "reason", "gate.numbers kept", "metrics.quality", "metrics.latency",
    ]  # fmt: skip
    assert "quality is 0.8; >= 0.9 is required" in caught.value.detail
    assert "2 of 100 lost" in caught.value.detail
    assert (Alias.objects.count(), AliasEvent.objects.count()) == (0, 0)


def test_without_a_gate_result_nothing_becomes_champion(model: RegisteredModel, root: User, tmp_path: Path) -> None:
    version = published(model, tmp_path, gate=None)
    with pytest.raises(PromotionRefused, match="no gate result"):
        promotion.promote(version=version, alias="champion", actor=root, reason="try")
    given = Evidence(gate=GateResult((GateCheck("read by two editors", True),)))
    promotion.promote(version=version, alias="champion", actor=root, reason="try", evidence=given)
    assert at(model) == 1


def test_a_threshold_may_be_relative_to_the_present_champion(
    model: RegisteredModel, root: User, tmp_path: Path
) -> None:
    rule = [Threshold("quality", ">=", 0.01, relative=True)]
    promotion.set_rule(model=model, alias="champion", actor=root, thresholds=rule)
    first, worse, better = (published(model, tmp_path, quality=quality) for quality in (0.8, 0.805, 0.9))
    promotion.promote(version=first, alias="champion", actor=root, reason="first")
    with pytest.raises(PromotionRefused, match=r"the current holder has 0\.8"):
        promotion.promote(version=worse, alias="champion", actor=root, reason="newer")
    promotion.promote(version=better, alias="champion", actor=root, reason="better")
    event = AliasEvent.objects.order_by("created_at").last()
    assert event is not None
    assert event.evidence["metrics"] == {"quality": {"candidate": 0.9, "holder": 0.8}}
    assert (event.evidence["holder"], event.reason, event.actor) == ("editor/1", "better", "root")


def test_only_those_with_the_right_move_a_protected_alias(
    model: RegisteredModel, clerk: User, root: User, tmp_path: Path
) -> None:
    version = published(model, tmp_path)
    with pytest.raises(PromotionForbidden):
        promotion.promote(version=version, alias="champion", actor=clerk, reason="mine")
    with pytest.raises(PromotionForbidden):
        promotion.set_rule(model=model, alias="champion", actor=clerk, is_protected=False)
    promotion.promote(version=version, alias="champion", actor=root, reason="good")
    for move in (promotion.rollback_alias, promotion.remove_alias):
        with pytest.raises(PromotionForbidden):
            move(model=model, alias="champion", actor=clerk, reason="mine")
    promotion.promote(version=version, alias="canary", actor=clerk)
    assert sorted(Alias.objects.values_list("name", flat=True)) == ["canary", "champion"]


@pytest.mark.parametrize("alias", ["", "Champion", "9", "a b", "x" * 51])
def test_bad_alias_names_are_refused(model: RegisteredModel, root: User, tmp_path: Path, alias: str) -> None:
    with pytest.raises(InvalidInput):
        promotion.promote(version=published(model, tmp_path), alias=alias, actor=root)


def test_a_version_that_is_not_ready_gets_no_alias(model: RegisteredModel, root: User) -> None:
    draft = lifecycle.create_version(model=model, actor=root)
    with pytest.raises(NotDeployable, match="draft"):
        promotion.promote(version=draft, alias="canary", actor=root)


def test_who_looked_before_another_moved_is_told(model: RegisteredModel, root: User, tmp_path: Path) -> None:
    first, second = published(model, tmp_path), published(model, tmp_path)
    promotion.promote(version=first, alias="canary", actor=root, expected=0)
    with pytest.raises(AliasMoved, match="points to 1, not to none"):
        promotion.promote(version=second, alias="canary", actor=root, expected=0)
    promotion.promote(version=second, alias="canary", actor=root, expected=1)
    assert at(model, "canary") == 2


def test_promoting_the_present_one_again_adds_nothing(model: RegisteredModel, root: User, tmp_path: Path) -> None:
    version = published(model, tmp_path)
    assert promotion.promote(version=version, alias="canary", actor=root).event is not None
    assert promotion.promote(version=version, alias="canary", actor=root).event is None
    assert AliasEvent.objects.count() == 1


def test_rolling_back_goes_one_further_back_each_time(model: RegisteredModel, root: User, tmp_path: Path) -> None:
    versions = [published(model, tmp_path) for _ in range(3)]
    for version in versions:
        promotion.promote(version=version, alias="champion", actor=root, reason="next")
    with pytest.raises(PromotionRefused, match="Give a reason"):
        promotion.rollback_alias(model=model, alias="champion", actor=root, reason="")
    promotion.rollback_alias(model=model, alias="champion", actor=root, reason="it loses numbers")
    assert at(model) == 2
    promotion.rollback_alias(model=model, alias="champion", actor=root, reason="this one too")
    assert at(model) == 1
    with pytest.raises(NotFound, match="no earlier version"):
        promotion.rollback_alias(model=model, alias="champion", actor=root, reason="further")
    promotion.promote(version=versions[2], alias="champion", actor=root, reason="mended")
    promotion.rollback_alias(model=model, alias="champion", actor=root, reason="not mended")
    assert at(model) == 1
    kinds = [event.kind for event in selectors.alias_events(model).order_by("created_at", "id")]
    assert kinds == ["promote"] * 3 + ["rollback"] * 2 + ["promote", "rollback"]


def test_a_removed_alias_comes_back_by_rolling_back(model: RegisteredModel, root: User, tmp_path: Path) -> None:
    promotion.promote(version=published(model, tmp_path), alias="canary", actor=root)
    promotion.remove_alias(model=model, alias="canary", actor=root)
    with pytest.raises(NotFound):
        at(model, "canary")
    promotion.rollback_alias(model=model, alias="canary", actor=root, reason="too early")
    assert at(model, "canary") == 1


def test_rolling_back_to_a_damaged_version_is_refused(model: RegisteredModel, root: User, tmp_path: Path) -> None:
    first, second = published(model, tmp_path), published(model, tmp_path)
    for version in (first, second):
        promotion.promote(version=version, alias="canary", actor=root)
    type(first).objects.filter(pk=first.pk).update(fault="model.safetensors is corrupt")
    with pytest.raises(NotDeployable, match="corrupt"):
        promotion.rollback_alias(model=model, alias="canary", actor=root, reason="back")
    assert at(model, "canary") == 2


def test_what_was_champion_at_a_time_is_one_query(
    model: RegisteredModel, root: User, tmp_path: Path, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    promotion.promote(version=published(model, tmp_path), alias="champion", actor=root, reason="first")
    between = timezone.now()
    promotion.promote(version=published(model, tmp_path), alias="champion", actor=root, reason="second")
    with django_assert_num_queries(1):  # type: ignore[operator]
        event = selectors.alias_event_at("editor", "champion", between)
        assert event is not None
        assert event.after is not None
        found = (
            str(event.after),
            event.after.dataset_hash,
            event.actor,
            event.reason,
            event.evidence["gate"]["passed"],
        )
    assert found == ("editor/1", "d" * 64, "root", "first", True)
    assert selectors.alias_event_at("editor", "champion", between - timedelta(days=1)) is None


def test_the_ledger_cannot_be_changed(model: RegisteredModel, root: User, tmp_path: Path) -> None:
    promotion.promote(version=published(model, tmp_path), alias="canary", actor=root, reason="true")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AliasEvent.objects.update(reason="false")
    assert AliasEvent.objects.get().reason == "true"


@pytest.fixture
def second_asked(model: RegisteredModel, root: User, tmp_path: Path) -> PromotionRequest:
    promotion.set_rule(model=model, alias="champion", actor=root, needs_second_approver=True)
    version = published(model, tmp_path)
    moved = promotion.promote(version=version, alias="champion", actor=root, reason="good")
    assert moved.event is None
    assert moved.request is not None
    return moved.request


def test_a_second_person_approves(second_asked: PromotionRequest, model: RegisteredModel, root: User) -> None:
    other = User.objects.create_superuser("other")
    with pytest.raises(PromotionForbidden, match="second person"):
        promotion.approve(request_id=second_asked.pk, actor=root)
    assert Alias.objects.count() == 0
    moved = promotion.approve(request_id=second_asked.pk, actor=other, reason="agreed")
    assert moved.event is not None
    assert (at(model), moved.event.actor, moved.event.approved_by) == (1, "root", "other")
    with pytest.raises(WrongState):
        promotion.approve(request_id=second_asked.pk, actor=other)
    assert AliasEvent.objects.count() == 1


def test_a_rejected_or_withdrawn_request_moves_nothing(second_asked: PromotionRequest, root: User, clerk: User) -> None:
    with pytest.raises(PromotionForbidden):
        promotion.reject(request_id=second_asked.pk, actor=clerk, reason="no")
    with pytest.raises(PromotionForbidden):
        promotion.withdraw(request_id=second_asked.pk, actor=clerk)
    assert promotion.withdraw(request_id=second_asked.pk, actor=root).state == "withdrawn"
    again = promotion.promote(version=second_asked.version, alias="champion", actor=root, reason="good").request
    assert again is not None
    assert promotion.reject(request_id=again.pk, actor=root, reason="not now").state == "rejected"
    assert Alias.objects.count() == 0
