from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import LazySettings

from tests.training.sample_pairs import enter_some, pair
from tests.writers import Writer
from training import selectors
from training.datasets.export import point_row
from training.models import PointBand, TrainingDataPoint
from training.pairs import statistics
from training.pairs.ingest import IncomingPair, ingest_pairs

pytestmark = pytest.mark.django_db


def test_a_pair_is_stored_clean_scored_and_counted() -> None:
    dirty = replace(pair(1), original=f"{pair(1).original} Write to ana@example.org.", language="")
    (entered,) = ingest_pairs([replace(dirty, humanized=f"{pair(1).humanized} Mail ana@example.org!")])
    point = TrainingDataPoint.objects.get()
    assert (entered.outcome, entered.point_id) == ("accepted", point.pk)
    assert point.original.endswith("Write to [EMAIL_1].")
    assert point.humanized.endswith("Mail [EMAIL_1]!")
    assert (point.pii, point.language, point.cluster) == ({"email": 1}, "en", point.pk)
    assert point.quality is not None
    assert [reason["name"] for reason in point.reasons][:3] == ["meaning_kept", "faults", "length"]
    assert selectors.stats().points == 1


def test_known_or_unusable_pairs_are_not_stored() -> None:
    same = IncomingPair("One text.", "One text.")
    outcomes = [
        one.outcome for one in ingest_pairs([pair(1), pair(1), same, replace(pair(2), humanized="  ")], scored=False)
    ]
    assert outcomes == ["accepted", "duplicate", "unusable", "unusable"]
    assert [one.outcome for one in ingest_pairs([pair(1)])] == ["duplicate"]
    assert TrainingDataPoint.objects.count() == 1


def test_near_duplicates_share_a_cluster_and_a_split_within_a_batch_and_later() -> None:
    first = pair(1)
    near = replace(first, original=first.original.replace("times", "occasions", 1))
    later = replace(first, original=f"{first.original} So it goes on.")
    ingest_pairs([first, near, pair(2)], scored=False)
    ingest_pairs([later], scored=False)
    points = list(TrainingDataPoint.objects.order_by("created_at"))
    assert [point.cluster == points[0].pk for point in points] == [True, True, False, True]
    assert len({points[at].split for at in (0, 1, 3)}) == 1


def test_the_same_pairs_get_the_same_splits_in_every_installation() -> None:
    splits = []
    for _ in range(2):
        enter_some(30)
        splits.append(list(TrainingDataPoint.objects.order_by("content_hash").values_list("split", flat=True)))
        TrainingDataPoint.objects.all().delete()
    assert splits[0] == splits[1]
    assert len(set(splits[0])) > 1


def test_a_pair_that_would_connect_two_splits_is_held_back() -> None:
    first = pair(1)
    near = replace(first, original=first.original.replace("times", "occasions", 1))
    for number in range(40):  # some author stands in another split than the first point
        ingest_pairs([replace(near, humanized=f"{near.humanized} {number}", author=f"author {number}")], scored=False)
        if TrainingDataPoint.objects.filter(split="none").exists():
            break
    splits = set(TrainingDataPoint.objects.exclude(split="none").values_list("split", flat=True))
    assert len(splits) == 1
    assert TrainingDataPoint.objects.filter(split="none").exists()


def test_an_account_contributes_no_more_than_its_cap(alice: Writer, settings: LazySettings) -> None:
    settings.TRAINING_POINTS_PER_ACCOUNT = 2
    mine = [replace(pair(number), contributor_id=alice.account.pk) for number in range(3)]
    assert [one.outcome for one in ingest_pairs(mine, scored=False)] == ["accepted", "accepted", "capped"]
    assert [one.outcome for one in ingest_pairs([pair(3)], scored=False)] == ["accepted"]


def test_the_stored_counts_equal_a_recount() -> None:
    enter_some(30)
    kept = selectors.stats()
    statistics.recount()
    assert selectors.stats() == kept
    assert kept.points == sum(kept.by["split"].values()) == 30
    assert kept.by["source"] == {"imports": 30}


def test_deleting_a_pair_deletes_its_index_entries() -> None:
    enter_some(2)
    assert PointBand.objects.count() == 40
    TrainingDataPoint.objects.all()[0].delete()
    assert PointBand.objects.count() == 20


def test_drafts_of_one_kept_text_are_in_one_split_within_a_batch_and_later() -> None:
    kept = pair(1).humanized
    others = [replace(pair(number), humanized=kept.upper() if number % 2 else kept) for number in range(2, 22)]
    ingest_pairs([pair(1), *others[:10]], scored=False)
    ingest_pairs(others[10:], scored=False)
    assert TrainingDataPoint.objects.count() == 21
    assert len(set(TrainingDataPoint.objects.values_list("split", flat=True))) == 1
    assert len(set(TrainingDataPoint.objects.values_list("cluster", flat=True))) == 21


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_a_pair_keeps_its_line_ends_and_trainers_read_it_without_the_blank_lines_around_it(end: str) -> None:
    texts = (pair(1).original, pair(1).humanized)
    original, humanized = (f"{end}{text.replace(' ', end, 1)}{end}{end}" for text in texts)
    given = replace(pair(1), original=original, humanized=humanized)
    assert [one.outcome for one in ingest_pairs([given])] == ["accepted"]
    point = TrainingDataPoint.objects.get()
    assert (point.original, point.humanized) == (original, humanized)
    assert (point_row(point)["original"], point_row(point)["humanized"]) == (original.strip(), humanized.strip())
    blank = IncomingPair(f"{end}One text.", f"One text.{end}")
    assert [one.outcome for one in ingest_pairs([blank])] == ["unusable"]
