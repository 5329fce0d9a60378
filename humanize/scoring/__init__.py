"""What a text reads like, in numbers. Pure: no Django, no network; weights are read once, on first use."""

from humanize.scoring.change import share_changed
from humanize.scoring.score import BANDS, FLAG_THRESHOLD, MIN_WORDS, Scores, score
from humanize.scoring.store import Band

__all__ = ["BANDS", "FLAG_THRESHOLD", "MIN_WORDS", "Band", "Scores", "score", "share_changed"]
