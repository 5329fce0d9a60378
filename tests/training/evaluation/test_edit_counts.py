"""The counts of what an editor did to a text."""

from __future__ import annotations

from collections.abc import Sequence

from humanize.options import RewriteOptions
from humanize.text.edits import TextEdit
from humanize.text.segment import SegmentedText
from humanize.text.spans import Span
from training.evaluation.edit_counts import Editor, count_edits, prepare_text

DRAFT = "They utilize the red shed. The tall gate is new. It cost 40 pounds."
KEPT = "They use the red shed. The gate is new. It cost 40 pounds."


def _editor(*changes: tuple[str, str]) -> Editor:
    def edit(document: SegmentedText, _protected: Sequence[Span], _options: RewriteOptions) -> Sequence[TextEdit]:
        found = [(document.text.index(before), before, after) for before, after in changes if before in document.text]
        return [TextEdit(at, at + len(before), before, after, "why", "test/x") for at, before, after in sorted(found)]

    return edit


def _totals(*changes: tuple[str, str]) -> dict[str, float]:
    done = count_edits([prepare_text(DRAFT, KEPT)], _editor(*changes), 5)
    return {name: done.total(name) for name in ("edits", "right", "proposed", "wanted", "good", "lost", "new_faults")}


def test_what_the_author_did_too_is_right() -> None:
    assert _totals(("utilize", "use"), ("tall ", "")) == {
        "edits": 2, "right": 2, "proposed": 2, "wanted": 2, "good": 3, "lost": 0, "new_faults": 0,
    }  # fmt: skip


def test_what_the_author_left_alone_is_wrong() -> None:
    assert _totals(("new", "old")) == {
        "edits": 1, "right": 0, "proposed": 1, "wanted": 2, "good": -2, "lost": 0, "new_faults": 0,
    }  # fmt: skip


def test_a_changed_number_never_arrives() -> None:
    assert _totals(("40", "50"))["edits"] == 0
    assert _totals(("40", "50"))["lost"] == 0


def test_doing_nothing_proposes_nothing() -> None:
    assert _totals() == {"edits": 0, "right": 0, "proposed": 0, "wanted": 2, "good": 0, "lost": 0, "new_faults": 0}


def test_short_texts_are_not_scored_by_the_detector() -> None:
    done = count_edits([prepare_text(DRAFT, KEPT)], _editor(), 5)
    assert (done.total("scored"), done.total("flagged_before"), done.total("words")) == (0, 0, 14)
