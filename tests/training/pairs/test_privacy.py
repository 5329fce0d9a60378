from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from tests.training.pairs.pii_corpus import corpus
from training.pairs import privacy
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


def test_recognisers_skipped_for_speed_would_have_found_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
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
    ("kind", "good", "bad"),
    [
        ("card", "4111111111111111", "4111111111111112"),
        ("iban", "DE89370400440532013000", "DE89370400440532013001"),
        ("iban", "GB82 WEST 1234 5698 7654 32", "GB83 WEST 1234 5698 7654 32"),
        ("national_id", "123-45-6789", "666-45-6789"),
        ("national_id", "12345678Z", "12345678A"),
        ("national_id", "X-1234567-L", "X-1234567-A"),
        ("national_id", "RSSMRA85T10A562S", "RSSMRA85T10A562T"),
        ("national_id", "44051401359", "44051401358"),
        ("national_id", "912345688", "912345689"),
        ("national_id", "529.982.247-25", "529.982.247-24"),
        ("national_id", "52998224725", "52998224724"),
        ("national_id", "2341 2341 2346", "2341 2341 2347"),
        ("national_id", "٤٤٠٥١٤٠١٣٥٩", "٤٤٠٥١٤٠١٣٥٨"),
        ("national_id", "811218-9876", "811218-9875"),
        ("national_id", "811278-9873", "811278-9872"),
        ("national_id", "86095742719", "86095742718"),
        ("national_id", "1 84 12 76 451 089 46", "1 84 12 76 451 089 47"),
        ("national_id", "93.05.18-223.61", "93.05.18-223.62"),
    ],
)
def test_check_digits_tell_the_real_number_from_its_neighbour(kind: str, good: str, bad: str) -> None:
    read = {text: [(hit.kind, hit.value) for hit in findings(f"My ID is {text}, as before.")] for text in (good, bad)}
    assert read == {good: [(kind, good)], bad: []}


def test_one_repeated_digit_does_not_identify_a_person() -> None:
    assert findings("ID 000.000.000-00, ID 11111111111, card 4444444444444444") == ()
