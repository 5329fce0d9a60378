from __future__ import annotations

import pytest

from tests.training.sample_pairs import enter_some, rewritten
from tests.writers import Writer
from training import selectors
from training.contract import paths
from training.datasets import export
from training.datasets.freezing import DatasetQuery, freeze
from training.errors import DatasetBroken
from training.models import Dataset, DatasetPoint, TrainingDataPoint
from training.pairs.collection import collect
from training.pairs.ingest import IncomingPair, ingest_pairs
from training.pairs.withdrawal import withdraw_all
from youman.core.accounts.lifecycle import give_consent, withdraw_consent

pytestmark = pytest.mark.django_db(transaction=True)
FINAL = "The team must use good tools to finish by 12 May. The plan matters a lot for our work."


def test_withdrawal_removes_pairs_names_datasets_and_bars_the_pairs(alice: Writer) -> None:
    rewritten(alice, final_text=FINAL)
    collect()
    enter_some(40)
    point = TrainingDataPoint.objects.get(contributor=alice.account)
    TrainingDataPoint.objects.filter(pk=point.pk).update(split="train")
    row = freeze(name="spring", query=DatasetQuery(), actor="tests")
    export.write_channels(row)

    withdraw_consent(account=alice.account, actor="alice")
    barred_before_the_sweep = freeze(name="soon", query=DatasetQuery(), actor="tests")
    (withdrawal,) = withdraw_all()

    assert (withdrawal.points, withdrawal.datasets, withdrawal.versions) == (1, ["spring"], [])
    assert TrainingDataPoint.objects.filter(contributor=alice.account).count() == 0
    assert not paths.dataset_folder(row.pk).exists()
    assert barred_before_the_sweep.points == row.points - 1
    row.refresh_from_db()
    assert row.withdrawn == 1
    with pytest.raises(DatasetBroken, match="1 pairs of spring were withdrawn; create a new dataset"):
        export.write_channels(row)
    assert ingest_pairs([IncomingPair(point.original, point.humanized)])[0].outcome == "barred"
    assert not DatasetPoint.objects.filter(
        dataset=freeze(name="summer", query=DatasetQuery(), actor="t"), point_id=point.pk
    ).exists()
    assert selectors.stats().points == 40


def test_it_runs_again_without_effect_and_leaves_others_alone(alice: Writer, bob: Writer) -> None:
    give_consent(account=bob.account, actor="bob")
    bob.account.refresh_from_db()
    rewritten(alice, final_text=FINAL)
    rewritten(bob, text="Furthermore, bees utilize clover in order to feed.", final_text="Bees feed on clover.")
    collect()
    withdraw_consent(account=alice.account, actor="alice")
    assert len(withdraw_all()) == 1
    assert withdraw_all() == []
    assert list(TrainingDataPoint.objects.values_list("contributor", flat=True)) == [bob.account.pk]
    assert Dataset.objects.count() == 0


def test_consent_withdrawn_and_given_again_between_two_runs_still_removes(alice: Writer) -> None:
    rewritten(alice, final_text=FINAL)
    collect()
    withdraw_consent(account=alice.account, actor="alice")
    give_consent(account=alice.account, actor="alice")
    (withdrawal,) = withdraw_all()
    assert withdrawal.points == 1
    assert collect().accepted == 0
