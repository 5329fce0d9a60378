from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanize.judging import Judge, JudgeError, choose, compare, load_judge, shipped_judge
from humanize.judging.judge import pack
from humanize.judging.loader import ARRAYS, MANIFEST, SHIPPED
from humanize.judging.reporter import gain, shipped_reporter

PUFFED = (
    "In today's fast-paced world, the community garden stands as a vibrant testament to the power of collaboration, "
    "fostering a deep sense of belonging and seamlessly weaving together the rich tapestry of the neighbourhood. "
    "Moreover, it plays a crucial role in enhancing well-being, showcasing how shared spaces can truly transform lives."
)
PLAIN = (
    "The community garden works because people do it together. You get to know who lives next door, and after a summer "
    "of weeding you know them quite well. It does most of us good. I had not thought that a few shared beds would "
    "change how the street feels, but they have."
)
JUDGES = (shipped_judge, shipped_reporter)


@pytest.mark.parametrize("judge", JUDGES)
def test_plain_writing_reads_better_than_puffed_writing(judge: object) -> None:
    assert callable(judge)
    found = judge().compare(PUFFED, PLAIN)
    assert (found.verdict, found.probability > 0.9) == ("better", True)
    assert judge().compare(PLAIN, PUFFED).verdict == "worse"


@pytest.mark.parametrize("judge", JUDGES)
@given(before=st.text(max_size=300), after=st.text(max_size=300))
def test_the_two_texts_the_other_way_round_give_exactly_the_negative(judge: object, before: str, after: str) -> None:
    assert callable(judge)
    there, back = judge().compare(before, after), judge().compare(after, before)
    assert there.margin == -back.margin
    assert judge().compare(before, before).margin == 0.0


@pytest.mark.parametrize("judge", JUDGES)
@given(texts=st.lists(st.text(max_size=200), min_size=1, max_size=5))
def test_a_text_has_the_same_value_whatever_stands_next_to_it(judge: object, texts: list[str]) -> None:
    assert callable(judge)
    together = judge().values(texts).tolist()
    assert together == [float(judge().values([text])[0]) for text in texts]


@pytest.mark.parametrize("judge", JUDGES)
def test_odd_texts_are_judged_without_an_error(judge: object) -> None:
    assert callable(judge)
    odd = [
        "",
        "\ud800" * 3,
        "a" * 100_000,
        "- " * 50_000,
        "«" * 10_000,
        "\x00\n\r\u2028" * 1_000,
        "日本語" * 5_000,
        "'t" * 9_999,
    ]
    assert np.isfinite(judge().values(odd)).all()
    assert judge().values([]).tolist() == []


@pytest.mark.parametrize("judge", JUDGES)
def test_saying_a_text_twice_makes_it_read_the_same(judge: object) -> None:
    assert callable(judge)
    assert judge().compare(PLAIN, f"{PLAIN}\n{PLAIN}").verdict == "the same"


def test_equal_texts_read_the_same() -> None:
    found = compare(PLAIN, PLAIN)
    assert found is not None
    assert (found.margin, found.probability, found.verdict) == (0.0, 0.5, "the same")
    assert found.version == shipped_judge().version


@pytest.mark.parametrize(
    ("language", "before"), [("de", PUFFED), ("", PUFFED), ("en", "Nine words are too few to say anything.")]
)
def test_other_languages_and_short_texts_get_no_verdict(language: str, before: str) -> None:
    assert compare(before, PLAIN, language=language) is None
    assert compare(PUFFED, PLAIN, language="en-GB") is not None


def test_the_best_candidate_is_chosen_and_of_equal_ones_the_first() -> None:
    assert choose(PUFFED, [PUFFED, PLAIN, PUFFED]) == 1
    assert choose(PUFFED, [PLAIN, PUFFED, PLAIN]) == 0
    assert choose(PUFFED, [PUFFED, "Short.", PLAIN]) == 2
    assert choose(PUFFED, ["Short.", PLAIN], language="fr") == 0
    assert choose("Short.", [PUFFED, PLAIN]) == 0
    with pytest.raises(ValueError, match="no candidates"):
        choose(PUFFED, [])


def test_the_gain_is_a_share_of_what_people_gained() -> None:
    human = gain([PUFFED, PUFFED], [PLAIN, PLAIN])
    half = gain([PUFFED, PUFFED], [PLAIN, PUFFED])
    assert (human.worse, human.texts) == (0.0, 2)
    assert half.share_of(human) == pytest.approx(0.5)
    assert gain([PLAIN], [PUFFED]).worse == 1.0
    assert gain(["Short."], ["Shorter."]).texts == 0
    with pytest.raises(ValueError, match="zip"):
        gain([PUFFED], [])


def test_the_judges_are_small_and_differ_in_what_they_see() -> None:
    ranker, reporter = shipped_judge(), shipped_reporter()
    assert (ranker.design.kind, reporter.design.kind) == ("words", "syntax")
    assert max(len(pack(judge.weights)) for judge in (ranker, reporter)) < 2_000_000
    swapped = PLAIN.replace("garden", "meadow").replace("summer", "winter")
    assert reporter.compare(PLAIN, swapped).margin == 0.0
    assert ranker.compare(PLAIN, swapped).margin != 0.0


def _copy(folder: Path) -> Path:
    copytree(SHIPPED, folder)
    return folder


def test_a_judge_is_read_from_its_folder_under_another_version(tmp_path: Path) -> None:
    judge = load_judge(_copy(tmp_path / "judge"), version="judge/3")
    assert isinstance(judge, Judge)
    assert judge.version == "judge/3"
    assert judge.compare(PUFFED, PLAIN).margin == shipped_judge().compare(PUFFED, PLAIN).margin


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"sha256": "0" * 64}, "do not match"),
        ({"kind": "syntax"}, "kind 'syntax'"),
        ({"slope": 0.0}, "finite numbers"),
        ({"slope": "steep"}, "manifest"),
        ({"band": -1.0}, "finite numbers"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(tmp_path: Path, changes: dict[str, object], why: str) -> None:
    folder = _copy(tmp_path / "judge")
    about = json.loads((folder / MANIFEST).read_text("utf-8"))
    (folder / MANIFEST).write_text(json.dumps(about | changes), "utf-8")
    with pytest.raises(JudgeError, match=why):
        load_judge(folder)


def test_damaged_and_missing_files_are_refused(tmp_path: Path) -> None:
    folder = _copy(tmp_path / "judge")
    raw = bytearray((folder / ARRAYS).read_bytes())
    raw[len(raw) // 2] ^= 1
    (folder / ARRAYS).write_bytes(bytes(raw))
    with pytest.raises(JudgeError, match="do not match"):
        load_judge(folder)
    (folder / ARRAYS).unlink()
    with pytest.raises(JudgeError, match="cannot be read"):
        load_judge(folder)
