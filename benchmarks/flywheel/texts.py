"""The texts of the simulated month, what the recorded LLMs answer to them, and which edits their writers accept.

Real: the drafts and what a professional editor made of each. SIMULATED: an LLM's answer makes the editor's own change
to a sentence with a chance (ASSUMED), else what the rules would do, and fails as in `simulated`. The acceptance rule is
`accepts`; no model, real or recorded, sees the editor's text of a draft before its writer hands it in.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from benchmarks.support.data import pair_rows
from benchmarks.support.simulated import FAULTS, Engine, fails, passes, shown, spoilt
from benchmarks.support.verdicts import EDITOR, RULES, signed_share
from humanize.pipeline import rewrite
from humanize.pipeline.chunks import cut
from humanize.pipeline.rewrite import OpenStretch
from humanize.prompts import conversation
from humanize.revision.tokens import fold_all
from humanize.rules import engine as rules
from humanize.text.align import align
from humanize.text.edits import TextEdit, apply
from humanize.validation import check_options

LEVEL = 5
PART_WORDS = 600  # as `humanize.generation.parallel` cuts them
KIND = "ai->professional_edit"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft, the writer who hands it in (a number), and the text that the editor made of it."""

    id: str
    writer: int
    text: str
    kept: str
    changes: tuple[TextEdit, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A simulated LLM: `finds` is the chance (ASSUMED) that it makes the editor's own change to a sentence."""

    engine: Engine
    finds: float


def drafts(count: int, writers: int) -> list[Draft]:
    """Paragraphs that a professional edited, each one stretch, in an order that does not depend on the file's."""
    rows = [row for row in pair_rows("train") if row["kind"] == KIND and row["ai_text"] != row["target_text"]]
    rows.sort(key=lambda row: zlib.crc32(row["id"].encode()))
    found = (
        Draft(
            row["id"],
            zlib.crc32(row["group"].encode()) % writers,
            row["ai_text"],
            row["target_text"],
            align(row["ai_text"], row["target_text"], reason="-", origin="editor"),
        )
        for row in rows
    )
    return [draft for draft in found if _is_one_stretch(draft.text)][:count]


def archive(count: int) -> Iterator[dict[str, str]]:
    """Pairs that the house had before: rewrites of people's texts, none of the month's drafts among them."""
    rows = (row for row in pair_rows("train") if row["kind"] != KIND)
    for row, _ in zip(rows, range(count), strict=False):
        yield {"original": row["ai_text"], "humanized": row["target_text"], "author": row["group"]}


def _is_one_stretch(text: str) -> bool:
    options = rewrite.resolve(text, check_options(level=LEVEL))
    return len(cut(text, options.format, target=PART_WORDS)) == 1 and options.language == "en"


def answer(draft: Draft, llm: Recorded) -> str:
    """What the recorded LLM says to the product's own prompt about this draft; the same every time."""
    options = rewrite.resolve(draft.text, check_options(level=LEVEL))
    (stretch,) = cut(draft.text, options.format, target=PART_WORDS)
    opened: OpenStretch = rewrite.open_stretch(draft.text, stretch, options)
    asked = conversation.write_question(
        opened.document, opened.protected, options, nonce=lambda: f"k{zlib.crc32(b'month'):08x}y"
    )
    plain = rules.rewrite(opened.document, opened.protected, options).edits
    dice = random.Random(f"{llm.engine.name} {draft.id}")
    lines = []
    for unit in asked.sheet.units:
        edits = draft.changes if dice.random() < llm.finds else plain
        good = shown(asked, unit, edits) or shown(asked, unit, plain)
        if not good or not passes(asked, unit.number, good):
            continue
        fault = dice.choice(FAULTS) if dice.random() < fails(unit, llm.engine) else ""
        if fault != "lazy":
            lines.append(f"[{unit.number} c] {spoilt(good, fault)}")
    return "\n".join([*(lines or ["NONE"]), "END"])


def made_too(draft: Draft, edit: TextEdit) -> bool:
    """The editor changed the same place in the same direction: the spans meet, and with the edit alone the draft is
    nearer to the editor's text, in words, than without it."""
    if not any(edit.start <= change.end and change.start <= edit.end for change in draft.changes):
        return False
    wanted = fold_all(draft.kept)
    one = fold_all(apply(draft.text, [edit]))
    return bool(Indel.distance(one, wanted) < Indel.distance(fold_all(draft.text), wanted))


def accepts(draft: Draft, edit: TextEdit) -> bool:
    """THE RULE. An edit that the editor made too is accepted. Any other is accepted with the share of such edits that
    a careful reader would sign, measured by reading them in context (`support.verdicts`): the rules' own rate for the
    rules, the revision model's rate for it and, for want of a reading, for the recorded LLMs."""
    if made_too(draft, edit):
        return True
    verdicts = RULES if edit.source.startswith("rules") else EDITOR
    dice = random.Random(f"{draft.id} {edit.start} {edit.after}")
    return dice.random() < signed_share(verdicts)
