from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanize.prompts.answer import Change, UnusableAnswer, read_answer

ASKED = (1, 2, 3, 4)
KEY = "k3yk3yk3yk3y"


def read(raw: str, *, cut: bool = False) -> tuple[Change, ...]:
    return read_answer(raw, allowed=ASKED, key=KEY, cut=cut)


@pytest.mark.parametrize("raw", ["NONE\nEND", "none", "END", "None.\nEND", '{"changed": []}', "```\nNONE\nEND\n```"])
def test_nothing_to_change_is_an_answer(raw: str) -> None:
    assert read(raw) == ()


def test_lines_are_read_with_their_codes_in_the_order_of_the_text() -> None:
    raw = "\ufeff[3-4 j] Three and four.\r\n\r\n[1 w]  One, rewritten.\r\nEND\r\n"
    assert read(raw) == (Change(1, 1, "One, rewritten.", "w"), Change(3, 4, "Three and four.", "j"))


def test_a_missing_end_is_forgiven_when_the_last_sentence_is_whole() -> None:
    assert read("[2] Two “and a half.”") == (Change(2, 2, "Two “and a half.”"),)


def test_json_is_read_too() -> None:
    raw = '{"changed": [{"n": 2, "text": "Two,\\n changed.", "code": "c"}, {"n": 3, "to": 4, "text": "Joined."}]}'
    assert read(raw) == (Change(2, 2, "Two, changed.", "c"), Change(3, 4, "Joined."))
    assert read(f"```json\n{raw}\n```") == read(raw)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("", "empty"),
        (" \n\ufeff ", "empty"),
        ("Sure, here you are:\n[1] One.\nEND", "preamble"),
        ("The harbour office opened in spring.", "preamble"),
        ("I'm sorry, I can't help with that.", "refused"),
        ("As an AI, I do not edit.", "refused"),
        ("[1] One.\nI cannot go on with this.", "refused"),
        ("[1] One.\nI hope that this helps.", "stray"),
        ("[1] One.\nEND\nAnything else?", "stray"),
        ("[1] One and", "truncated"),
        ("[9] Nine.\nEND", "unknown_number"),
        ("[0] Zero.\nEND", "unknown_number"),
        ("[4-5] Four and five.\nEND", "unknown_number"),
        ("[1] One.\n[1] Another one.\nEND", "repeated_number"),
        ("[1-2] One and two.\n[2] Two.\nEND", "repeated_number"),
        ("[2-1] Backwards.\nEND", "bad_shape"),
        ("[1-9999] Everything.\nEND", "bad_shape"),
        ("[1]\nEND", "empty_sentence"),
        (f"[1] The {KEY} is here.\nEND", "fence"),
        (f"<text-{KEY.upper()}>\n[1] One.\nEND", "fence"),
        ('{"changed": [{"n": 1, "text": "One', "broken_json"),
        ('{"changed": ' + "[" * 100_000, "broken_json"),
        ('{"sentences": []}', "bad_shape"),
        ('{"changed": ["One."]}', "bad_shape"),
        ('{"changed": [{"n": "1", "text": "One."}]}', "bad_shape"),
        ('{"changed": [{"n": true, "text": "One."}]}', "bad_shape"),
        ('{"changed": [{"n": 1}]}', "bad_shape"),
        ('{"changed": [{"n": 1, "text": " "}]}', "empty_sentence"),
        ("x" * 200_001, "stray"),
    ],
)
def test_every_malformed_shape_has_its_kind(raw: str, kind: str) -> None:
    with pytest.raises(UnusableAnswer) as caught:
        read(raw)
    assert caught.value.kind == kind
    assert caught.value.reason.startswith(("it", "its", "sentence", "there", "[", "an entry"))


def test_an_answer_that_the_vendor_cut_is_not_used_at_all() -> None:
    with pytest.raises(UnusableAnswer) as caught:
        read("[1] One.\nEND", cut=True)
    assert caught.value.kind == "truncated"


@given(st.text(max_size=300) | st.from_regex(r"(\[[0-9 a-z-]{0,6}\] ?.{0,20}\n){0,4}(END)?", fullmatch=True))
def test_any_text_is_read_or_refused_and_nothing_else(raw: str) -> None:
    try:
        changes = read(raw)
    except UnusableAnswer:
        return
    numbers = [number for change in changes for number in range(change.first, change.last + 1)]
    assert sorted(set(numbers)) == numbers
    assert set(numbers) <= set(ASKED)
    assert all(change.text for change in changes)
