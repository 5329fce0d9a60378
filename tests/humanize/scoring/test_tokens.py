from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from humanize.scoring.tokens import count_words, tokenise, tokens_in_place


def test_words_numbers_and_the_punctuation_of_rhythm_are_kept() -> None:
    assert tokenise("It's 3.5 km, isn't it?!") == ["it's", "0", "km", ",", "isn't", "it", "?"]


def test_typography_does_not_change_the_tokens() -> None:
    plain = tokenise('She said - quietly - that it\'s "done" ... and left.')
    assert tokenise("She said — quietly — that it’s “done” … and left.") == plain
    assert tokenise('She  said --  quietly -- that\u00a0it\'s\n"done" ... and le\u200bft.') == plain


def test_markdown_does_not_change_the_tokens() -> None:
    plain = tokenise("A plan. First the roof, then the walls.")
    assert tokenise("## A **plan**.\n\n- First the [roof](https://example.org/roof), then\n> the _walls_.") == plain


def test_a_long_word_is_cut_into_bounded_pieces() -> None:
    assert [len(token) for token in tokenise("x" * 90)] == [40, 40, 10]


def test_tokens_in_place_point_at_their_own_text() -> None:
    text = "It’s a “test”, 1,000 times."
    assert [(token, text[start:end]) for token, start, end in tokens_in_place(text)] == [
        ("it's", "It’s"),
        ("a", "a"),
        ("test", "test"),
        (",", ","),
        ("0", "1,000"),
        ("times", "times"),
        (".", "."),
    ]


def test_a_bare_dash_is_not_counted_as_a_word() -> None:
    assert count_words("Don’t stop — ever - at 7.") == 5


@given(st.text())
def test_any_text_gives_bounded_tokens_without_blanks(text: str) -> None:
    assert all(token and len(token) <= 200 and not token.isspace() for token in tokenise(text))


@given(st.text())
def test_places_are_ordered_and_inside_the_text(text: str) -> None:
    last = 0
    for _, start, end in tokens_in_place(text):
        assert last <= start < end <= len(text)
        last = end
