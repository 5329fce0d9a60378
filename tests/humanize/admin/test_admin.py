from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from humanize.models import BatchItem, Transformation
from humanize.transformations.decisions import OneDecision, decide
from tests.humanize.recast_text import BRIDGE, BRIDGE_RECAST, CERTAINTY, DOUBT, MAY_LOOK, ids, recast
from tests.writers import DRAFT, Writer

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


PAGE = "/admin/humanization/transformation/"


@pytest.mark.parametrize(("term", "found"), [("ALI", 1), ("Plan", 1), ("bo", 0), ("lan", 0), ("zz%", 0)])
def test_transformations_are_found_by_the_beginning_of_owner_and_title(
    staff: Client, alice: Writer, term: str, found: int
) -> None:
    alice.post("transformations", {"text": DRAFT, "title": "Plan A"})
    page = staff.get(PAGE, {"q": term})
    assert page.status_code == 200
    assert len(page.context["cl"].result_list) == found


def test_they_are_found_by_the_beginning_of_the_id(staff: Client, alice: Writer) -> None:
    made = alice.post("transformations", {"text": DRAFT}).body["id"]
    for term, found in ((made, 1), (made[:13], 1), (made[:4], 1), ("ffff", 0)):
        assert len(staff.get(PAGE, {"q": term}).context["cl"].result_list) == found


def test_they_are_looked_at_and_never_changed(staff: Client, alice: Writer) -> None:
    made = alice.post("transformations", {"text": DRAFT}).body["id"]
    assert staff.get(f"{PAGE}{made}/change/").status_code == 200
    assert staff.post(f"{PAGE}{made}/change/", {"state": "failed"}).status_code == 403
    assert staff.get(f"{PAGE}add/").status_code == 403
    assert staff.post(f"{PAGE}{made}/delete/", {"post": "yes"}).status_code == 403
    assert Transformation.objects.get().state == "completed"


@pytest.mark.parametrize("name", ["document", "feedback"])
def test_documents_and_feedback_have_pages(staff: Client, alice: Writer, name: str) -> None:
    made = alice.post("transformations", {"text": DRAFT}).body["id"]
    alice.post(f"transformations/{made}/feedback", {"rating": 3})
    page = staff.get(f"/admin/humanization/{name}/", {"q": "alice"})
    assert len(page.context["cl"].result_list) == 1


def test_a_writer_is_not_let_in(alice: Writer) -> None:
    client = Client()
    client.force_login(alice.account.user)
    assert client.get(PAGE).status_code == 302


def test_lists_cost_the_same_with_1_and_50_rows_and_read_no_big_text(staff: Client, alice: Writer) -> None:
    def rate() -> None:
        made = alice.post("transformations", {"text": "Bees like clover."}).body["id"]
        alice.post(f"transformations/{made}/feedback", {"rating": 3, "final_text": "Bees like it."})

    def queries(page: str) -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            assert staff.get(page).status_code == 200
        return [query["sql"] for query in seen.captured_queries]

    pages = [f"/admin/humanization/{name}/" for name in ("transformation", "document", "feedback")]
    pages += [f"/admin/core/{name}/" for name in ("account", "apikey", "invitation", "auditevent")]
    rate()
    few = [len(queries(page)) for page in pages]
    for _ in range(49):
        rate()
    many = [queries(page) for page in pages]
    assert [len(one) for one in many] == few
    texts = ('"source"', '"result"', '"final_text"', '"dictionary"')
    assert [sql for one in many for sql in one if any(name in sql for name in texts)] == []


@pytest.mark.parametrize(
    "page", ["humanization/transformation", "humanization/feedback", "core/auditevent", "core/apikey"]
)
def test_no_list_of_a_big_table_is_counted_to_its_end(staff: Client, page: str) -> None:
    with CaptureQueriesContext(connection) as seen:
        assert staff.get(f"/admin/{page}/").status_code == 200
    counts = [query["sql"] for query in seen.captured_queries if "COUNT(" in query["sql"]]
    assert [sql for sql in counts if "LIMIT" not in sql] == []


def test_the_page_of_a_text_shows_its_edits_to_look_at(staff: Client, alice: Writer) -> None:
    row = recast(alice.account)
    decide(transformation=row, decisions=[OneDecision(ids(row)[MAY_LOOK], "rejected")])
    page = staff.get(f"{PAGE}{row.pk}/change/").content.decode()
    assert "1 edit is left out because somebody has to look at it" in page
    assert f"<p><b>Rejected</b>: {CERTAINTY}<br>Before: may<br>After: will</p>" in page
    assert f"<p><b>Undecided</b>: {DOUBT}<br>Before: {BRIDGE}<br>After: {BRIDGE_RECAST}</p>" in page


def test_the_page_of_a_batch_says_what_is_left_out_of_each_document(staff: Client, alice: Writer) -> None:
    made = alice.post("batches", {"documents": [{"text": DRAFT, "title": "Plan"}, {"text": " "}]}).body["id"]
    row = recast(alice.account)
    BatchItem.objects.filter(number=0).update(transformation=row)
    page = staff.get(f"/admin/humanization/batch/{made}/change/").content.decode()
    left_out = "2 edits are left out because somebody has to look at them"
    assert f"<p>1. {row.document.title} – Rules made 5 edits – {left_out}</p>" in page
    assert "<p>2. Refused: " in page
