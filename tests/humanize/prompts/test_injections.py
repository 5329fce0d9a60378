"""Text is data: no text closes the fence, and an answer that obeys a text never reaches the writer."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from humanize.options import RewriteOptions
from humanize.prompts import conversation
from humanize.prompts.answer import UnusableAnswer
from humanize.prompts.question import Question
from humanize.text.protect import protected_spans
from humanize.text.segment import segment

KEY = "k3yk3yk3yk3y"
OTHER = "w9pw9pw9pw9p"


@dataclass(frozen=True)
class Attempt:
    kind: str
    inject: str
    obeyed: str

    @property
    def text(self) -> str:
        return f"The harbour office opened in spring. {self.inject} Most boats were home before dark."


ATTEMPTS = [
    Attempt(**json.loads(line))
    for line in (Path(__file__).parent / "injections.jsonl").read_text(encoding="utf-8").splitlines()
]
every_attempt = pytest.mark.parametrize("attempt", ATTEMPTS, ids=[f"{a.kind}-{n}" for n, a in enumerate(ATTEMPTS)])


def asked_about(text: str, *keys: str) -> Question:
    document = segment(text, "text")
    drawn = iter(keys or (KEY, OTHER))
    return conversation.write_question(
        document, protected_spans(document), RewriteOptions(language="en", level=5), nonce=lambda: next(drawn)
    )


def test_the_corpus_is_large_and_of_many_kinds() -> None:
    kinds = Counter(attempt.kind for attempt in ATTEMPTS)
    assert len({attempt.inject for attempt in ATTEMPTS}) == len(ATTEMPTS) >= 60
    assert len(kinds) == 13
    assert min(kinds.values()) >= 3


@every_attempt
def test_the_text_stands_whole_between_the_only_two_fences(attempt: Attempt) -> None:
    asked = asked_about(attempt.text)
    assert asked.key not in attempt.text
    opening, closing = f"\n<text-{asked.key}>\n", f"\n</text-{asked.key}>\n"
    whole = f"\n{asked.prompt}\n"
    assert (whole.count(opening), whole.count(closing)) == (1, 1)
    inside = whole[whole.index(opening) + len(opening) : whole.index(closing)]
    assert inside == asked.sheet.body
    assert all(line.startswith(("[", "¶")) for line in inside.split("\n") if line)
    assert asked.key not in inside


@every_attempt
def test_no_word_of_the_text_reaches_the_system_prompt(attempt: Attempt) -> None:
    assert asked_about(attempt.text).system == asked_about("Something else is here.").system


@every_attempt
def test_an_answer_that_obeys_changes_nothing(attempt: Attempt) -> None:
    asked = asked_about(attempt.text)
    try:
        draft = conversation.read_draft(asked, attempt.obeyed, origin="llm/x")
    except UnusableAnswer:
        return
    assert conversation.verify_draft(asked, draft).result == attempt.text


@every_attempt
def test_an_answer_that_obeys_twice_changes_nothing_either(attempt: Attempt) -> None:
    asked = asked_about(attempt.text)
    try:
        draft = conversation.read_draft(asked, attempt.obeyed, origin="llm/x")
        draft = conversation.merge_answer(asked, draft, attempt.obeyed, origin="llm/x")
    except UnusableAnswer:
        return
    assert conversation.verify_draft(asked, draft).result == attempt.text


def test_a_key_that_stands_in_the_text_is_drawn_again() -> None:
    asked = asked_about(f"They said {KEY.upper()} and went home.")
    assert asked.key == OTHER


def test_a_source_of_keys_that_is_stuck_is_an_error() -> None:
    with pytest.raises(ValueError, match="every key"):
        asked_about(f"They said {KEY} and went home.", *[KEY] * 100)


def test_keys_differ_from_call_to_call() -> None:
    document = segment("The boats were home.", "text")
    keys = {conversation.write_question(document, (), RewriteOptions(language="en")).key for _ in range(50)}
    assert len(keys) == 50
