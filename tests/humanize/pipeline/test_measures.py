from __future__ import annotations

import json

import pytest

from humanize.pipeline.measures import MAX_WARNINGS, Measures, combine, share_changed
from humanize.scoring import Scores
from humanize.text.edits import TextEdit

SOURCE = "We will utilize the new tool in order to save time."


def scores(likeness: float | None, readability: float, prose: int, left_out: dict[str, int] | None = None) -> Scores:
    return Scores(likeness, "none", readability, 0.5, 80.0, 10.0, "v1", prose_words=prose, left_out=left_out or {})


def part(words: int, likeness: float | None, *warnings: str) -> Measures:
    return Measures(words, scores(likeness, 40.0, words), scores(likeness, 60.0, words), 0.9, 0.1, 3, warnings)


def test_one_stretch_is_the_whole() -> None:
    only = part(10, None, "a")
    assert combine([only]) is only


def test_the_whole_is_the_mean_by_words() -> None:
    whole = combine([part(300, 0.9, "a", "b"), part(100, 0.5, "b", "c")])
    assert (whole.words, whole.edits, whole.warnings) == (400, 6, ("a", "b", "c"))
    assert whole.before.ai_likeness == 0.8
    assert (whole.before.readability, whole.after.readability) == (40.0, 60.0)


def test_a_stretch_too_short_for_a_verdict_does_not_count_for_it() -> None:
    whole = combine([part(300, 0.9), part(20, None)])
    assert whole.before.ai_likeness == 0.9
    assert combine([part(20, None), part(30, None)]).before.ai_likeness is None


def test_the_prose_decides_and_what_is_left_out_adds_up() -> None:
    sides = [scores(0.9, 40.0, 100, {"list_item": 30}), scores(0.5, 40.0, 300, {"list_item": 5, "code": 2})]
    whole = combine([Measures(400, side, side, 1.0, 0.0, 0) for side in sides])
    assert (whole.before.ai_likeness, whole.before.prose_words) == (0.6, 400)
    assert whole.before.left_out == {"code": 2, "list_item": 35}
    table = scores(None, 40.0, 30, {"table": 50})
    assert combine([Measures(80, table, table, 1.0, 0.0, 0)] * 2).before.no_score_reason == "too_little_prose"


def test_nothing_cannot_be_combined() -> None:
    with pytest.raises(ValueError, match="no measures to combine"):
        combine([])


def test_warnings_are_bounded_and_the_rest_counted() -> None:
    whole = combine([part(10, None, *(str(n) for n in range(60))), part(10, None)])
    assert len(whole.warnings) == MAX_WARNINGS + 1
    assert whole.warnings[-1] == "and 10 more warnings like these"


def test_measures_survive_json() -> None:
    value = part(10, 0.25, "a")
    assert Measures.from_json(json.loads(json.dumps(value.to_json()))) == value


def edit(before: str, after: str) -> TextEdit:
    start = SOURCE.index(before)
    return TextEdit(start, start + len(before), before, after, "why", "rules/test/one")


def test_no_edit_changes_nothing() -> None:
    assert share_changed(SOURCE, []) == 0.0


def test_a_replaced_word_counts_once() -> None:
    assert share_changed(SOURCE, [edit("utilize", "use")]) == pytest.approx(1 / 11)


def test_words_removed_count() -> None:
    assert share_changed(SOURCE, [edit("in order to", "to")]) == pytest.approx(2 / 11)


def test_words_only_carried_along_do_not_count() -> None:
    assert share_changed(SOURCE, [edit("will utilize the", "will use the")]) == pytest.approx(1 / 11)


def test_words_inserted_count() -> None:
    assert share_changed(SOURCE, [TextEdit(3, 3, "", "really do ", "why", "rules/test/one")]) == pytest.approx(2 / 11)


def test_edits_add_up() -> None:
    edits = [edit("utilize", "use"), edit("in order to", "to")]
    assert share_changed(SOURCE, edits) == pytest.approx(3 / 11)


def test_the_share_never_passes_one() -> None:
    assert share_changed("Hi", [TextEdit(0, 2, "Hi", "Good day to all of you", "why", "rules/test/one")]) == 1.0


def test_an_empty_source_is_wholly_changed_by_an_insertion() -> None:
    assert share_changed("", [TextEdit(0, 0, "", "Hello", "why", "rules/test/one")]) == 1.0
    assert share_changed("", []) == 0.0


def test_a_change_of_white_space_alone_touches_no_word() -> None:
    assert share_changed(SOURCE, [TextEdit(2, 3, " ", "\n", "why", "rules/test/one")]) == 0.0
