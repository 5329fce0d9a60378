"""Recognises the genre of an English text, and says what the rules may touch in it. Pure and deterministic.

`humanize/genre/train` makes the weights; docs/genre-card.md states how often the genre is right.
"""

from humanize.genre.genres import Genre, GenreGuess
from humanize.genre.policy import may_replace, note_on
from humanize.genre.recognition import recognise

__all__ = ["Genre", "GenreGuess", "may_replace", "note_on", "recognise"]
