"""The genre by layout and words, and what it keeps from being edited; texts of our own."""

from __future__ import annotations

import pytest

from humanize.genre import Genre, GenreGuess, may_replace, recognise
from humanize.genre.genres import UNKNOWN
from humanize.options import Dictionary, RewriteOptions
from humanize.pipeline.rewrite import rewrite_text
from humanize.text.segment import segment

STANZA = (
    "The dusk comes down, a testament to rain,\nAnd I will utilize the hour to write;\n"
    "The lamps that foster shadows burn again,\nAnd every street is longer in the night."
)
LEASE = (
    "It is important to note that the Tenant shall utilize the Premises as a private dwelling only. The Tenant shall "
    "not assign or sublet the Premises without the prior written consent of the Landlord. The Landlord may terminate "
    "this Agreement pursuant to Clause 9 if the Tenant is in breach of any provision hereof, and all sums due "
    "hereunder shall become payable within 14 days."
)


@pytest.mark.parametrize(
    ("text", "genre"),
    [
        (STANZA, Genre.VERSE),
        (LEASE, Genre.LAW),
        ("RUTH: You have the map?\nOLE: I thought you had it.\nRUTH: I never had it.", Genre.DIALOGUE),
        (
            "Dear Ms Aalto,\n\nThank you for your letter of 2 June. I am writing to confirm that the room is booked "
            "for your group. Please let me know if you need a second key.\n\nKind regards,\nPaul Reim",
            Genre.EMAIL,
        ),
        (
            "# shoal\n\nCounts fish in pictures.\n\n## Installation\n\n```\npip install shoal\n```\n\n## Usage\n\nCall "
            "`count(path)`; it returns an `int`. Pass `strict=True` to raise `ShoalError` on an empty picture.",
            Genre.DOCUMENTATION,
        ),
    ],
)
def test_the_genre_of_a_text(text: str, genre: Genre) -> None:
    assert recognise(segment(text)).genre is genre


def test_a_few_words_have_no_genre() -> None:
    assert recognise(segment("The bus is late.")) == UNKNOWN
    assert recognise(segment("")) == UNKNOWN


def test_verse_is_left_as_it_is_and_the_page_says_so() -> None:
    done = rewrite_text(STANZA, RewriteOptions(level=5))
    assert done.result == STANZA
    assert done.measures.warnings == ("This looks like verse; it is left as it is.",)


def test_in_law_padding_goes_and_duties_stay() -> None:
    done = rewrite_text(LEASE, RewriteOptions(level=5))
    assert done.result == LEASE.replace("It is important to note that the", "The")
    assert done.measures.warnings == (
        "This looks like a legal text: openers and padding may go; duties, defined terms and numbers stay.",
    )


def test_the_writers_dictionary_holds_in_law() -> None:
    options = RewriteOptions(level=5, dictionary=Dictionary(prefer=(("dwelling", "home"),)))
    assert "as a private home only" in rewrite_text(LEASE, options).result


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("It should be noted that the tenant", "The tenant", False),  # a modal is cut with it
        ("It is worth noting that the tenant", "The tenant", True),
        ("utilize", "use", False),
        ("shall be", "is", False),
        ("within 14 days", "within days", False),
        ("in order to", "to", True),
        ("the Tenant in order to", "the Tenant to", False),
        ("not less than", "less than", False),
    ],
)
def test_law_may_only_lose_what_does_not_bind(before: str, after: str, *, allowed: bool) -> None:
    assert may_replace(GenreGuess(Genre.LAW, 0.9), before, after) is allowed
    assert may_replace(GenreGuess(Genre.LAW, 0.5), before, after)
    assert not may_replace(GenreGuess(Genre.VERSE, 0.9), before, after)
    assert may_replace(GenreGuess(Genre.ARTICLE, 0.9), before, after)
