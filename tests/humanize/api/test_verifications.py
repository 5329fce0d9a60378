"""Checking any rewrite by the API: nothing stored, nothing charged, wrong bodies refused by field."""

from __future__ import annotations

import pytest

from humanize.models import Transformation
from serving.models import Invocation
from tests.writers import Writer
from youman.core.models import WordUsage

SOURCE = "The tenant must pay 40 crowns by 5 March."

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("rewrite", "verdict", "kinds"),
    [
        (SOURCE, "kept", []),
        (SOURCE.replace("40", "400"), "refused", ["money", "money"]),
        (SOURCE.replace("must", "may"), "look", ["hedge", "modality"]),
        ("", "refused", ["money", "date", "number", "recast"]),
    ],
)
def test_a_rewrite_is_judged_with_its_findings(alice: Writer, rewrite: str, verdict: str, kinds: list[str]) -> None:
    reply = alice.post("verifications", {"source": SOURCE, "rewrite": rewrite, "language": "en"})
    assert (reply.status, reply.body["verdict"], reply.body["checked"]) == (200, verdict, "all kinds")
    assert sorted(one["kind"] for one in reply.body["findings"]) == sorted(kinds)
    for one in reply.body["findings"]:
        assert SOURCE[slice(*one["source"])] or rewrite[slice(*one["rewrite"])]
    assert (Transformation.objects.count(), Invocation.objects.count(), WordUsage.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rewrite": "a"}, "source"),
        ({"source": "a"}, "rewrite"),
        ({"source": " ", "rewrite": "a"}, "source"),
        ({"source": "a", "rewrite": 3.5}, None),
        ({"source": "a", "rewrite": ["b"]}, "rewrite"),
        ({"source": "a\0", "rewrite": "b"}, "source"),
        ({"source": "a", "rewrite": "b", "language": "klingon"}, "language"),
        ({"source": "a", "rewrite": "b", "format": "pdf"}, "format"),
        ({"source": "a", "rewrite": "b", "protect": ["c"]}, "protect"),
    ],
)
def test_a_wrong_body_is_refused_by_field(alice: Writer, body: dict[str, object], field: str | None) -> None:
    reply = alice.post("verifications", body)
    if field is None:
        assert reply.status == 200  # DRF reads a number as text
    else:
        assert (reply.status, reply.body["errors"][0]["field"]) == (400, field)


def test_a_text_over_the_tier_is_refused(bob: Writer) -> None:
    assert bob.post("verifications", {"source": "word " * 2_001, "rewrite": "word"}).body["code"] == "text_too_long"
