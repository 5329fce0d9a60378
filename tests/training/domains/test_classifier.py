from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice

import pytest

from tests.conftest import DATA
from tests.training.domains.texts import TEXTS
from tests.training.sample_pairs import pair
from training import selectors
from training.datasets.freezing import DatasetQuery, freeze
from training.domains import DOMAINS, domain_of, guess_domain
from training.domains.fit import labelled
from training.models import TrainingDataPoint
from training.pairs.ingest import ingest_pairs


def test_the_projects_texts_get_the_right_domain_or_none() -> None:
    outcomes = Counter(
        "open" if not guess_domain(text).domain else guess_domain(text).domain == domain for domain, text in TEXTS
    )
    assert outcomes == {True: 27, "open": 4}
    assert {domain for domain, _ in TEXTS} == set(DOMAINS)


@pytest.mark.data
@pytest.mark.skipif(not (DATA / "detector" / "dev.jsonl.gz").exists(), reason="the shared data set is absent")
def test_on_texts_of_other_documents_nineteen_guesses_of_twenty_are_right() -> None:
    guesses = [(guess_domain(text).domain, domain) for text, domain in islice(labelled(DATA, "dev"), 600)]
    named = [one for one in guesses if one[0]]
    assert len(named) / len(guesses) >= 0.85
    assert sum(guessed == domain for guessed, domain in named) / len(named) >= 0.95


@pytest.mark.parametrize("text", ["", "Too short to say.", "\x00" * 500, "the " * 5_000, "Ω≈ç " * 200])
def test_a_text_without_evidence_gets_no_domain(text: str) -> None:
    assert guess_domain(text).domain == ""


def test_texts_in_other_languages_get_no_domain() -> None:
    assert domain_of(TEXTS[0][1] + " " + TEXTS[1][1], "en") == "business"
    assert domain_of(TEXTS[0][1] + " " + TEXTS[1][1], "de") == ""


@pytest.mark.django_db
def test_a_point_gets_its_domain_or_keeps_the_given_one_and_datasets_choose_by_it() -> None:
    report, story = (next(text for domain, text in TEXTS[1:] if domain == name) for name in ("business", "news"))
    mine = replace(pair(1), domain="letters")
    ingest_pairs([replace(pair(2), original=report), replace(pair(3), original=story), mine])
    assert set(TrainingDataPoint.objects.values_list("domain", flat=True)) == {"business", "news", "letters"}
    found = selectors.stats()
    assert found.by["domain"] == {"business": 1, "letters": 1, "news": 1}
    assert set(found.quality["domain"]) == {"business", "letters", "news"}
    TrainingDataPoint.objects.update(split="train")
    made = freeze(name="letters", query=DatasetQuery(domains=("letters", "news")), actor="tests")
    assert (made.points, made.counts["domain"]) == (2, {"letters": 1, "news": 1})
