"""What the command prints of a rewrite with edits to look at: the text without them, and how many there are."""

from __future__ import annotations

import pytest

from humanize.api.responses import RewriteResponse
from humanize.cli import output
from humanize.cli.offline import OfflineAnswer
from humanize.pipeline.measures import Measures
from humanize.pipeline.rewrite import Rewrite
from humanize.scoring import score
from humanize.text.edits import TextEdit
from humanize.validation import check_options
from tests.humanize.recast_text import CERTAINTY, EDITS, MAY_LOOK, RECAST_RESULT, RECAST_SOURCE, UTILIZE


def answer(*edits: TextEdit, warnings: tuple[str, ...] = ()) -> OfflineAnswer:
    scores = score(RECAST_SOURCE)
    measures = Measures(1, scores, scores, similarity=1.0, share_changed=0.0, edits=len(edits), warnings=warnings)
    options = check_options(language="en", format="text", strategy="casual")
    return OfflineAnswer(Rewrite(RECAST_SOURCE, RECAST_RESULT, edits, measures, options), [])


@pytest.mark.parametrize(
    ("edits", "told"),
    [
        (EDITS, ["careful", "2 edits are left out because somebody has to look at them"]),
        ((EDITS[MAY_LOOK],), ["careful", "1 edit is left out because somebody has to look at it"]),
        ((EDITS[UTILIZE],), ["careful"]),
    ],
)
def test_the_notes_say_how_many_edits_are_left_out(edits: tuple[TextEdit, ...], told: list[str]) -> None:
    assert output.notes_of(answer(*edits, warnings=("careful",))) == told


def test_json_has_the_result_without_them_and_their_number() -> None:
    body = RewriteResponse(answer(*EDITS)).data
    assert (body["result"], body["to_look"]) == (RECAST_RESULT, 2)
    assert [(edit["look"] != "", edit["block"]) for edit in body["edits"]] == [
        (False, False), (False, False), (False, True), (True, True), (True, False),
    ]  # fmt: skip


def test_the_diff_changes_no_line_by_them_and_marks_them() -> None:
    assert output.as_diff(answer(EDITS[UTILIZE], EDITS[MAY_LOOK]), colour=False).splitlines() == [
        "@@ line 1 @@",
        "- The town hall opened in 1932. Furthermore, the staff utilize the old desks every day.",
        "+ The town hall opened in 1932. Furthermore, the staff use the old desks every day.",
        "  “utilize” → “use”: It reads better.",
        "@@ line 7 @@",
        "  The library may close in August.",
        f"  to look at: “may” → “will”: It reads better. {CERTAINTY}",
    ]
