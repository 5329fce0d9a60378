"""One answer with the words and costs of the caller's own account."""

from __future__ import annotations

import pytest

from tests.writers import DRAFT, writer

pytestmark = pytest.mark.django_db


def test_usage_tells_the_months_words_and_the_costs() -> None:
    alice = writer("alice", "BASIC")
    alice.post("transformations", {"text": DRAFT})
    body = alice.get("usage").body
    assert (body["words"], body["requests"]) == (len(DRAFT.split()), 1)
    assert (body["costs"]["by"], body["costs"]["rows"], body["costs"]["total"]["cost"]) == ("day", [], "0")
    assert alice.get("usage?by=model").body["costs"]["by"] == "model"


def test_a_bad_question_is_named_and_anothers_costs_are_not_told() -> None:
    alice, bob = writer("alice", "BASIC"), writer("bob", "BASIC")
    assert alice.get("usage?by=weather").status == 400
    assert alice.get(f"usage?account={bob.account.pk}").status == 403
