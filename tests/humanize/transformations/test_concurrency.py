"""What two do at the same moment: on PostgreSQL, with two connections that really wait for each other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F

from humanize.account import writer_data
from humanize.models import DecisionEvent, Document, Edit, Feedback, Transformation
from humanize.transformations import create, decisions
from humanize.transformations.decision_events import acts_of
from humanize.validation import check_options
from tests.waiting import join, wait_until
from tests.writers import DRAFT, PASSWORD
from youman.core.accounts.lifecycle import accept_invitation, create_account, invite
from youman.core.errors import NotFound
from youman.core.models import Account

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer"),
]


class Beside(threading.Thread):
    """Does one thing on a connection of its own and keeps what came of it."""

    def __init__(self, do: Callable[[], Any]) -> None:
        super().__init__()
        self._do = do
        self.raised: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._do()
        except Exception as error:  # noqa: BLE001  # kept for the test to look at
            self.raised = error
        finally:
            connection.close()


def wait_for_a_lock() -> None:
    """Wait until another connection waits for a row that this one has locked."""

    def waits() -> bool:
        with connection.cursor() as cursor:
            # Only waits for this connection: other tests may use other databases on the same server.
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
            return bool(cursor.fetchone()[0])

    wait_until(waits)


@pytest.fixture
def account(db: None) -> Account:
    return create_account(username="alice", password=PASSWORD, tier="ENTERPRISE")


def made(account: Account) -> Transformation:
    ask = create.CreateRequest(text=DRAFT, options=check_options(level=5))
    return create.create_transformation(account=account, request=ask).row


DELETIONS: dict[str, Callable[[Account, Transformation], None]] = {
    "transformation": lambda a, row: decisions.delete_transformation(account=a, transformation_id=row.pk),
    "document": lambda a, row: writer_data.delete_document(account=a, document_id=row.document_id),
    "account": lambda a, row: writer_data.delete_account(user=a.user, password=PASSWORD),
}


@pytest.mark.parametrize("what", DELETIONS)
def test_what_is_deleted_while_a_worker_adds_edits_is_gone_whole(account: Account, what: str) -> None:
    row = made(account)
    with transaction.atomic():
        Transformation.objects.filter(pk=row.pk).update(attempt=F("attempt") + 1)
        Edit.objects.create(transformation=row, start=900, end=900, after="x", reason="r", source="rules/x")
        deletion = Beside(lambda: DELETIONS[what](account, row))
        wait_for_a_lock()
    join(deletion)
    assert deletion.raised is None
    assert (Transformation.objects.count(), Edit.objects.count()) == (0, 0)


def test_two_who_decide_in_opposite_orders_take_turns(account: Account) -> None:
    row = made(account)
    first, second = Edit.objects.filter(transformation=row).values_list("pk", flat=True)[:2]

    def decide(one: int, other: int) -> None:
        asked = [decisions.OneDecision(one, "accepted"), decisions.OneDecision(other, "rejected")]
        decisions.decide(transformation=row, decisions=asked)

    with transaction.atomic():
        decide(first, second)
        beside = Beside(lambda: decide(second, first))
        wait_for_a_lock()
        decide(first, second)
    join(beside)
    assert beside.raised is None
    assert dict(Edit.objects.filter(pk__in=[first, second]).values_list("pk", "decision")) == {
        first: "rejected",
        second: "accepted",
    }


def test_two_doors_at_once_leave_the_state_that_the_last_event_describes(account: Account) -> None:
    row = made(account)
    edits = list(Edit.objects.filter(transformation=row).order_by("start").values_list("pk", flat=True))

    def decide() -> None:
        decisions.decide(transformation=row, decisions=[decisions.OneDecision(pk, "rejected") for pk in edits])

    with transaction.atomic():
        decisions.decide(transformation=row, everything="accepted")
        beside = Beside(decide)
        wait_for_a_lock()
        decisions.undo(transformation=row)
        decisions.redo(transformation=row)
    join(beside)
    assert beside.raised is None
    events = DecisionEvent.objects.filter(transformation=row).order_by("number")
    latest = dict(events.values_list("edit", "decision"))
    assert latest == dict(Edit.objects.filter(transformation=row).values_list("pk", "decision"))
    assert latest == dict.fromkeys(edits, "rejected")
    assert [act.number for act in acts_of(row)] == [1, 2, 3, 4]


def test_two_feedbacks_at_once_leave_one(account: Account) -> None:
    row = made(account)

    def give(rating: int) -> None:
        decisions.give_feedback(transformation=row, rating=rating, comment="", final_text="")

    both = [Beside(lambda n=n: give(n)) for n in (1, 5)]  # type: ignore[misc]
    join(*both)
    assert [one.raised for one in both] == [None, None]
    assert Feedback.objects.count() == 1


def test_an_invitation_opened_twice_at_once_makes_one_account(account: Account) -> None:
    token = invite(email="ann@example.org", tier="BASIC", actor=account.user)

    def accept(name: str) -> None:
        accept_invitation(token=token, username=name, password=PASSWORD)

    both = [Beside(lambda name=name: accept(name)) for name in ("ann", "eve")]  # type: ignore[misc]
    join(*both)
    assert [type(one.raised) for one in both if one.raised] == [NotFound]
    assert Account.objects.exclude(pk=account.pk).count() == 1


def test_a_rewrite_into_a_document_that_is_being_deleted_says_so(account: Account) -> None:
    document = writer_data.create_document(account=account, title="Plan")
    ask = create.CreateRequest(text=DRAFT, options=check_options(), document_id=document.pk)
    with transaction.atomic():
        writer_data.delete_document(account=account, document_id=document.pk)
        beside = Beside(lambda: create.create_transformation(account=account, request=ask))
        wait_for_a_lock()
    join(beside)
    assert isinstance(beside.raised, NotFound)
    assert (Document.objects.count(), Transformation.objects.count()) == (0, 0)
