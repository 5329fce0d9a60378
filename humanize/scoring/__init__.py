"""What a text reads like, in numbers. Pure: no Django, no network; the shipped detector is read once, on first use."""

from humanize.scoring.detector import Band, Detector, DetectorError
from humanize.scoring.linear import MIN_WORDS
from humanize.scoring.loader import BANDS, FLAG_THRESHOLD, load_detector, shipped_detector
from humanize.scoring.score import Scores, score
from humanize.scoring.sentences import SentenceScore, sentence_scores

__all__ = [
    "BANDS",
    "FLAG_THRESHOLD",
    "MIN_WORDS",
    "Band",
    "Detector",
    "DetectorError",
    "Scores",
    "SentenceScore",
    "load_detector",
    "score",
    "sentence_scores",
    "shipped_detector",
]
