"""The extra presidio. These tests run only if it is installed (`make install-presidio`)."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest
from django.conf import LazySettings

from tests.training.pairs.pii_corpus import corpus, other_ids
from tests.training.pairs.pii_recall import SEED, recall
from tests.training.sample_pairs import pair
from training.models import TrainingDataPoint
from training.pairs import presidio
from training.pairs.ingest import ingest_pairs
from training.pairs.privacy import KINDS, findings, findings_with, scrub
from youman.core.errors import InvalidInput

installed = pytest.mark.skipif(not presidio.is_installed(), reason="the extra presidio is not installed")


@pytest.mark.skipif(presidio.is_installed(), reason="shows what happens without the extra")
@pytest.mark.django_db
def test_switched_on_without_the_extra_nothing_is_stored(settings: LazySettings) -> None:
    settings.TRAINING_PRESIDIO = True
    with pytest.raises(InvalidInput, match="TRAINING_PRESIDIO is set, but the extra presidio is not installed"):
        ingest_pairs([pair(1)], scored=False)
    assert TrainingDataPoint.objects.count() == 0


@pytest.mark.presidio
@installed
def test_with_presidio_more_ids_are_found_and_nothing_else_is_lost() -> None:
    def both(text: str) -> object:
        return findings_with(text, presidio.findings)

    own, more = recall(other_ids(SEED, 40), findings), recall(other_ids(SEED, 40), both)  # type: ignore[arg-type]
    assert own.by_kind["national_id"] < 0.3
    assert more.by_kind["national_id"] >= 0.8
    seeded = recall(corpus(SEED, 150), both)  # type: ignore[arg-type]
    assert {kind: share >= 0.98 for kind, share in seeded.by_kind.items()} == dict.fromkeys(sorted(KINDS), True)
    assert seeded.false <= 12


@pytest.mark.presidio
@installed
@pytest.mark.django_db
def test_switched_on_a_pair_is_stored_without_what_only_presidio_knows(settings: LazySettings) -> None:
    one = replace(pair(1), original=f"{pair(1).original} Her number is S3828818J now.")
    settings.TRAINING_PRESIDIO = True
    ingest_pairs([one], scored=False)
    point = TrainingDataPoint.objects.get()
    assert point.original.endswith("Her number is [NATIONAL_ID_1] now.")
    assert point.pii == {"national_id": 1}


@pytest.mark.presidio
@installed
def test_scrubbing_again_changes_nothing_and_no_network_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object, **options: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    texts = [one.text for one in (*corpus(3, 10), *other_ids(3, 10))]
    once = scrub(*texts, finder=presidio.findings)
    assert scrub(*once.texts, finder=presidio.findings).texts == once.texts
