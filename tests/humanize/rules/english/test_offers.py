"""Offers: sound changes that only the model may choose."""

from __future__ import annotations

from humanize.options import RewriteOptions
from humanize.rules.engine import rewrite
from humanize.rules.english.offers import offers
from humanize.text.edits import apply
from humanize.text.segment import segment
from humanize.text.spans import Span

TEXT = "The firm moved north. This relocation cost two million."


def test_an_offer_names_the_model_as_its_source_and_stands_alone() -> None:
    (edit,) = offers(segment(TEXT, "text"), (), "professional")
    assert (edit.source, apply(TEXT, (edit,))) == (
        "model/pointing/this-noun",
        "The firm moved north. The relocation cost two million.",
    )


def test_no_rule_makes_an_offer_by_itself() -> None:
    assert rewrite(segment(TEXT, "text"), (), RewriteOptions(level=5)).edits == ()


def test_what_is_protected_is_offered_no_change() -> None:
    assert offers(segment(TEXT, "text"), (Span(22, 26, "given"),), "professional") == ()


def test_an_offer_made_for_scholars_is_not_made_to_others() -> None:
    text = "We tested ten pumps. Our method uses a scale."
    sources = [[edit.source for edit in offers(segment(text, "text"), (), who)] for who in ("academic", "casual")]
    assert sources == [["model/pointing/our-method"], []]
