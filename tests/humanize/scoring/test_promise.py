from __future__ import annotations

import pytest

from humanize.presenters import likeness_note
from humanize.scoring import HumanRate, Scores, promised_rate, score, shipped_detector
from humanize.scoring.train.human_rates import wilson

RATES = (
    HumanRate("mails", "e-mail", 50, {"medium": 0.10, "high": 0.02}),
    HumanRate("abstracts", "paper", 145, {"medium": 0.12, "high": 0.04}),
    HumanRate("theses", "paper", 60, {"medium": 0.2, "high": 0.03}),
    HumanRate("statutes", "law", 29, {"medium": 0.9, "high": 0.9}),
)


@pytest.mark.parametrize(
    ("band", "genre", "promised"),
    [
        ("medium", "e-mail", None),
        ("medium", "paper", 0.2),
        ("high", "paper", 0.04),
        ("medium", None, 0.2),
        ("medium", "law", None),
        ("medium", "verse", None),
        ("low", "paper", None),
    ],
)
def test_the_promise_is_the_genre_s_own_highest_figure_or_withheld(
    band: str, genre: str | None, promised: float | None
) -> None:
    assert promised_rate(band, RATES, genre) == promised


def test_the_shipped_detector_names_its_worst_genre() -> None:
    rates = shipped_detector().human_rates
    assert promised_rate("medium", rates, None) == 0.3356
    assert promised_rate("medium", rates, "essay") == 0.2434
    assert promised_rate("high", rates, None) == 0.1417
    assert promised_rate("medium", rates, "verse") is None
    assert promised_rate("medium", rates, "fiction") is None  # one collection of texts


@pytest.mark.parametrize(
    ("reached", "texts", "interval"),
    [(0, 0, (0.0, 1.0)), (0, 20, (0.0, 0.1611)), (5, 30, (0.0734, 0.3356)), (20, 20, (0.8389, 1.0))],
)
def test_the_interval_is_wilson_s(reached: int, texts: int, interval: tuple[float, float]) -> None:
    assert tuple(round(end, 4) for end in wilson(reached, texts)) == interval


def found(likeness: float | None, band: str, **more: object) -> Scores:
    return Scores(likeness, band, 50.0, 0.5, 80.0, 1.0, "v1", **more)  # type: ignore[arg-type]  # named in each case


@pytest.mark.parametrize(
    ("scores", "note"),
    [
        (found(0.2, "low"), ""),
        (
            found(0.85, "medium", band_fpr=0.3356),
            "In the genre where the detector errs most, up to 34 in 100 texts written by people score this high.",
        ),
        (
            found(0.85, "medium", band_fpr=0.2, genre="paper", left_out={"heading": 3, "list_item": 40}),
            "Of texts of this genre (paper) written by people, up to 20 in 100 score this high. "
            "Only prose is scored; left out: 40 words of lists, 3 of headings.",
        ),
        (
            found(0.95, "high", genre="law"),
            "How many human texts of this genre score this high is not known.",
        ),
        (
            found(None, "none", no_score_reason="too_little_prose", prose_words=12, left_out={"verse": 96}),
            "No verdict on AI-likeness: it needs at least 60 words of prose, and the text has 12. "
            "Left out: 96 words of verse.",
        ),
        (
            found(None, "none", no_score_reason="too_short"),
            "No verdict on AI-likeness: a text needs at least 60 words.",
        ),
        (
            found(None, "none", no_score_reason="language"),
            "No verdict on AI-likeness: the detector does not know this language.",
        ),
    ],
)
def test_the_note_says_what_the_value_means_or_why_there_is_none(scores: Scores, note: str) -> None:
    assert likeness_note(scores) == note


def test_a_score_passes_its_genre_on() -> None:
    text = "Furthermore, robust innovation fosters crucial growth across the evolving landscape of technology. " * 8
    essay, unknown, verse = (score(text, genre=genre) for genre in ("essay", None, "verse"))
    assert essay.band == unknown.band == "high"
    assert (essay.genre, essay.band_fpr) == ("essay", 0.1379)
    assert (unknown.genre, unknown.band_fpr) == (None, 0.1417)
    assert (verse.genre, verse.band_fpr) == ("verse", None)
