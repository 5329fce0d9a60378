"""What a text reads like, in numbers. Pure: no Django, no network; weights are read once, on first use."""

from humanize.scoring.change import share_changed
from humanize.scoring.score import BANDS, FLAG_THRESHOLD, MIN_WORDS, Scores, score
from humanize.scoring.sentences import SentenceScore, sentence_scores
from humanize.scoring.store import Band, Weights, WeightsError, from_folder, shipped

__all__ = [
    "BANDS",
    "FLAG_THRESHOLD",
    "MIN_WORDS",
    "Band",
    "Scores",
    "SentenceScore",
    "Weights",
    "WeightsError",
    "from_folder",
    "score",
    "sentence_scores",
    "share_changed",
    "shipped",
]
