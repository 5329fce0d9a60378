"""Decisions as a log: the stored state is the state that the events describe, whatever two doors do in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from humanize.errors import StaleVersion
from humanize.models import DecisionEvent, Document, Edit, Transformation
from humanize.transformations import decision_events, decisions
from humanize.transformations.decision_events import Decider
from humanize.transformations.decisions import OneDecision
from humanize.transformations.final_text import final_text
from tests.writers import PASSWORD
from youman.core.accounts.lifecycle import create_account
from youman.core.errors import InvalidInput, NotFound, WrongState
from youman.core.models import Account

KINDS = ("rules/openers", "rules/verbs", "rules/openers-of-another-kind")
UNDECIDED = ("undecided", "")
SCOPES = ["single", "kind", "all"]


def text_with_edits(count: int, owner: Account | None = None, *, looks: Iterable[int] = ()) -> Transformation:
    owner = owner or create_account(username="alice", password=PASSWORD, tier="ENTERPRISE")
    row = Transformation.objects.create(
        owner=owner, document=Document.objects.create(owner=owner, title="Plan"), source="a" * count, words=1, level=3,
        result="".join("ab"[n not in looks] for n in range(count)), state="completed",
        finished_at="2026-01-01T00:00Z", edit_count=count,
    )  # fmt: skip
    edits = [
        Edit(transformation=row, start=n, end=n + 1, before="a", after="b", reason="r", source=f"{KINDS[n % 3]}/x",
             look="Read it." if n in looks else "")
        for n in range(count)
    ]  # fmt: skip
    Edit.objects.bulk_create(edits)
    return row


@dataclass
class Model:
    """What a person expects: a list of states, each undo goes one state back, each redo one forward."""

    state: dict[int, tuple[str, str]]
    kinds: dict[int, str]
    looks: set[int]
    past: list[dict[int, tuple[str, str]]] = field(default_factory=list)
    future: list[dict[int, tuple[str, str]]] = field(default_factory=list)

    def decide(self, ids: Iterable[int], decision: str, scope: str, *, override: bool = False) -> None:
        after = UNDECIDED if decision == "undecided" else (decision, scope)
        changed = dict(self.state)
        for one in ids:
            if one in self.looks and decision == "accepted" and scope != "single":
                continue
            _, by = self.state[one]
            more_precise = by != "" and SCOPES.index(by) < SCOPES.index(scope)
            if override or decision == "undecided" or not more_precise:
                changed[one] = after
        if changed != self.state:
            self.past.append(self.state)
            self.future.clear()
            self.state = changed

    def applies(self, one: int) -> bool:
        decision, _ = self.state[one]
        return decision == "accepted" or (decision == "undecided" and one not in self.looks)

    def undo(self) -> bool:
        if self.past:
            self.future.append(self.state)
            self.state = self.past.pop()
            return True
        return False

    def redo(self) -> bool:
        if self.future:
            self.past.append(self.state)
            self.state = self.future.pop()
            return True
        return False


ANSWERS = st.sampled_from(["accepted", "rejected", "undecided"])
STEPS = st.one_of(
    st.tuples(st.just("single"), st.dictionaries(st.integers(0, 5), ANSWERS, min_size=1, max_size=3)),
    st.tuples(st.just("kind"), st.tuples(st.sampled_from(KINDS), ANSWERS, st.booleans())),
    st.tuples(st.just("all"), st.tuples(ANSWERS, st.booleans())),
    st.tuples(st.just("undo"), st.none()),
    st.tuples(st.just("redo"), st.none()),
)


class TestHistories(TestCase):
    @settings(max_examples=40)  # each example is a text with its rows: a quarter of a second
    @given(steps=st.lists(st.tuples(STEPS, st.booleans()), max_size=12))
    def test_any_history_through_two_doors_is_what_a_person_expects(self, steps: list[Any]) -> None:
        row = text_with_edits(6, looks={1, 3})
        sources = dict(Edit.objects.filter(transformation=row).order_by("start").values_list("pk", "source"))
        ids = list(sources)
        model = Model(
            dict.fromkeys(ids, UNDECIDED),
            {one: source.removesuffix("/x") for one, source in sources.items()},
            {ids[1], ids[3]},
        )
        doors = (Decider(row.owner, "editor"), Decider(None, "command"))
        for (name, given_), door in steps:
            take_step(row, model, ids, name, given_, doors[door])
            history = decision_events.history_of(decision_events.acts_of(row))
            assert (history.can_undo, history.can_redo) == (bool(model.past), bool(model.future))
            assert stored(row) == model.state
            assert final_text(row).text == "".join("ab"[model.applies(one)] for one in ids)
            assert stored(row) == derived(row) | {one: UNDECIDED for one in ids if one not in derived(row)}
        numbers = list(DecisionEvent.objects.order_by("number").values_list("number", flat=True).distinct())
        assert numbers == list(range(1, len(numbers) + 1))


def take_step(row: Transformation, model: Model, ids: list[int], name: str, given_: Any, decider: Decider) -> None:
    if name == "single":
        wanted = [OneDecision(ids[place], decision) for place, decision in given_.items()]
        decisions.decide(transformation=row, decisions=wanted, decider=decider)
        before = list(model.past)
        whole = dict(model.state)
        for place, decision in given_.items():
            model.decide([ids[place]], decision, "single")
        model.past = [*before, whole] if model.state != whole else before
    elif name == "kind":
        kind, decision, override = given_
        decisions.decide(transformation=row, everything=decision, kind=kind, override=override, decider=decider)
        model.decide([one for one in ids if model.kinds[one] == kind], decision, "kind", override=override)
    elif name == "all":
        decision, override = given_
        decisions.decide(transformation=row, everything=decision, override=override, decider=decider)
        model.decide(ids, decision, "all", override=override)
    else:
        do = decisions.undo if name == "undo" else decisions.redo
        if (model.undo if name == "undo" else model.redo)():
            do(transformation=row, decider=decider)
        else:
            with pytest.raises(WrongState, match=f"no decision to {name}"):
                do(transformation=row, decider=decider)


def stored(row: Transformation) -> dict[int, tuple[str, str]]:
    rows = Edit.objects.filter(transformation=row).values_list("pk", "decision", "decision_scope")
    return {pk: (decision, scope) for pk, decision, scope in rows}


def derived(row: Transformation) -> dict[int, tuple[str, str]]:
    rows = DecisionEvent.objects.filter(transformation=row).order_by("number")
    return {edit: (to, by) for edit, to, by in rows.values_list("edit", "decision", "decision_scope")}


@pytest.mark.embedded
@pytest.mark.django_db
class TestOneText:
    def test_accept_all_leaves_what_was_decided_one_by_one_and_says_how_many(self) -> None:
        row = text_with_edits(6)
        first, second = Edit.objects.order_by("start")[:2]
        decisions.decide(transformation=row, decisions=[OneDecision(first.pk, "rejected")])
        decisions.decide(transformation=row, everything="rejected", kind=KINDS[1])
        accepted = decisions.decide(transformation=row, everything="accepted")
        assert (accepted.counts.accepted, accepted.counts.rejected, accepted.kept) == (3, 3, 3)
        forced = decisions.decide(transformation=row, everything="accepted", override=True)
        assert (forced.counts.accepted, forced.kept, final_text(row).text) == (6, 0, "bbbbbb")
        undone = decisions.undo(transformation=row)
        assert (undone.counts.accepted, undone.counts.rejected) == (3, 3)
        assert {one.edit_id for one in undone.changes} >= {first.pk, second.pk}

    def test_the_same_decision_again_is_no_event(self) -> None:
        row = text_with_edits(3)
        edit = Edit.objects.earliest("start")
        for _ in range(3):
            decisions.decide(transformation=row, decisions=[OneDecision(edit.pk, "rejected")])
            decisions.decide(transformation=row, everything="accepted")
        assert [act.scope for act in decision_events.acts_of(row)] == ["single", "all"]

    def test_two_decisions_on_one_edit_and_foreign_edits_are_refused_and_change_nothing(self) -> None:
        row = text_with_edits(3)
        other = text_with_edits(1, row.owner)
        mine, foreign = (Edit.objects.filter(transformation=one).earliest("start").pk for one in (row, other))
        twice = [OneDecision(mine, "accepted"), OneDecision(mine, "rejected")]
        with pytest.raises(InvalidInput, match="two decisions"):
            decisions.decide(transformation=row, decisions=twice)
        with pytest.raises(NotFound):
            decisions.decide(
                transformation=row, decisions=[OneDecision(mine, "accepted"), OneDecision(foreign, "accepted")]
            )
        assert DecisionEvent.objects.count() == 0
        assert set(stored(row).values()) == {UNDECIDED}

    @pytest.mark.parametrize("what", [decisions.undo, decisions.redo])
    def test_an_undo_of_what_has_changed_since_is_refused(self, what: Any) -> None:
        row = text_with_edits(3)
        decisions.decide(transformation=row, everything="accepted")
        if what is decisions.redo:
            decisions.undo(transformation=row)
        known = decision_events.history_of(decision_events.acts_of(row)).version
        for stale in (known - 1, known + 1):
            with pytest.raises(StaleVersion, match="read them again"):
                what(transformation=row, version=stale)
        assert what(transformation=row, version=known).history.version == known + 1

    def test_the_statements_of_a_decision_do_not_grow_with_the_text(self) -> None:
        small, large = text_with_edits(5), text_with_edits(3_000, Account.objects.get())
        for one in (small, large):
            decisions.decide(transformation=one, decisions=[OneDecision(one.edits.earliest("start").pk, "rejected")])
        steps: list[Callable[[Transformation], object]] = [
            lambda row: decisions.decide(transformation=row, everything="accepted"),
            lambda row: decisions.decide(transformation=row, everything="rejected", kind=KINDS[1]),
            lambda row: decisions.undo(transformation=row),
            lambda row: decisions.redo(transformation=row),
            lambda row: decisions.decide(transformation=row, everything="accepted", override=True),
        ]
        for step in steps:
            few, many = (written(partial(step, row)) for row in (small, large))
            assert few == ["INSERT", "UPDATE"]
            assert many == few or connection.vendor == "sqlite"
        assert large.decision_events.count() == 7_001

    def test_an_event_is_neither_changed_nor_deleted_but_goes_with_its_text(self) -> None:
        row = text_with_edits(2)
        decisions.decide(transformation=row, everything="accepted")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            DecisionEvent.objects.update(decision="rejected")
        decisions.delete_transformation(account=row.owner, transformation_id=row.pk)
        connection.check_constraints()
        assert (DecisionEvent.objects.count(), Edit.objects.count()) == (0, 0)


def written(do: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        do()
    verbs = [query["sql"].split()[0] for query in seen.captured_queries]
    return [verb for verb in verbs if verb in {"INSERT", "UPDATE", "DELETE"}]
