"""`transformation.completed`: with the result, undone with it, signed, and without a word of the writer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from humanize.models import Transformation
from humanize.pipeline.measures import combine
from humanize.transformations import create, worker
from humanize.transformations.create import CreateRequest
from humanize.validation import check_options
from tests.receiver import Receiver, outbox
from tests.writers import DRAFT, Writer
from youman.core.events import webhooks
from youman.core.models import WebhookDelivery

SECRET_WORDS = ("Zanzibarian", "Quillfeather", "Marzipanov")
TEXT = f"{DRAFT} It is important to note that {SECRET_WORDS[0]} must leverage robust tools."


def rewrite_at_once(alice: Writer) -> Transformation:
    options = check_options(protected=[SECRET_WORDS[1]])
    return create.create_transformation(
        account=alice.account, request=CreateRequest(TEXT, options, title=SECRET_WORDS[2])
    ).row


def rewrite_by_a_worker(alice: Writer) -> Transformation:
    request = CreateRequest(TEXT, check_options(protected=[SECRET_WORDS[1]]), title=SECRET_WORDS[2], wait=False)
    row = create.create_transformation(account=alice.account, request=request).row
    assert outbox() == []
    worker.run(row.pk)
    worker.run(row.pk)
    row.refresh_from_db()
    return row


WAYS = pytest.mark.parametrize("rewrite", [rewrite_at_once, rewrite_by_a_worker])


@WAYS
@pytest.mark.django_db(transaction=True)
def test_a_receiver_gets_it_signed_once_and_without_a_word_of_the_writer(
    alice: Writer, receiver: Receiver, rewrite: Callable[[Writer], Transformation]
) -> None:
    secret = receiver.subscribe("transformation.completed")
    row = rewrite(alice)
    [payload] = receiver.take_all(secret)
    assert (payload["type"], payload["data"]) == (
        "transformation.completed",
        {
            "transformation_id": str(row.pk),
            "document_id": str(row.document_id),
            "account_id": alice.account.pk,
            "words": row.words,
            "edits": row.edit_count,
            "language": "en",
            "service_tier": "standard",
        },
    )
    assert row.edit_count > 0
    [message] = receiver.messages
    leaked = [word for word in {*SECRET_WORDS, *row.source.split()} if len(word) > 8 and word.encode() in message.body]
    assert leaked == []


@WAYS
@pytest.mark.django_db
def test_it_is_in_the_transaction_of_the_result_and_undone_with_it(
    alice: Writer, receiver: Receiver, rewrite: Callable[[Writer], Transformation]
) -> None:
    receiver.subscribe()
    with transaction.atomic():
        row = rewrite(alice)
        assert [name for name, _ in outbox()] == ["transformation.completed"]
        transaction.set_rollback(True)
    assert (Transformation.objects.filter(pk=row.pk).count(), WebhookDelivery.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_worker_that_lost_the_row_announces_nothing(
    alice: Writer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.subscribe()
    row = create.create_transformation(
        account=alice.account, request=CreateRequest(TEXT, check_options(), wait=False)
    ).row

    def overtaken(*args: object) -> object:
        Transformation.objects.filter(pk=row.pk).update(attempt=7)
        return combine(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "combine", overtaken)
    worker.run(row.pk)
    assert outbox() == []


@pytest.mark.django_db
def test_a_text_costs_not_one_query_more_when_no_webhook_wants_it(
    alice: Writer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "FRESH_S", 3_600.0)

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            rewrite_at_once(alice)
        return sum("core_webhook" in one["sql"] for one in seen)

    receiver.subscribe("model.registered")
    assert [statements() for _ in range(3)] == [1, 0, 0]  # the first looks who wants what
    receiver.subscribe("transformation.completed")
    assert [statements() for _ in range(3)] == [3, 2, 2]
    assert WebhookDelivery.objects.count() == 3
