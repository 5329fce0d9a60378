from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from humanize.options import RewriteOptions
from humanize.pipeline.rewrite import rewrite_text
from humanize.rules.engine import RuleResult
from humanize.text.edits import TextEdit, apply
from humanize.text.segment import SegmentedText
from humanize.text.spans import Span
from humanize.validation import check_options

SAMPLES = sorted((Path(__file__).resolve().parents[3] / "humanize" / "samples").glob("*.md"))


@pytest.mark.parametrize("level", [1, 3, 5])
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_edits_applied_to_the_source_give_the_result(path: Path, level: int) -> None:
    source = path.read_text(encoding="utf-8")
    rewrite = rewrite_text(source, check_options(level=level))
    assert apply(source, rewrite.edits) == rewrite.result
    assert rewrite.measures.edits == len(rewrite.edits) > 0
    assert rewrite.options.language == "en"
    assert rewrite.options.format == "markdown"
    assert rewrite.before.detector_version == rewrite.after.detector_version


@settings(max_examples=60)
@given(st.text(max_size=300), st.sampled_from(["auto", "text", "markdown", "html"]))
def test_any_text_at_all_comes_through(text: str, format: str) -> None:
    rewrite = rewrite_text(text, check_options(level=5, format=format))
    assert apply(text, rewrite.edits) == rewrite.result


def test_a_language_without_rules_is_left_alone_and_said_so() -> None:
    text = "Es ist wichtig zu beachten, dass wir heute nach Hause gehen und dort schlafen."
    rewrite = rewrite_text(text, check_options())
    assert (rewrite.result, rewrite.edits, rewrite.options.language) == (text, (), "de")
    assert rewrite.measures.warnings == ("there are no rules for de yet; the text was left unchanged",)
    assert rewrite.before.ai_likeness is None


def test_long_and_short_share_the_decisions_about_the_whole() -> None:
    source = "\n\n".join(path.read_text(encoding="utf-8") for path in SAMPLES * 5)
    rewrite = rewrite_text(source, check_options(level=5))
    assert apply(source, rewrite.edits) == rewrite.result
    assert len(source.split()) > 2_500
    assert rewrite.measures.words == len(source.split())


def bad_engine(document: SegmentedText, protected: Sequence[Span], options: RewriteOptions) -> RuleResult:
    """Drops a number in the second sentence and mends a word in the first."""
    first = document.text.index("leverage")
    second = document.text.index("42")
    edits = (
        TextEdit(first, first + 8, "leverage", "use", "plain", "rules/test/use"),
        TextEdit(second, second + 2, "42", "many", "vague", "rules/test/many"),
    )
    return RuleResult(edits, "professional", ())


def test_what_fails_verification_is_dropped_alone_and_named() -> None:
    source = "We leverage old tools every day. The house has 42 rooms and a garden."
    rewrite = rewrite_text(source, check_options(language="en"), engine=bad_engine)
    assert rewrite.result == "We use old tools every day. The house has 42 rooms and a garden."
    assert [edit.before for edit in rewrite.edits] == ["leverage"]
    assert len(rewrite.measures.warnings) == 1
    assert rewrite.measures.warnings[0].startswith("An edit was dropped near “")
