"""Block edits and edits to look at as training pairs: only what the author kept teaches."""

from __future__ import annotations

import pytest

from humanize.models import Transformation
from humanize.transformations.decisions import OneDecision, decide, give_feedback
from tests.humanize.recast_text import (
    BRIDGE,
    BRIDGE_LOOK,
    BRIDGE_RECAST,
    CLOSING,
    MARKET,
    MARKET_BLOCK,
    MARKET_RECAST,
    MAY_LOOK,
    OPENING,
    RECAST_SOURCE,
    ids,
    recast,
)
from tests.writers import Writer
from training.models import CollectedFeedback, TrainingDataPoint
from training.pairs.collection import CollectionReport, collect

pytestmark = pytest.mark.django_db
OPENING_KEPT = "The town hall opened in 1932. The staff use the old desks every day."


@pytest.fixture
def row(alice: Writer) -> Transformation:
    return recast(alice.account)


def decided(row: Transformation, decision: str, *places: int) -> None:
    decide(transformation=row, decisions=[OneDecision(ids(row)[place], decision) for place in places])


def collected(row: Transformation, rating: int = 3, final_text: str = "") -> set[tuple[str, str]]:
    give_feedback(transformation=row, rating=rating, comment="", final_text=final_text)
    report = collect()
    points = set(TrainingDataPoint.objects.values_list("original", "humanized"))
    assert report == CollectionReport(looked_at=1, accepted=int(bool(points)))
    return points


def test_an_accepted_block_is_a_pair_of_its_paragraph_and_small_edits_are_a_pair_of_the_rest(
    row: Transformation,
) -> None:
    decide(transformation=row, everything="accepted")
    decided(row, "accepted", BRIDGE_LOOK)
    assert collected(row) == {
        (f"{OPENING}\n\n{CLOSING}", f"{OPENING_KEPT}\n\n{CLOSING}"),
        (MARKET, MARKET_RECAST),
        (BRIDGE, BRIDGE_RECAST),
    }


def test_a_rejected_block_and_one_that_nobody_looked_at_teach_nothing(row: Transformation) -> None:
    decide(transformation=row, everything="accepted")
    decided(row, "rejected", MARKET_BLOCK)
    assert collected(row) == {(f"{OPENING}\n\n{CLOSING}", f"{OPENING_KEPT}\n\n{CLOSING}")}
    (reasons,) = TrainingDataPoint.objects.values_list("reasons", flat=True)
    assert [reason["value"] for reason in reasons if reason["name"] == "share_kept"] == [round(2 / 3, 4)]


def test_with_a_good_rating_undecided_edits_count_as_kept_but_not_those_to_look_at(row: Transformation) -> None:
    assert collected(row, rating=5) == {
        (f"{OPENING}\n\n{CLOSING}", f"{OPENING_KEPT}\n\n{CLOSING}"),
        (MARKET, MARKET_RECAST),
    }


def test_an_accepted_edit_to_look_at_teaches_like_any_other(row: Transformation) -> None:
    decide(transformation=row, everything="rejected")
    decided(row, "accepted", MAY_LOOK)
    assert collected(row) == {(f"{OPENING}\n\n{CLOSING}", f"{OPENING}\n\nThe library will close in August.")}


def test_where_every_block_was_rejected_there_is_no_pair(row: Transformation) -> None:
    decide(transformation=row, everything="rejected")
    assert collected(row) == set()
    told = CollectedFeedback.objects.values_list("outcome", "detail").get()
    assert told == ("unusable", "the two texts are the same")


def test_a_final_text_that_the_author_sent_is_one_pair_with_the_whole_draft(row: Transformation) -> None:
    decide(transformation=row, everything="accepted")
    mine = f"{OPENING_KEPT} {MARKET_RECAST} {BRIDGE_RECAST}"
    assert collected(row, final_text=mine) == {(RECAST_SOURCE, mine)}


def test_a_block_that_is_rejected_later_takes_its_pair_away(row: Transformation) -> None:
    decided(row, "accepted", MARKET_BLOCK)
    assert collected(row) == {(MARKET, MARKET_RECAST)}
    decided(row, "rejected", MARKET_BLOCK)
    assert collect() == CollectionReport(looked_at=1, accepted=0)
    assert TrainingDataPoint.objects.count() == 0


def test_of_several_pairs_the_record_tells_that_one_was_stored(row: Transformation, alice: Writer) -> None:
    decided(row, "accepted", MARKET_BLOCK)
    collected(row)
    other = recast(alice.account)
    decided(other, "accepted", MARKET_BLOCK, BRIDGE_LOOK)
    give_feedback(transformation=other, rating=3, comment="", final_text="")
    assert collect() == CollectionReport(looked_at=1, accepted=1)
    assert CollectedFeedback.objects.get(transformation=other).outcome == "accepted"
    assert TrainingDataPoint.objects.filter(transformation=other).count() == 1
