"""A text comes out of every door as it went in: stored, rejected whole, read again, given by a vendor's model."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from humanize.deferred import dispatch
from humanize.models import Transformation
from humanize.transformations import worker
from tests.humanize.deployments import MODELS, Engines, edited
from tests.vendors import Seen
from tests.writers import DRAFT, Writer, writer

WRAPPED = "It is important to note that the|team must leverage robust tools in|order to finish by 12 May. It is done."
TEXTS = [
    'Use `df[["a"]]` in order to win.',
    "We [[leverage]] tools in order to win.",
    'Code:\n\n```\ndf[["a", "b"]]\n```\n\nIt is important to note that we leverage it.\n',
    "See [[1]](http://x.org/a) and [the [[docs]] page](http://x.org/b) in order to win.",
    "A [[Wiki page|link]], ![[embedded.png]], an open [[ one and a closed ]] two.",
    "| a | b |\n|---|---|\n| x[[1]] | [[y]] |\n\nIn order to win.\n",
    '<p>Use <code>df[["a"]]</code> in order to win.</p>\n<p>[[utilize]] it.</p>\n',
    "> [[quoted]] in order to win\n\n# A [[heading]] here\n\n- [[item]] in order to win\n",
    "[[ " * 40 + DRAFT + " ]]" * 39,
    *(WRAPPED.replace("|", end) + end for end in ("\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\v", "\f")),
    f"{DRAFT}\r\nOne line.\nTwo lines.\rThree.\r\n\r\n\n\r",
    f"\n\n  \t{DRAFT}",
    f"{DRAFT}   ",
    f"{DRAFT}\n\n\n",
    f"\ufeff# A heading\r\n\r\n{DRAFT}\r\n",
    f"\ufeff{DRAFT}",
    f"e\u0301 \ufb01ne \u212b: {DRAFT} cafe\u0301\u00a0\u200b\n",
    f"---\r\ntitle: [[x]]\r\n---\r\n\r\n{DRAFT}  \r\nnext line\r\n",
]
NAMES = [str(number) for number in range(len(TEXTS))]
each_text = pytest.mark.parametrize("text", TEXTS, ids=NAMES)


def ends(text: str) -> list[str]:
    return re.findall("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]", text)


def outside_edits(text: str, edits: list[dict[str, Any]]) -> list[str]:
    places = [0, *(place for edit in edits for place in (edit["start"], edit["end"])), len(text)]
    return [text[start:end] for start, end in zip(places[::2], places[1::2], strict=True)]


def final(owner: Writer, id: str) -> str:
    return str(owner.get(f"transformations/{id}/final").body["text"])


def decide(owner: Writer, id: str, body: dict[str, Any]) -> None:
    assert owner.post(f"transformations/{id}/edits/decide", body).status == 200


def check_decisions(owner: Writer, body: dict[str, Any], text: str) -> None:
    """Nothing decided, all accepted, all rejected, and some at random."""
    id, edits = body["id"], body["edits"]
    assert (body["text"], final(owner, id)) == (text, body["result"])
    assert ends(body["result"]) == ends(text)
    at = 0
    for piece in outside_edits(text, edits):
        at = body["result"].index(piece, at) + len(piece)
    decide(owner, id, {"decision": "accepted", "all": True})
    assert final(owner, id) == body["result"]
    decide(owner, id, {"decision": "rejected", "all": True})
    assert final(owner, id) == text
    chosen = [edit["id"] for edit in edits if random.Random(edit["start"]).random() < 0.5]
    decide(owner, id, {"decisions": [{"id": edit, "decision": "accepted"} for edit in chosen]})
    assert ends(final(owner, id)) == ends(text)
    assert final(owner, id).count("[[") == text.count("[[")


@pytest.mark.django_db
@pytest.mark.parametrize("level", [1, 5])
@each_text
def test_a_text_answered_at_once(alice: Writer, text: str, level: int) -> None:
    made = alice.post("transformations", {"text": text, "level": level, "language": "en"}).body
    assert Transformation.objects.get().source == text
    assert made["options"]["protected"] == []
    check_decisions(alice, made, text)
    document = alice.get(f"documents/{made['document']}").body
    assert document["source"] == text


@pytest.mark.django_db
def test_texts_that_a_worker_rewrites_and_a_writer_takes_with_them(alice: Writer) -> None:
    made = alice.post("batches", {"documents": [{"text": text, "level": 5, "language": "en"} for text in TEXTS]}).body
    for row in Transformation.objects.filter(state="queued"):
        worker.run(row.pk)
    ids = [item["transformation"]["id"] for item in made["items"]]
    for id, text in zip(ids, TEXTS, strict=True):
        check_decisions(alice, alice.get(f"transformations/{id}").body, text)


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_book_that_is_rewritten_in_parts(alice: Writer, end: str) -> None:
    chapter = f"# Part\n\n{WRAPPED}\n\nSee `df[[1]]` and [[keep\nin order to]] it.\n{WRAPPED}\n\n".replace("|", "\n")
    text = ("\n\n" + chapter * 130 + "\n\n").replace("\n", end)
    id = alice.post("transformations", {"text": text, "level": 5, "wait": False}).body["id"]
    worker.run(UUID(id))
    row = Transformation.objects.get()
    assert (row.source, row.total_chunks > 1) == (text, True)
    assert (ends(row.result), row.edit_count > 130) == (ends(text), True)
    assert row.result.count(f"[[keep{end}in order to]]") == 130
    alice.post(f"transformations/{id}/edits/decide", {"decision": "rejected", "all": True})
    assert final(alice, id) == text


@pytest.mark.django_db
@each_text
def test_an_uploaded_file(alice: Writer, text: str) -> None:
    file = SimpleUploadedFile("draft.md", text.encode())
    answer = alice.api.post("/api/v1/documents/extract", {"file": file}, format="multipart")
    assert (answer.status_code, answer.json()["text"]) == (200, text)


@pytest.mark.django_db
def test_what_is_handed_in_as_used_and_a_dictionary_stay_as_sent(alice: Writer) -> None:
    made = alice.post("transformations", {"text": DRAFT}).body
    for text in TEXTS:
        given = alice.post(f"transformations/{made['id']}/feedback", {"rating": 4, "final_text": text})
        assert (given.status, given.body["final_text"]) == (201, text)
    words = {"prefer": [["in\r\norder to", "to\n"]], "avoid": [" robust "], "never_touch": ["[[x]]"]}
    assert alice.send("PUT", "dictionary", words).body == words
    wrapped = "We go in\r\norder to win it.\r\n"
    body = alice.post("transformations", {"text": wrapped, "level": 5, "language": "en"}).body
    assert ends(body["result"]) == ["\r\n", "\r\n"]
    assert body["result"] == "We go\r\nto win it.\r\n"


@pytest.mark.django_db
def test_phrases_are_protected_over_line_ends_and_as_long_as_a_paragraph(alice: Writer) -> None:
    text = WRAPPED.replace("|", "\r\n")
    body = alice.post("transformations", {"text": text, "level": 5, "protected": [WRAPPED.replace("|", "\n")]}).body
    assert (body["edits"], body["result"], body["options"]["protected"]) == ([], text, [WRAPPED.replace("|", "\n")])
    long = " ".join([DRAFT] * 12)
    assert alice.post("transformations", {"text": f"It rained. {long}", "protected": [long]}).body["edits"] == []
    refused = alice.post("transformations", {"text": DRAFT, "protected": ["a" * 2_001]})
    assert (refused.status, refused.body["detail"]) == (
        400, "protected has a phrase over 2,000 characters; send several",
    )  # fmt: skip


def with_line_ends(end: str) -> Callable[[Seen], str]:
    """A model that writes its answer, and some of its sentences, with line ends of its own."""

    def answer(seen: Seen) -> str:
        return f"{end}{edited(seen)}{end}".replace("\n", end)

    return answer


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_texts_that_a_vendors_model_answers_with_other_line_ends(engines: Engines, end: str) -> None:
    bea = writer("bea", "BASIC")
    engines.add("small")
    engines.server.answer = with_line_ends(end)
    edits = 0
    for text in TEXTS:
        body = bea.post("transformations", {"text": text, "level": 5, "language": "en"}).body
        check_decisions(bea, body, text)
        edits += len(body["edits"])
    assert edits >= 30
    assert len(engines.asked) >= len(TEXTS) - 4  # the others hold no sentence to ask about


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", ["\u2028", "\x85", "\v", "\f", "\r"])
def test_a_line_end_inside_a_models_sentence_is_a_space(engines: Engines, end: str) -> None:
    bea = writer("bea", "BASIC")
    engines.add("small")

    def answer(seen: Seen) -> str:
        return edited(seen).replace(" robust tools ", f" robust{end}tools ")

    engines.server.answer = answer
    body = bea.post("transformations", {"text": f"{DRAFT}\r\n"}).body
    assert ends(body["result"]) == ["\r\n"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", MODELS)
def test_texts_that_a_vendors_batch_answers(engines: Engines, kind: str) -> None:
    bea = writer("bea", "ENTERPRISE")
    engines.add(kind, capabilities={"has_batch": True})
    engines.server.answer = with_line_ends("\r\n")
    documents = [{"text": text, "level": 5, "language": "en"} for text in TEXTS]
    made = bea.post("batches", {"documents": documents, "service_tier": "batch"}).body
    for _ in range(2):
        for row in Transformation.objects.filter(state="queued"):
            worker.run(row.pk)
        dispatch.advance_batches()
    for item, text in zip(made["items"], TEXTS, strict=True):
        check_decisions(bea, bea.get(f"transformations/{item['transformation']['id']}").body, text)
