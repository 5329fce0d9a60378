"""The genres, and how sure a guess is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Genre(StrEnum):
    """What a text is for. `ARTICLE` is all prose for readers at large: essays, news, reviews, reports, speeches."""

    EMAIL = "e-mail"
    POST = "post"
    ARTICLE = "article"
    DOCUMENTATION = "documentation"
    FICTION = "fiction"
    VERSE = "verse"
    DIALOGUE = "dialogue"
    PAPER = "paper"
    LAW = "law"
    MEDICINE = "medicine"
    DATA = "lists and data"
    CHAT = "chat answer"


GENRES = tuple(Genre)


@dataclass(frozen=True, slots=True)
class GenreGuess:
    """The likeliest genre; `confidence` is its probability from 0 to 1, by the classifier's own measure."""

    genre: Genre
    confidence: float


UNKNOWN = GenreGuess(Genre.ARTICLE, 0.0)
