from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from humanize.models import Document, Edit, Transformation
from tests.writers import DRAFT, Writer
from youman.core.models import WordUsage

pytestmark = pytest.mark.django_db


def make(writer: Writer, text: str = DRAFT, **options: object) -> dict[str, object]:
    reply = writer.post("transformations", {"text": text, **options})
    assert reply.status == 201, reply.body
    assert isinstance(reply.body, dict)
    return reply.body


def test_a_short_text_is_answered_at_once_with_its_edits(alice: Writer) -> None:
    reply = alice.post("transformations", {"text": DRAFT, "level": 3})
    assert (reply.status, reply.body["state"]) == (201, "completed")
    assert reply.headers["Location"] == f"/api/v1/transformations/{reply.body['id']}"
    text, at = "", 0
    for edit in reply.body["edits"]:
        assert DRAFT[edit["start"] : edit["end"]] == edit["before"]
        assert edit["decision"] == "undecided"
        assert edit["source"].startswith(edit["kind"])
        text += DRAFT[at : edit["start"]] + edit["after"]
        at = edit["end"]
    assert text + DRAFT[at:] == reply.body["result"]
    assert reply.body["summary"] == f"Rules made {len(reply.body['edits'])} edits"
    assert reply.body["route"][-1]["outcome"] == "answered"
    assert "12 May" in reply.body["result"]


def test_what_was_asked_and_what_was_found_are_both_there(alice: Writer) -> None:
    body = make(alice, level=2, protected=["robust tools"])
    assert body["options"] == {
        "level": 2,
        "strategy": "auto",
        "language": "auto",
        "format": "auto",
        "model": "auto",
        "protected": ["robust tools"],
    }
    assert (body["strategy"], body["language"], body["format"]) == ("professional", "en", "text")
    assert "robust tools" in str(body["result"])


def test_passages_in_double_brackets_are_protected_and_the_brackets_stay(alice: Writer) -> None:
    body = make(alice, "We must [[leverage]] tools in order to win.", level=5)
    assert body["text"] == "We must [[leverage]] tools in order to win."
    assert body["result"] == "We must [[leverage]] tools to win."


def test_a_text_read_again_is_the_same_and_has_sentences_on_request(alice: Writer) -> None:
    made = make(alice)
    assert alice.get(f"transformations/{made['id']}").body == made
    sentences = alice.get(f"transformations/{made['id']}?sentences=1").body["sentences"]["before"]
    assert [DRAFT[one["start"] : one["end"]] for one in sentences] == [DRAFT[:95].rstrip(), DRAFT[95:]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": "  "}, "text"),
        ({"text": "a\u0000"}, "text"),
        ({"text": "hi", "level": 6}, "level"),
        ({"text": "hi", "level": "high"}, "level"),
        ({"text": "hi", "strategy": "x"}, "strategy"),
        ({"text": "hi", "language": "english"}, "language"),
        ({"text": "hi", "format": "pdf"}, "format"),
        ({"text": "hi", "protected": "a"}, "protected"),
        ({"text": "hi", "document": "x"}, "document"),
        ({"text": 7.5, "level": None}, "level"),
    ],
)
def test_a_bad_request_names_the_field_and_stores_nothing(alice: Writer, body: object, field: str) -> None:
    reply = alice.post("transformations", body)
    assert (reply.status, reply.body["errors"][0]["field"]) == (400, field)
    assert Transformation.objects.count() == 0
    assert WordUsage.objects.count() == 0


def test_a_misspelt_field_is_refused_before_it_loses_its_meaning(alice: Writer) -> None:
    reply = alice.post("transformations", {"text": DRAFT, "protect": ["robust tools"]})
    assert (reply.status, reply.body["errors"][0]["field"]) == (400, "protect")
    assert "protected" in reply.body["detail"]
    assert Transformation.objects.count() == 0


def test_an_unknown_model_is_refused(alice: Writer) -> None:
    reply = alice.post("transformations", {"text": "hi", "model": "gpt"})
    assert (reply.status, reply.body["code"]) == (400, "unknown_model")


def test_the_request_limit_of_the_tier_answers_413(bob: Writer) -> None:
    reply = bob.post("transformations", {"text": "word " * 2_001})
    assert (reply.status, reply.body["code"]) == (413, "text_too_long")
    assert "2,001 words, but your tier allows 2,000" in reply.body["detail"]


def test_the_month_quota_answers_402_and_books_nothing(bob: Writer) -> None:
    for _ in range(10):
        assert bob.post("transformations", {"text": "word " * 1_990}).status == 201
    reply = bob.post("transformations", {"text": "word " * 1_990})
    assert (reply.status, reply.body["code"]) == (402, "quota_exceeded")
    assert WordUsage.objects.get(account=bob.account).words == 19_900
    assert Transformation.objects.count() == 10


def test_the_rate_limit_answers_429_with_a_time_to_wait(bob: Writer) -> None:
    statuses = [bob.post("transformations", {"text": "hi"}).status for _ in range(20)]
    reply = bob.post("transformations", {"text": "hi"})
    assert statuses == [201] * 20
    assert (reply.status, reply.body["code"]) == (429, "rate_limited")
    assert int(reply.headers["Retry-After"]) >= 1


def test_an_idempotency_key_makes_one_transformation(alice: Writer) -> None:
    first = alice.post("transformations", {"text": DRAFT}, {"Idempotency-Key": "k"})
    again = alice.post("transformations", {"text": DRAFT}, {"Idempotency-Key": "k"})
    other = alice.post("transformations", {"text": "hi"}, {"Idempotency-Key": "k"})
    assert (again.status, again.body) == (201, first.body)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.status == 422
    assert Transformation.objects.count() == 1


def test_wait_false_queues_and_a_long_text_queues_by_itself(alice: Writer) -> None:
    asked = alice.post("transformations", {"text": "hi", "wait": False})
    long = alice.post("transformations", {"text": "Some words stand here. " * 1_300})
    waited = alice.post("transformations", {"text": "Some words stand here. " * 1_300, "wait": True})
    assert [(reply.status, reply.body["state"]) for reply in (asked, long, waited)] == [
        (202, "queued"),
        (202, "queued"),
        (201, "completed"),
    ]
    assert (long.body["result"], long.body["edits"]) == (None, [])


def test_a_stranger_gets_404_everywhere_and_changes_nothing(alice: Writer, charlie: Writer) -> None:
    made = make(alice)
    one = f"transformations/{made['id']}"
    edits = made["edits"]
    assert isinstance(edits, list)
    attempts = [
        charlie.get(one),
        charlie.get(f"{one}/edits"),
        charlie.get(f"{one}/final"),
        charlie.get(f"{one}/stream"),
        charlie.get(f"documents/{made['document']}"),
        charlie.post(f"{one}/cancel"),
        charlie.post(f"{one}/resume"),
        charlie.post(f"{one}/edits/decide", {"decision": "rejected", "all": True}),
        charlie.post(f"{one}/feedback", {"rating": 1}),
        charlie.post("transformations", {"text": "hi", "document": made["document"]}),
        charlie.send("PATCH", f"documents/{made['document']}", {"title": "mine"}),
        charlie.send("DELETE", f"documents/{made['document']}"),
        charlie.send("DELETE", one),
    ]
    assert [reply.status for reply in attempts] == [404] * 13
    assert charlie.get("transformations").body == {"next": None, "results": []}
    assert charlie.get("documents").body == {"next": None, "results": []}
    assert alice.get(one).body == made
    own = make(charlie)
    stolen = charlie.post(
        f"transformations/{own['id']}/edits/decide", {"decisions": [{"id": edits[0]["id"], "decision": "rejected"}]}
    )
    assert stolen.status == 404
    assert Edit.objects.exclude(decision="undecided").count() == 0


def test_nobody_gets_in_without_a_key(alice: Writer) -> None:
    made = make(alice)
    alice.api.credentials()
    replies = [alice.get(path) for path in ("transformations", f"transformations/{made['id']}/stream", "account")]
    assert [reply.status for reply in replies] == [401, 401, 401]


def test_the_list_is_one_s_own_newest_first_without_texts_and_filters(alice: Writer) -> None:
    first, second = make(alice, "Bees like clover."), make(alice, DRAFT, title="Plan")
    queued = alice.post("transformations", {"text": "hi", "wait": False}).body
    rows = alice.get("transformations").body["results"]
    assert [row["id"] for row in rows] == [queued["id"], second["id"], first["id"]]
    assert "text" not in rows[0]
    assert rows[2]["excerpt"] == "Bees like clover."

    def found(query: str) -> list[str]:
        return [row["id"] for row in alice.get(f"transformations?{query}").body["results"]]

    assert found("q=CLOVER") == [first["id"]]
    assert found("q=plan") == [second["id"]]
    assert found("state=queued") == [queued["id"]]
    assert found(f"document={second['document']}") == [second["id"]]
    assert alice.get("transformations?state=lost").status == 400
    assert alice.get("transformations?document=x").status == 400


def test_the_lists_cost_the_same_with_1_and_50_rows(alice: Writer) -> None:
    make(alice)
    paths = ("transformations", "documents")

    def queries(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert alice.get(path).status == 200
        return len(seen)

    few = [queries(path) for path in paths]
    for number in range(49):
        Transformation.objects.create(
            owner=alice.account,
            document=Document.objects.create(owner=alice.account, title=str(number)),
            source="x",
            excerpt="x",
            words=1,
            level=3,
            strategy="auto",
            language="auto",
            format="auto",
            model="auto",
        )
    assert [len(alice.get(path).body["results"]) for path in paths] == [50, 50]
    assert [queries(path) for path in paths] == few == [2, 2]


def test_a_deleted_transformation_is_gone_with_its_edits(alice: Writer) -> None:
    made = make(alice)
    assert alice.send("DELETE", f"transformations/{made['id']}").status == 204
    assert alice.get(f"transformations/{made['id']}").status == 404
    assert Edit.objects.count() == 0
    assert alice.get(f"transformations/{uuid.uuid4()}").status == 404
