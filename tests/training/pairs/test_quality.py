from __future__ import annotations

from dataclasses import replace

from training.pairs.quality import PairFacts, assess

DRAFT = (
    "Furthermore, it is important to note that the committee leverages robust methodologies, ensuring that every "
    "stakeholder benefits. Moreover, the plan plays a pivotal role in fostering growth, highlighting the significance "
    "of collaboration. In conclusion, these efforts underscore a commitment to excellence, paving the way for a bright "
    "future across the vibrant landscape of our city and its many neighbourhoods. Additionally, the "
    "committee will diligently monitor each initiative, underscoring its dedication to transparency."
)
KEPT = (
    "The committee uses robust methods, so every stakeholder benefits. The plan matters for growth, and it shows how "
    "much collaboration means. These efforts are a commitment to excellence. They lead to a bright future across the "
    "landscape of our city and its many neighbourhoods, and the committee says that it will note how every one of them "
    "fares over the years, and tell the people of the city about it plainly."
)
PAIR = PairFacts(DRAFT, KEPT, rating=5, share_kept=0.9)


def test_a_good_edit_scores_well_and_says_why() -> None:
    quality = assess(PAIR)
    assert quality.score > 0.6
    assert [reason.name for reason in quality.reasons] == [
        "meaning_kept", "faults", "length", "ai_change", "share_kept", "rating"
    ]  # fmt: skip
    assert quality.before is not None
    assert quality.after is not None
    assert quality.before > quality.after


def test_a_pair_that_changed_nothing_teaches_nothing() -> None:
    assert assess(replace(PAIR, humanized=DRAFT)).score == 0.0


def test_lost_meaning_is_capped_whatever_the_rating() -> None:
    assert assess(replace(PAIR, humanized="Cats sleep all day. " * 20)).score <= 0.2


def test_new_faults_low_ratings_and_cuts_cost() -> None:
    best = assess(PAIR).score
    assert assess(replace(PAIR, humanized=f"{KEPT} The the end , of it ..")).score < best
    assert assess(replace(PAIR, rating=1)).score < best
    assert assess(replace(PAIR, humanized=KEPT[:200])).score < best


def test_short_texts_in_any_language_are_scored_on_the_computable_parts() -> None:
    quality = assess(PairFacts("Der Hund bellt laut.", "Laut bellt der Hund.", language="de"))
    assert [reason.name for reason in quality.reasons] == ["meaning_kept", "faults", "length"]
    assert (quality.before, quality.after) == (None, None)
