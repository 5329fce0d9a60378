"""What is proposed, what is not, and that every proposal reads right in its place."""

from __future__ import annotations

import pytest

from humanize.pipeline.revision_engine import prepare
from humanize.revision.candidates import CandidateEdit, candidate_edits
from humanize.revision.table import Swap, table_of
from humanize.text.edits import apply


def _swap(before: str, after: str) -> Swap:
    return Swap(tuple(before.split()), tuple(after.split()), 10.0, 20.0, 25.0, 0.8, 0.1)


TABLE = table_of(
    [
        _swap("utilize", "use"), _swap("enhance", "improve"), _swap("intricate", ""), _swap("vibrant", ""),
        _swap("truly", ""), _swap("additionally ,", ""), _swap("overview", "account"), _swap("account", "overview"),
    ]
)  # fmt: skip


def _found(text: str) -> list[CandidateEdit]:
    draft = prepare(text)
    return list(candidate_edits(draft.tokens, draft.closed, (), TABLE))


def _results(text: str) -> list[str]:
    return [apply(text, (one.edit,)) for one in _found(text)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("They utilize the shed.", "They use the shed."),
        ("Utilize the shed daily.", "Use the shed daily."),
        ("We saw an intricate map.", "We saw a map."),
        ("It has a vibrant and attractive square.", "It has an attractive square."),
        ("It has a lively and vibrant square.", None),
        ("It has an attractive and vibrant square.", "It has an attractive square."),
        ("She truly enjoyed it.", "She enjoyed it."),
        ("Additionally, the roof leaks.", "The roof leaks."),
        ("He wrote an account of it.", "He wrote an overview of it."),
        ("He wrote an overview of it.", "He wrote an account of it."),
    ],
)
def test_a_line_of_the_table_is_fitted_into_its_place(before: str, after: str | None) -> None:
    assert _results(before) == ([] if after is None else [after])


@pytest.mark.parametrize(
    "text",
    [
        "The square is vibrant.",  # nothing would be left to be
        "It is more vibrant than before.",
        "The vibrant, and the dull.",
        "They met at Vibrant Square.",
        "He said “utilize the shed” twice.",
        "I do not truly know.",
        "It was not truly meant.",
        "UTILIZE THE SHED!",
        "We saw it and additionally, the roof.",
    ],
)
def test_where_the_grammar_or_a_protected_span_forbids_it_nothing_is_proposed(text: str) -> None:
    assert _results(text) == []


def test_a_tacked_on_comment_goes_but_not_one_with_a_number() -> None:
    text = "The mayor reopened the old bridge last May, underscoring the importance of regular care."
    assert _results(text) == ["The mayor reopened the old bridge last May."]
    assert _results("The mayor reopened the old bridge again, underscoring the importance of 12 repairs.") == []


def test_a_long_sentence_is_split_where_both_parts_can_stand() -> None:
    text = (
        "The council bought the empty mill by the canal in the spring of that year, and they turned its upper floors "
        "into flats for nurses and teachers."
    )
    split = "The council bought the empty mill by the canal in the spring of that year. They turned its upper floors"
    assert [result.startswith(split) for result in _results(text)] == [True]


def test_two_short_sentences_about_one_person_are_joined() -> None:
    assert _results("She locked the door. She walked home.") == ["She locked the door and walked home."]
    assert _results("She locked the door. He walked home.") == []


def test_every_reason_can_be_read() -> None:
    reasons = {one.edit.reason for one in _found("They utilize an intricate map. Additionally, it rains.")}
    assert reasons == {
        "Models favour “utilize”; where people changed it, “use” was a common choice.",
        "“intricate” adds little; people removed or changed it 80 times in 100.",
        "“additionally” adds little; people removed or changed it 80 times in 100.",
    }


def test_headings_and_code_are_left_alone() -> None:
    draft = prepare("# We utilize this\n\nThey utilize that.")
    assert [one.edit.start for one in candidate_edits(draft.tokens, draft.closed, (), TABLE)] != []
    from humanize.options import RewriteOptions
    from humanize.pipeline.revision_engine import prepare_document
    from humanize.text.protect import protected_spans
    from humanize.text.segment import segment

    text = "# We utilize this\n\n```\nutilize it\n```\n\nThey utilize that.\n"
    document = segment(text, "markdown")
    ready = prepare_document(document, protected_spans(document), RewriteOptions(language="en"))
    found = candidate_edits(ready.tokens, ready.closed, (), TABLE)
    assert [text[one.edit.start - 5 : one.edit.end] for one in found] == ["They utilize"]
