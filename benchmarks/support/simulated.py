"""Simulated engines: they answer the product's real prompts, and fail more often the harder a sentence is.

What is real: the texts, the prompts, their sizes, the parser, the checks, the prices. What is simulated: the answers.
A good answer to a sentence is what the rules would make of it; a failure is one of those that models are known for (a
lost placeholder, an invented year, a denial, an unchanged sentence). How often an engine fails is assumed.
"""

from __future__ import annotations

import math
import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from humanize.options import RewriteOptions
from humanize.prompts import conversation
from humanize.prompts.answer import UnusableAnswer
from humanize.prompts.numbered_text import Unit
from humanize.prompts.question import CheckedChanges, Question
from humanize.prompts.render import ALONE
from humanize.rules import engine as rules
from humanize.text.edits import TextEdit
from humanize.text.protect import protected_spans
from humanize.text.segment import segment

CHARACTERS_A_TOKEN = 4
FAULTS = ("lost", "invented", "denied", "lazy")


@dataclass(frozen=True, slots=True)
class Engine:
    """`weakness` moves how often it fails on a sentence of a given hardness, in logits; `steep` is how sharply that
    grows with hardness. Paid by `provider/model`."""

    name: str
    kind: str
    size: str
    provider: str
    model: str
    weakness: float
    steep: float = 1.0


@dataclass(frozen=True, slots=True)
class Call:
    """Tokens of one question to one engine."""

    engine: Engine
    tokens_in: int
    tokens_out: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an engine made of a text: the share of the sentences worth changing that came back changed and verified."""

    quality: float
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """A text with its prompt, and the good answer to each sentence that is worth changing."""

    text: str
    asked: Question
    good: dict[int, str]


def task_of(text: str) -> Task | None:
    """None when the rules would change nothing: then engines cannot differ here."""
    options = RewriteOptions(level=5, language="en", strategy="professional", format="text")
    document = segment(text, "text")
    protected = protected_spans(document)
    found = rules.rewrite(document, protected, options)
    asked = conversation.write_question(
        document, protected, replace(options, level=3), nonce=lambda: f"k{zlib.crc32(text.encode()):08x}y"
    )
    good = {unit.number: line for unit in asked.sheet.units if (line := shown(asked, unit, found.edits))}
    kept = {number: line for number, line in good.items() if passes(asked, number, line)}
    return Task(text, asked, kept) if kept else None


def run(
    task: Task, engine: Engine, *, better: Engine | None = None, turn: int = 0, looks_over: bool = False
) -> Outcome:
    """One text by one engine, as the executor does it: asked, read, checked, asked once more for what failed; with
    `better` what still fails is asked of that one, and if it `looks_over`, what was left alone too. The same every
    time for the same turn."""
    dice = random.Random(f"{engine.name} {turn} {zlib.crc32(task.text.encode())}")
    raw = _answer(task, engine, dice, list(task.good))
    calls = [_call(task, engine, task.asked.prompt, raw)]
    try:
        draft = conversation.read_draft(task.asked, raw, origin="llm/x")
    except UnusableAnswer:
        return Outcome(0.0, tuple(calls))
    for asked in [engine] if better is None or looks_over else [engine, better]:
        if not draft.failures:
            break
        prompt = conversation.retry_prompt(task.asked, draft)
        raw = _answer(task, asked, dice, [one.first for one in draft.failures if one.first in task.good])
        calls.append(_call(task, asked, prompt, raw))
        draft = _merged(task, draft, raw)
    if better is not None and looks_over and (prompt := conversation.remaining_prompt(task.asked, draft, ALONE)):
        among = conversation.unchanged_numbers(task.asked, draft)
        raw = _answer(task, better, dice, [number for number in among if number in task.good])
        calls.append(_call(task, better, prompt, raw))
        draft = _merged(task, draft, raw, among)
    changed = {one.first for one in draft.changes if one.first in task.good}
    return Outcome(len(changed) / len(task.good), tuple(calls))


def _call(task: Task, engine: Engine, prompt: str, raw: str) -> Call:
    sent = len(task.asked.system) + len(prompt)
    return Call(engine, sent // CHARACTERS_A_TOKEN, len(raw) // CHARACTERS_A_TOKEN)


def _merged(task: Task, draft: CheckedChanges, raw: str, among: Sequence[int] | None = None) -> CheckedChanges:
    try:
        return conversation.merge_answer(task.asked, draft, raw, origin="llm/x", among=among)
    except UnusableAnswer:
        return draft


def _answer(task: Task, engine: Engine, dice: random.Random, numbers: Sequence[int]) -> str:
    lines = list(_lines(task, engine, dice, numbers))
    return "\n".join([*(lines or ["NONE"]), "END"])


def _lines(task: Task, engine: Engine, dice: random.Random, numbers: Sequence[int]) -> Iterator[str]:
    for number in numbers:
        unit, good = task.asked.sheet.units[number - 1], task.good[number]
        fault = dice.choice(FAULTS) if dice.random() < fails(unit, engine) else ""
        if fault == "lazy":
            continue
        yield f"[{number} c] {spoilt(good, fault)}"


def fails(unit: Unit, engine: Engine) -> float:
    """The chance that a sentence comes back wrong: long sentences, many placeholders and long words are hard."""
    words = unit.line.split()[1:]
    long_words = sum(len(word) >= 9 for word in words) / max(1, len(words))
    hardness = (len(words) - 27) / 5 + 0.6 * (len(unit.marks) - 2) + 5 * (long_words - 0.2)
    return 1 / (1 + math.exp(-(engine.steep * hardness + engine.weakness)))


def spoilt(good: str, fault: str) -> str:
    if fault == "lost" and "⟦" in good:
        return good.replace("⟦", "", 1).replace("⟧", "", 1)
    if fault == "denied":
        return f"It is not so that {good[:1].lower()}{good[1:]}"
    return f"{good[:-1]} since 1987{good[-1:]}" if fault else good


def shown(asked: Question, unit: Unit, edits: Sequence[TextEdit]) -> str:
    """The unit with the rules' edits made and its protected words as marks; empty when no edit lies in it."""
    inside = [edit for edit in edits if unit.start <= edit.start and edit.end <= unit.end]
    if not inside:
        return ""
    spans = [asked.protected[number - 1] for number in unit.marks]
    pieces = [(edit.start, edit.end, edit.after) for edit in inside]
    pieces += [(span.start, span.end, asked.sheet.marks.mark(n)) for span, n in zip(spans, unit.marks, strict=True)]
    text, at = "", unit.start
    for start, end, words in sorted(pieces):
        if start < at:
            return ""
        text, at = text + asked.document.text[at:start] + words, end
    return " ".join((text + asked.document.text[at : unit.end]).split())


def passes(asked: Question, number: int, line: str) -> bool:
    try:
        draft = conversation.read_draft(asked, f"[{number} c] {line}\nEND", origin="llm/x")
    except UnusableAnswer:
        return False
    return bool(draft.changes)
