from __future__ import annotations

import json

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.test import AsyncClient
from rest_framework.test import APIClient

from humanize.models import Document, Transformation
from tests.writers import DRAFT, PASSWORD, Writer, streamed, writer
from youman.core.models import Account

pytestmark = pytest.mark.django_db


def test_a_document_has_its_source_and_its_transformations_in_order(alice: Writer) -> None:
    document = alice.post("documents", {"title": "Essay"}).body
    assert alice.get(f"documents/{document['id']}").body["source"] is None
    ids = [
        alice.post("transformations", {"text": text, "document": document["id"]}).body["id"]
        for text in (DRAFT, DRAFT + " More.")
    ]
    read = alice.get(f"documents/{document['id']}").body
    assert (read["title"], read["source"], read["transformation_count"]) == ("Essay", DRAFT, 2)
    assert [row["id"] for row in read["transformations"]] == ids


def test_a_rewrite_without_a_document_makes_one_named_after_its_words(alice: Writer) -> None:
    named = alice.post("transformations", {"text": DRAFT, "title": "Plan"}).body
    plain = alice.post("transformations", {"text": "# One two three four five six seven eight nine"}).body
    assert (named["title"], plain["title"]) == ("Plan", "One two three four five six seven eight…")
    assert Document.objects.count() == 2


def test_a_document_is_renamed_and_deleted_with_all_of_it(alice: Writer) -> None:
    made = alice.post("transformations", {"text": DRAFT}).body
    one = f"documents/{made['document']}"
    assert alice.send("PATCH", one, {"title": "New"}).body["title"] == "New"
    assert alice.send("PATCH", one, {"title": " "}).status == 400
    assert alice.send("DELETE", one).status == 204
    assert alice.get(one).status == 404
    assert Transformation.objects.count() == 0


@pytest.mark.parametrize("of", ["transformations/{id}", "documents/{document}"])
def test_a_deleted_text_does_not_come_back_out_of_an_idempotency_key(alice: Writer, bob: Writer, of: str) -> None:
    headers, body = {"Idempotency-Key": "k1"}, {"text": DRAFT}
    made, others = (who.post("transformations", body, headers=headers).body for who in (alice, bob))
    assert alice.post("transformations", body, headers=headers).body == made
    assert alice.send("DELETE", of.format(**made)).status == 204
    again = alice.post("transformations", body, headers=headers)
    assert (again.status, again.body["code"]) == (410, "answer_gone")
    assert bob.post("transformations", body, headers=headers).body == others
    assert Transformation.objects.filter(owner=alice.account).count() == 0


def test_the_dictionary_is_kept_and_honoured(alice: Writer, bob: Writer) -> None:
    words = {"prefer": [["tools", "instruments"]], "avoid": ["leverage"], "never_touch": ["in order to"]}
    assert alice.send("PUT", "dictionary", words).body == words
    assert alice.get("dictionary").body == words
    assert bob.get("dictionary").body == {"prefer": [], "avoid": [], "never_touch": []}
    result = alice.post("transformations", {"text": DRAFT, "level": 5}).body["result"]
    assert "instruments in order to" in result
    assert "instruments" not in bob.post("transformations", {"text": DRAFT, "level": 5}).body["result"]


@pytest.mark.parametrize(
    "words",
    [
        {"prefer": [["a"]]},
        {"prefer": [["a", "b", "c"]]},
        {"prefer": [["", "b"]]},
        {"avoid": [" "]},
        {"avoid": ["x" * 201]},
        {"never_touch": ["a"] * 501},
    ],
)
def test_a_bad_dictionary_is_refused_and_the_old_one_kept(alice: Writer, words: object) -> None:
    alice.send("PUT", "dictionary", {"avoid": ["very"]})
    assert alice.send("PUT", "dictionary", words).status == 400
    assert alice.get("dictionary").body["avoid"] == ["very"]


def test_consent_is_given_and_withdrawn(alice: Writer) -> None:
    assert alice.get("account").body["consent"] is None
    given = alice.post("account/consent", {"consent": True}).body["consent"]
    assert given["version"] == "2026-11"
    assert alice.get("account").body["consent"] == given
    assert alice.post("account/consent", {"consent": False}).body["consent"] is None
    assert alice.post("account/consent", {}).status == 400


@pytest.mark.django_db(transaction=True)
def test_the_export_holds_everything_of_one_s_own_and_nothing_of_others() -> None:
    alice, bob = writer("alice", "ENTERPRISE"), writer("bob")
    bob.post("transformations", {"text": "Bob was here."})
    made = alice.post("transformations", {"text": DRAFT}).body
    alice.post(f"transformations/{made['id']}/feedback", {"rating": 4, "comment": "fine"})
    alice.send("PUT", "dictionary", {"avoid": ["very"]})
    alice.api.logout()

    async def download() -> bytes:
        client = AsyncClient()
        await client.alogin(username="alice", password=PASSWORD)
        response = await client.get("/api/v1/account/export")
        assert response["Content-Disposition"] == 'attachment; filename="youman-export.json"'
        return b"".join([part async for part in streamed(response)])

    body = json.loads(async_to_sync(download)())
    assert body["account"]["username"] == "alice"
    assert [row["text"] for row in body["transformations"]] == [DRAFT]
    assert body["transformations"][0]["edits"] == made["edits"]
    assert body["transformations"][0]["feedback"] == {"rating": 4, "comment": "fine", "final_text": None}
    assert body["dictionary"]["avoid"] == ["very"]
    assert len(body["documents"]) == 1
    assert b"Bob" not in json.dumps(body).encode()


def test_the_account_goes_with_everything_on_the_right_password_only(alice: Writer, bob: Writer) -> None:
    alice.post("transformations", {"text": DRAFT})
    assert alice.send("DELETE", "account", {"password": PASSWORD}).status == 403
    session = APIClient()
    session.force_login(alice.account.user)
    wrong = session.delete("/api/v1/account", {"password": "no"}, format="json")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "password")
    assert Transformation.objects.count() == 1
    assert session.delete("/api/v1/account", {"password": PASSWORD}, format="json").status_code == 204
    assert Transformation.objects.count() == 0
    assert list(Account.objects.values_list("user__username", flat=True)) == ["bob"]
    assert alice.get("account").status == 401


def test_the_last_administrator_cannot_leave(db: None) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD)
    session = APIClient()
    session.force_login(root)
    assert session.delete("/api/v1/account", {"password": PASSWORD}, format="json").status_code == 409
    User.objects.create_superuser("other")
    assert session.delete("/api/v1/account", {"password": PASSWORD}, format="json").status_code == 204


def test_without_a_key_auto_and_the_rules_may_be_chosen_and_the_rest_say_why_not(bob: Writer) -> None:
    found = bob.get("models").body["results"]
    assert [one["id"] for one in found if one["available"]] == ["auto", "rules"]
    assert all(one["reason"].startswith("There is no key for") for one in found if not one["available"])


def test_scores_alone_change_nothing_and_are_those_of_a_rewrite(alice: Writer) -> None:
    reply = alice.post("score", {"text": DRAFT})
    assert (reply.status, reply.body["language"], reply.body["words"]) == (200, "en", 29)
    assert reply.body["scores"] == alice.post("transformations", {"text": DRAFT}).body["scores"]["before"]
    assert len(reply.body["sentences"]) == 2
    assert alice.get("usage").body["words"] == 29
    assert alice.post("score", {"text": "word " * 20_001}).status == 413
    assert alice.post("score", {"text": " "}).status == 400
