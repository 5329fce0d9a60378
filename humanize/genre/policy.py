"""What may be touched in each genre: the rules ask for each edit that they propose, and writers are told.

Quotations, speech, code and formulas are protected in every genre, by spans (`humanize/text/protect.py`).
"""

from __future__ import annotations

import re

from humanize.genre.genres import Genre, GenreGuess

SURE = 0.6  # from this confidence on a genre limits edits
_NOTES = {
    Genre.VERSE: "This looks like verse; it is left as it is.",
    Genre.LAW: "This looks like a legal text: openers and padding may go; duties, defined terms and numbers stay.",
}
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_BINDING = re.compile(
    r"shall|must|may|will|can|could|should|would|might|cannot|(?:here|there|where)(?:by|in|of|to|under|inafter|after|as|with|upon)|"
    r"pursuant|notwithstanding|provided|subject|unless|except|only|not|no|nor|never|any|all|each|every|either|or|if|until|"
    r"forthwith|without|prior|immediately|reasonabl[ey]|material(?:ly)?|solely|exclusive(?:ly)?|.*\d.*"
)
_DEFINED = re.compile(r"\S\s+[A-Z]")


def limits(guess: GenreGuess) -> Genre | None:
    """Return the genre if it limits edits and is sure, else None."""
    return guess.genre if guess.genre in _NOTES and guess.confidence >= SURE else None


def note_on(guess: GenreGuess) -> str:
    """Return the sentence for the writer on what the genre keeps from being edited; empty if nothing."""
    genre = limits(guess)
    return _NOTES[genre] if genre else ""


def may_replace(guess: GenreGuess, before: str, after: str) -> bool:
    """Return whether an edit may replace `before` by `after` in a text of this genre.

    In verse none may. In law one may only cut, and nothing that binds: no modal, negation, condition, number or defined
    term.
    """
    genre = limits(guess)
    if genre is Genre.VERSE:
        return False
    return genre is not Genre.LAW or _only_cuts(before, after)


def _only_cuts(before: str, after: str) -> bool:
    had, has = _WORD.findall(before), _WORD.findall(after)
    left = iter(word.lower() for word in had)
    gone: list[str] = []
    for word in has:
        for candidate in left:
            if candidate == word.lower():
                break
            gone.append(candidate)
        else:
            return False
    gone.extend(left)
    return not any(_BINDING.fullmatch(word) for word in gone) and _DEFINED.search(before) is None
