"""Edits to be looked at: in no text before their writer accepts them one by one, whatever else is decided."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from humanize.models import Edit, Transformation
from humanize.selectors import Decisions, decisions_of, to_look_of, transformations_of
from humanize.transformations import decisions
from humanize.transformations.decisions import OneDecision
from humanize.transformations.final_text import final_text
from tests.humanize import recast_text
from tests.humanize.recast_text import (
    BRIDGE_LOOK,
    FURTHERMORE,
    KIND,
    MARKET_BLOCK,
    MAY_LOOK,
    RECAST_RESULT,
    RECAST_SOURCE,
    UTILIZE,
    ids,
    recast,
    text_with,
)
from tests.writers import Writer

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
SURE = (FURTHERMORE, UTILIZE, MARKET_BLOCK)


@pytest.fixture
def row(alice: Writer) -> Transformation:
    return recast(alice.account)


def one(row: Transformation, place: int, decision: str) -> decisions.Decided:
    return decisions.decide(transformation=row, decisions=[OneDecision(ids(row)[place], decision)])


def test_before_any_decision_the_text_is_without_them(row: Transformation) -> None:
    assert text_with(*SURE) == RECAST_RESULT
    assert final_text(row).text == RECAST_RESULT
    assert final_text(row, accepted_only=True).text == RECAST_SOURCE
    assert decisions_of(row) == Decisions(0, 0, 5, to_look=2, seen=0)


@pytest.mark.parametrize("override", [False, True])
def test_accept_all_leaves_them_undecided_and_does_not_count_them_as_kept(row: Transformation, override: bool) -> None:
    decided = decisions.decide(transformation=row, everything="accepted", override=override)
    assert (decided.counts, decided.kept) == (Decisions(3, 0, 2, to_look=2, seen=0), 0)
    assert (final_text(row).text, final_text(row, accepted_only=True).text) == (RECAST_RESULT, RECAST_RESULT)


@pytest.mark.parametrize("override", [False, True])
def test_accepting_their_kind_leaves_them_too(row: Transformation, override: bool) -> None:
    decided = decisions.decide(transformation=row, everything="accepted", kind=KIND, override=override)
    assert (decided.counts, decided.kept) == (Decisions(2, 0, 3, to_look=2, seen=0), 0)


@pytest.mark.parametrize("override", [False, True])
def test_accept_all_leaves_them_rejected_where_the_writer_rejected_them(row: Transformation, override: bool) -> None:
    one(row, MAY_LOOK, "rejected")
    decided = decisions.decide(transformation=row, everything="accepted", override=override)
    assert (decided.counts, decided.kept) == (Decisions(3, 1, 1, to_look=1, seen=0), 0)
    assert final_text(row).text == RECAST_RESULT


def test_accepted_by_itself_it_is_in_the_text_and_undone_it_is_out_again(row: Transformation) -> None:
    decided = one(row, BRIDGE_LOOK, "accepted")
    assert decided.counts == Decisions(1, 0, 4, to_look=1, seen=1)
    assert final_text(row).text == text_with(*SURE, BRIDGE_LOOK)
    assert final_text(row, accepted_only=True).text == text_with(BRIDGE_LOOK)
    assert decisions.undo(transformation=row).counts == Decisions(0, 0, 5, to_look=2, seen=0)
    assert final_text(row).text == RECAST_RESULT
    assert decisions.redo(transformation=row).counts == Decisions(1, 0, 4, to_look=1, seen=1)
    assert final_text(row).text == text_with(*SURE, BRIDGE_LOOK)


def test_several_accepted_one_by_one_in_one_request_are_in_the_text(row: Transformation) -> None:
    wanted = [OneDecision(ids(row)[place], "accepted") for place in (BRIDGE_LOOK, MAY_LOOK)]
    assert decisions.decide(transformation=row, decisions=wanted).counts == Decisions(2, 0, 3, to_look=0, seen=2)
    assert final_text(row).text == text_with(*SURE, BRIDGE_LOOK, MAY_LOOK)


def test_reject_all_keeps_one_that_was_accepted_by_itself_until_it_is_overruled_and_undo_brings_it_back(
    row: Transformation,
) -> None:
    one(row, BRIDGE_LOOK, "accepted")
    decided = decisions.decide(transformation=row, everything="rejected")
    assert (decided.counts, decided.kept) == (Decisions(1, 4, 0, to_look=0, seen=1), 1)
    assert final_text(row).text == text_with(BRIDGE_LOOK)
    forced = decisions.decide(transformation=row, everything="rejected", override=True)
    assert (forced.counts, final_text(row).text) == (Decisions(0, 5, 0, to_look=0, seen=0), RECAST_SOURCE)
    assert decisions.undo(transformation=row).counts == Decisions(1, 4, 0, to_look=0, seen=1)
    assert final_text(row).text == text_with(BRIDGE_LOOK)


def test_a_reset_takes_them_out_of_the_text_again(row: Transformation) -> None:
    one(row, BRIDGE_LOOK, "accepted")
    decided = decisions.decide(transformation=row, everything="undecided")
    assert decided.counts == Decisions(0, 0, 5, to_look=2, seen=0)
    assert final_text(row).text == RECAST_RESULT


def test_an_undone_and_redone_accept_all_never_touches_them(row: Transformation) -> None:
    decisions.decide(transformation=row, everything="accepted")
    decisions.undo(transformation=row)
    assert decisions.redo(transformation=row).counts == Decisions(3, 0, 2, to_look=2, seen=0)
    assert recast_text.decisions(row) == ["accepted", "accepted", "accepted", "undecided", "undecided"]


@pytest.mark.parametrize("scope", ["all", "kind"])
def test_the_database_refuses_one_that_is_accepted_together_with_others(row: Transformation, scope: str) -> None:
    look = Edit.objects.filter(pk=ids(row)[MAY_LOOK])
    with pytest.raises(IntegrityError, match="humanize_look_is_accepted_singly"), transaction.atomic():
        look.update(decision="accepted", decision_scope=scope)
    look.update(decision="rejected", decision_scope=scope)


def test_scores_are_those_of_the_rewrite_while_the_text_is_the_rewrite(row: Transformation) -> None:
    one(row, MAY_LOOK, "rejected")
    final = final_text(row)
    assert row.scores is not None
    assert final.scores is not None
    assert (final.similarity, final.scores.readability) == (row.similarity, row.scores["after"]["readability"])
    one(row, MAY_LOOK, "accepted")
    assert final_text(row).similarity != row.similarity


def test_each_text_of_a_list_says_how_many_are_left_to_look_at(alice: Writer, row: Transformation) -> None:
    other = recast(alice.account)
    one(row, MAY_LOOK, "accepted")
    decisions.decide(transformation=other, everything="rejected")
    found = {text.pk: to_look_of(text) for text in transformations_of(alice.account)}
    assert found == {row.pk: 1, other.pk: 0}
    assert (to_look_of(row), to_look_of(other)) == (1, 0)
    row.state = "running"
    assert to_look_of(row) == 0
