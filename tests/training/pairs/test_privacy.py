from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from tests.training.pairs.pii_corpus import corpus
from training.pairs import checksums, privacy
from training.pairs.privacy import KINDS, findings, scrub
from training.pairs.recognisers import ADDRESSES, EMAIL, KEYS, NUMBERED


def test_on_the_seeded_corpus_recall_and_precision_hold_for_each_kind() -> None:
    found: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    false = 0
    for one in corpus(seed=20261124, a_kind=150):
        hits = findings(one.text)
        planted[one.kind] += 1
        right = [hit for hit in hits if hit.kind == one.kind and hit.value == one.value]
        found[one.kind] += bool(right)
        false += len(hits) - len(right)
    assert set(planted) == {*KINDS, ""}
    assert {kind: found[kind] / planted[kind] >= 0.98 for kind in KINDS} == dict.fromkeys(KINDS, True)
    assert false / sum(found.values()) <= 0.01


def test_what_is_passed_over_for_speed_would_have_found_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [one.text for one in corpus(seed=11, a_kind=60)]
    texts += [f"{left} {right}" for left, right in pairwise(texts)]
    texts += [
        "NINO AB12 34 56C",
        "X1234567L",
        "GE 29 NB 0000000101904917",
        "::1 it is",
        "10.0.0.1",
        "Tel (020) - (7946) 0991",
    ]
    quick = [findings(text) for text in texts]
    monkeypatch.setattr(privacy, "_candidates", lambda text: (*KEYS, EMAIL, *NUMBERED, *ADDRESSES))
    assert quick == [findings(text) for text in texts]


def test_one_value_has_one_placeholder_on_both_sides_and_counts_once() -> None:
    done = scrub("Ask ana@example.org or bo@example.org.", "Ask bo@example.org, or ana@example.org at 192.168.7.9.")
    assert done.texts == ("Ask [EMAIL_1] or [EMAIL_2].", "Ask [EMAIL_2], or [EMAIL_1] at [IP_1].")
    assert done.counts == (("email", 2), ("ip", 1))


def test_scrubbing_again_changes_nothing() -> None:
    once = scrub(*(one.text for one in corpus(seed=3, a_kind=20)))
    assert scrub(*once.texts).texts == once.texts


@pytest.mark.parametrize(
    "text",
    ["Nothing here.", "", "On 12.05.2024 we sold 1,204,500.", "Version 10.0.1.4 is out", "4539 1488 0343 6468 failed"],
)
def test_what_is_not_personal_stays(text: str) -> None:
    assert scrub(text).texts == (text,)
    assert scrub(text).counts == ()


def test_a_long_hostile_text_is_read_in_one_pass() -> None:
    text = "1 1 " * 50_000 + "a@" * 20_000 + ":" * 20_000 + "0" * 50_000
    assert scrub(text).texts[0] != ""


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (checksums.card, "4111111111111111", "4111111111111112"),
        (checksums.iban, "DE89370400440532013000", "DE89370400440532013001"),
        (checksums.iban, "GB82WEST12345698765432", "GB82WEST1234569876543"),
        (checksums.us_ssn, "123456789", "666456789"),
        (checksums.spanish_dni, "12345678Z", "12345678A"),
        (checksums.codice_fiscale, "RSSMRA85T10A562S", "RSSMRA85T10A562T"),
        (checksums.polish_pesel, "44051401359", "44051401358"),
        (checksums.dutch_bsn, "111222333", "111222334"),
        (checksums.brazilian_cpf, "52998224725", "52998224724"),
        (checksums.aadhaar, "234123412346", "234123412347"),
        (checksums.swedish_personnummer, "8112189876", "8112189875"),
        (checksums.german_tax_id, "86095742719", "86095742718"),
        (checksums.french_nir, "255081416802538", "255081416802539"),
        (checksums.belgian_number, "93051822361", "93051822362"),
    ],
)
def test_checksums_tell_the_real_number_from_its_neighbour(check: checksums.Check, good: str, bad: str) -> None:
    assert (check(good), check(bad)) == (True, False)
