from __future__ import annotations

import pytest

from humanize.options import RewriteOptions
from humanize.validation import MAX_PHRASES, check_options, check_text, count_words
from youman.core.errors import InvalidInput


def test_the_defaults_are_level_three_and_auto() -> None:
    assert check_options() == RewriteOptions()


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "text is empty; send the text to rewrite"),
        (" \n\t", "text is empty; send the text to rewrite"),
        ("a\x00b", "text contains a NUL character; remove it, or check that the file is text and not binary"),
        ("a\ud800b", "text contains half a surrogate pair; encode the text as UTF-8 again"),
    ],
)
def test_a_text_that_cannot_be_stored_is_refused_with_the_fix(text: str, detail: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_text(text)
    assert caught.value.detail == detail
    assert caught.value.problems[0].field == "text"


@pytest.mark.parametrize(
    ("field", "options"),
    [
        ("level", {"level": 0}),
        ("level", {"level": 6}),
        ("level", {"level": True}),
        ("strategy", {"strategy": "funny"}),
        ("language", {"language": "english"}),
        ("language", {"language": "xx"}),
        ("format", {"format": "pdf"}),
        ("protected", {"protected": ["a"] * (MAX_PHRASES + 1)}),
        ("protected", {"protected": ["a" * 2_001]}),
        ("protected", {"protected": ["a\x00"]}),
    ],
)
def test_a_bad_option_is_named(field: str, options: dict[str, int | str | list[str]]) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_options(**options)  # type: ignore[arg-type]
    assert caught.value.problems[0].field == field


def test_a_language_may_come_with_a_region_and_in_any_case() -> None:
    assert check_options(language="EN-gb").language == "en"
    assert check_options(language="pt_BR").language == "pt"


def test_empty_phrases_are_dropped_and_the_rest_trimmed() -> None:
    assert check_options(protected=[" a b ", "", "  "]).protected == ("a b",)


def test_words_are_counted_by_space_and_long_runs_by_length() -> None:
    assert count_words("one two  three\nfour") == 4
    assert count_words("字" * 320) == 10
