"""Scores of a text's style and AI-likeness. Pure: no Django, no network. The shipped detector is read on first use."""

from humanize.scoring.detector import Band, Detector, DetectorError, HumanRate, promised_rate
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
    "HumanRate",
    "Scores",
    "SentenceScore",
    "load_detector",
    "promised_rate",
    "score",
    "sentence_scores",
    "shipped_detector",
]
