"""The simulated month: its acceptance rule, and that its figures are those of the ledger's rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from benchmarks.flywheel.ledger import RULES, week
from benchmarks.flywheel.texts import Draft, accepts, made_too
from benchmarks.support.verdicts import EDITOR, signed_share
from benchmarks.support.verdicts import RULES as RULE_VERDICTS
from humanize.models import Document, Transformation
from humanize.text.align import align
from humanize.text.edits import TextEdit
from serving.models import Deployment, Invocation, InvocationOutcome
from tests.writers import writer
from youman.core.database.ids import new_id

BEGAN = datetime(2026, 11, 2, tzinfo=UTC)
TEXT, KEPT = "The crew utilizes a robust plan in the old town.", "The crew uses a plan in the old town."
DRAFT = Draft("one", 0, TEXT, KEPT, align(TEXT, KEPT, reason="-", origin="editor"))


def edit(before: str, after: str, source: str = "model/x") -> TextEdit:
    start = TEXT.index(before)
    return TextEdit(start, start + len(before), before, after, "-", source)


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("utilizes", "uses", True),
        ("robust ", "", True),
        ("utilizes", "employs", False),  # the same place, no nearer to what the editor wrote
        ("old town", "centre", False),
    ],
)
def test_an_edit_that_the_editor_made_too_is_accepted(before: str, after: str, same: bool) -> None:
    assert made_too(DRAFT, edit(before, after)) is same
    assert accepts(DRAFT, edit(before, after)) in ({True} if same else {True, False})


def test_the_others_are_accepted_as_often_as_a_reader_signed_and_always_alike() -> None:
    rate = signed_share(EDITOR)
    assert 0.8 < rate < signed_share(RULE_VERDICTS) < 1.0
    drafts = [Draft(str(number), 0, TEXT, KEPT, DRAFT.changes) for number in range(2_000)]
    told = [accepts(draft, edit("old town", "centre")) for draft in drafts]
    assert abs(sum(told) / len(told) - rate) < 0.03
    assert told == [accepts(draft, edit("old town", "centre")) for draft in drafts]


@pytest.mark.django_db
def test_a_week_is_what_the_rows_of_its_texts_say() -> None:
    account = writer("alice").account
    luna = Deployment.objects.create(name="recorded", kind="rules", backend="recorded", state="active")

    def text(day: int, words: int) -> Transformation:
        document = Document.objects.create(owner=account, title="T")
        return Transformation.objects.create(
            owner=account, document=document, source="x", excerpt="x", words=words, level=3, strategy="auto",
            language="en", format="text", model="auto", created_at=BEGAN + timedelta(days=day), state="completed",
            finished_at=BEGAN,
        )  # fmt: skip

    def call(row: Transformation, cost: str, **outcome: object) -> None:
        made = Invocation.objects.create(
            id=new_id(), deployment=luna, model="m", account=account.pk, tier="PROFESSIONAL", attempt=1,
            strategy="auto", complexity="medium", latency_ms=1, price_list="-", words_in=row.words,
            cost=Decimal(cost), baseline_cost=Decimal("0.10"), transformation=row.pk,
        )  # fmt: skip
        InvocationOutcome.objects.create(invocation=made, **outcome)

    call(text(0, 100), "0.01", accepted=3, rejected=1)
    call(text(6, 200), "0.02", verified=False)
    call(text(7, 400), "0.04", accepted=1)
    found = week(1, BEGAN, BEGAN + timedelta(days=7))
    assert (found.texts, found.words, found.cost, found.baseline) == (2, 300, Decimal("0.03"), Decimal("0.10"))
    assert (found.acceptance, found.accepted_words, round(found.saving, 4)) == (0.75, 75.0, 0.7)
    assert found.shares == {RULES: 200 / 300, "recorded": 100 / 300}
    assert (round(found.cost_per_accepted, 4), found.kept_per_thousand) == (0.4, 10.0)
