from __future__ import annotations

import pytest

from humanize.scoring import share_changed
from humanize.text.edits import Edit

SOURCE = "We will utilize the new tool in order to save time."


def edit(before: str, after: str) -> Edit:
    start = SOURCE.index(before)
    return Edit(start, start + len(before), before, after, "why", "rules/test/one")


def test_no_edit_changes_nothing() -> None:
    assert share_changed(SOURCE, []) == 0.0


def test_a_replaced_word_counts_once() -> None:
    assert share_changed(SOURCE, [edit("utilize", "use")]) == pytest.approx(1 / 11)


def test_words_removed_count() -> None:
    assert share_changed(SOURCE, [edit("in order to", "to")]) == pytest.approx(2 / 11)


def test_words_only_carried_along_do_not_count() -> None:
    assert share_changed(SOURCE, [edit("will utilize the", "will use the")]) == pytest.approx(1 / 11)


def test_words_inserted_count() -> None:
    assert share_changed(SOURCE, [Edit(3, 3, "", "really do ", "why", "rules/test/one")]) == pytest.approx(2 / 11)


def test_edits_add_up() -> None:
    edits = [edit("utilize", "use"), edit("in order to", "to")]
    assert share_changed(SOURCE, edits) == pytest.approx(3 / 11)


def test_the_share_never_passes_one() -> None:
    assert share_changed("Hi", [Edit(0, 2, "Hi", "Good day to all of you", "why", "rules/test/one")]) == 1.0


def test_an_empty_source_is_wholly_changed_by_an_insertion() -> None:
    assert share_changed("", [Edit(0, 0, "", "Hello", "why", "rules/test/one")]) == 1.0
    assert share_changed("", []) == 0.0


def test_a_change_of_white_space_alone_touches_no_word() -> None:
    assert share_changed(SOURCE, [Edit(2, 3, " ", "\n", "why", "rules/test/one")]) == 0.0
