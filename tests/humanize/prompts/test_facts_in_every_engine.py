"""A changed dose, deadline, denial, party or amount reaches no text, whichever engine wrote it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from humanize.options import RewriteOptions
from humanize.pipeline.verification import VerifiedEdits, keep_verified
from humanize.prompts import conversation
from humanize.prompts.answer import UnusableAnswer
from humanize.text.align import align
from humanize.text.protect import protected_spans
from humanize.text.segment import segment

TEXT = (
    "It is important to note that the nurse gives Ann Moore 5 mg of the drug each morning. The landlord pays the "
    "tenant $300 by 12 May. The board did not approve the plan, and the seller warned the buyer about the roof. "
    "You must not lift more than four boxes at once."
)
LIES = {
    "dose": ("5 mg", "50 mg"),
    "unit of a dose": ("5 mg", "5 g"),
    "deadline": ("12 May", "21 May"),
    "month of a deadline": ("12 May", "12 June"),
    "denial lost": ("did not approve", "approved"),
    "denial of a duty": ("must not lift", "need not lift"),
    "permission": ("must not lift", "may lift"),
    "parties": ("The landlord pays the tenant", "The tenant pays the landlord"),
    "other parties": ("the seller warned the buyer", "the buyer warned the seller"),
    "party": ("Ann Moore", "Eve Stone"),
    "amount": ("$300", "$3,000"),
    "currency": ("$300", "€300"),
    "count in words": ("four boxes", "five boxes"),
}
Engine = Callable[[str], VerifiedEdits]


def _llm(level: int) -> Engine:
    def rewrite(result: str) -> VerifiedEdits:
        document = segment(TEXT, "text")
        options = RewriteOptions(level=level, language="en", format="text", strategy="professional")
        asked = conversation.write_question(document, protected_spans(document), options)
        shown = [unit.line.split("] ", 1)[1] for unit in asked.sheet.units]
        lines = [one.strip() for one in _sentences(result)]
        for number, original in enumerate(asked.sheet.marks.originals, 1):
            lines = [line.replace(original, asked.sheet.marks.mark(number)) for line in lines]
        changed = [f"[{number}] {line}" for number, line in enumerate(lines, 1) if line != shown[number - 1]]
        kept = [f"[{number}] =" for number, line in enumerate(lines, 1) if line == shown[number - 1]]
        raw = "\n".join(["¶1 w", *changed, *kept, "END"] if asked.recasts else [*changed, "END"])
        try:
            draft = conversation.read_draft(asked, raw, origin="llm/x")
        except UnusableAnswer as error:
            raise AssertionError(raw) from error
        return conversation.verify_draft(asked, draft)

    return rewrite


def _sentences(text: str) -> list[str]:
    return [text[one.start : one.end] for one in segment(text, "text").sentences]


def _own_model(result: str) -> VerifiedEdits:
    document = segment(TEXT, "text")
    return keep_verified(document, align(TEXT, result, reason="", origin="model/x"), protected_spans(document), "en")


def _rules(result: str) -> VerifiedEdits:
    document = segment(TEXT, "text")
    edits = align(TEXT, result, reason="", origin="rules/plain/x")
    return keep_verified(document, edits, protected_spans(document), "en", reviewed=True)


ENGINES: dict[str, Engine] = {
    "LLM by sentences": _llm(3),
    "LLM by paragraphs": _llm(5),
    "own model": _own_model,
    "rules": _rules,
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_in_no_text(engine: str, lie: str) -> None:
    before, after = LIES[lie]
    result = TEXT.replace(before, after).replace("It is important to note that the nurse", "The nurse")
    if (engine, lie) in {("rules", "denial of a duty"), ("rules", "permission")}:
        pytest.skip("people read what a rule does to a modal verb, when they write the rule")
    verified = ENGINES[engine](result)
    assert before in verified.result
    assert after not in verified.result


@pytest.mark.parametrize("engine", ENGINES)
def test_what_says_the_same_reaches_the_text(engine: str) -> None:
    result = TEXT.replace("It is important to note that the nurse", "The nurse")
    verified = ENGINES[engine](result)
    assert verified.result == result
    assert not any(edit.look for edit in verified.edits)
