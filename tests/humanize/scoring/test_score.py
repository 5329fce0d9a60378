from __future__ import annotations

from humanize.scoring import BANDS, FLAG_THRESHOLD, score

PLAIN = (
    "My brother fixed the gate on Sunday. Took him all day. The old hinge had rusted right through, and when he "
    "finally got it off half the post came with it, so he drove out to Miller's for a new one and they were shut. "
    "He ended up using a bit of the fence from behind the shed. It looks awful but it shuts, which is more than you "
    "could say for the last one. The dog can't get out now anyway."
)
PUFFED = (
    "In today's fast-paced world, effective communication plays a crucial role in fostering meaningful relationships. "
    "Additionally, it enables individuals to navigate the complexities of modern life, ensuring that their ideas are "
    "conveyed with clarity and purpose. By embracing active listening, teams can unlock their full potential, "
    "paving the way for innovation and growth. Ultimately, strong communication is a testament to the power of "
    "collaboration, highlighting the importance of empathy in every aspect of our lives."
)


def test_a_plain_human_text_scores_below_the_flag() -> None:
    result = score(PLAIN)
    assert result.ai_likeness is not None
    assert result.ai_likeness < FLAG_THRESHOLD
    assert result.band == "low"


def test_a_text_full_of_machine_habits_reaches_the_highest_band() -> None:
    result = score(PUFFED)
    assert result.band == BANDS[-1].name == "high"
    assert (result.markers_per_1000 or 0) > 100


def test_a_short_text_gets_no_verdict() -> None:
    result = score("Additionally, it plays a crucial role.")
    assert result.ai_likeness is None
    assert result.band == "none"


def test_an_empty_text_scores_zeros() -> None:
    result = score("")
    assert (result.readability, result.burstiness, result.lexical_diversity, result.markers_per_1000) == (0, 0, 0, 0)


def test_another_language_gets_burstiness_only() -> None:
    result = score(PUFFED, language="de")
    assert (result.ai_likeness, result.band, result.markers_per_1000) == (None, "none", None)
    assert result.burstiness > 0
