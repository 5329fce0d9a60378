from __future__ import annotations

import pytest

from humanize.models import Edit
from humanize.transformations.decisions import OneDecision, decide, delete_transformation, give_feedback, undo
from tests.training.sample_pairs import rewritten
from tests.writers import DRAFT, Writer
from training.models import CollectedFeedback, TrainingDataPoint
from training.pairs.collection import CollectionReport, collect
from youman.core.accounts.lifecycle import give_consent

pytestmark = pytest.mark.django_db
FINAL = "The team must use good tools to finish by 12 May. The plan matters a lot for our work."


def test_a_rewrite_with_feedback_becomes_a_pair_of_draft_and_kept_text(alice: Writer) -> None:
    row = rewritten(alice, final_text=FINAL)
    assert collect() == CollectionReport(looked_at=1, accepted=1)
    point = TrainingDataPoint.objects.get()
    assert (point.original, point.humanized, point.rating) == (DRAFT, FINAL, 5)
    assert (point.transformation_id, point.contributor_id) == (row.pk, alice.account.pk)
    assert (point.consent_version, point.consent_at) == (alice.account.consent_version, alice.account.consent_at)
    assert (point.strategy, point.level, point.language) == (row.register, 3, "en")
    assert len(point.author) == 64


def test_it_is_collected_once_however_often_it_runs(alice: Writer) -> None:
    rewritten(alice)
    collect()
    assert collect() == CollectionReport(looked_at=0, accepted=0)
    assert TrainingDataPoint.objects.count() == 1


def test_only_accepted_edits_count_and_the_share_kept_is_a_reason(alice: Writer) -> None:
    row = rewritten(alice, rating=2)
    edits = list(Edit.objects.filter(transformation=row).order_by("start"))
    decisions = [OneDecision(edits[0].pk, "accepted"), *(OneDecision(edit.pk, "rejected") for edit in edits[1:])]
    decide(transformation=row, decisions=decisions)
    collect()
    point = TrainingDataPoint.objects.get()
    first = edits[0]
    assert point.humanized == (DRAFT[: first.start] + first.after + DRAFT[first.end :]).strip()
    assert [reason["value"] for reason in point.reasons if reason["name"] == "share_kept"] == [round(1 / len(edits), 4)]


def test_feedback_that_changed_replaces_the_pair(alice: Writer) -> None:
    row = rewritten(alice, final_text=FINAL)
    collect()
    old = TrainingDataPoint.objects.get()
    give_feedback(transformation=row, rating=1, comment="", final_text=f"{FINAL} Truly.")
    assert collect() == CollectionReport(looked_at=1, accepted=1)
    new = TrainingDataPoint.objects.get()
    assert (new.humanized, new.pk == old.pk) == (f"{FINAL} Truly.", False)


def test_decisions_that_changed_after_the_collection_replace_the_pair(alice: Writer) -> None:
    row = rewritten(alice, rating=2)
    edits = list(Edit.objects.filter(transformation=row).order_by("start"))
    decide(transformation=row, everything="accepted")
    collect()
    assert TrainingDataPoint.objects.get().humanized == row.result.strip()
    assert collect() == CollectionReport(looked_at=0, accepted=0)
    decide(transformation=row, decisions=[OneDecision(edit.pk, "rejected") for edit in edits[1:]])
    assert collect() == CollectionReport(looked_at=1, accepted=1)
    first = edits[0]
    assert (
        TrainingDataPoint.objects.get().humanized == (DRAFT[: first.start] + first.after + DRAFT[first.end :]).strip()
    )
    undo(transformation=row)
    assert collect() == CollectionReport(looked_at=1, accepted=1)
    assert TrainingDataPoint.objects.get().humanized == row.result.strip()
    assert collect() == CollectionReport(looked_at=0, accepted=0)


def test_without_consent_nothing_is_read_and_consent_is_not_retroactive(bob: Writer) -> None:
    rewritten(bob)
    assert collect() == CollectionReport(looked_at=0, accepted=0)
    give_consent(account=bob.account, actor="bob")
    assert collect() == CollectionReport(looked_at=0, accepted=0)
    assert CollectedFeedback.objects.count() == TrainingDataPoint.objects.count() == 0


def test_an_unusable_pair_is_recorded_and_not_collected_again(alice: Writer) -> None:
    rewritten(alice, final_text=DRAFT)
    assert collect() == CollectionReport(looked_at=1, accepted=0)
    assert collect() == CollectionReport(looked_at=0, accepted=0)
    assert CollectedFeedback.objects.values_list("outcome", "detail").get() == (
        "unusable",
        "the two texts are the same",
    )


def test_deleting_a_rewrite_deletes_its_pair(alice: Writer) -> None:
    row = rewritten(alice)
    collect()
    delete_transformation(account=alice.account, transformation_id=row.pk)
    assert TrainingDataPoint.objects.count() == 0
