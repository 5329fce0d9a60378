"""Every pass of the product over a writer's or a vendor's text, as a function of the text alone."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice

from humanize.api.requests import CreateTransformationSerializer
from humanize.errors import UnreadableText
from humanize.facts.check import check
from humanize.options import Dictionary, RewriteOptions
from humanize.pipeline import revision_engine
from humanize.pipeline.chunks import cut
from humanize.pipeline.rewrite import resolve, rewrite_text
from humanize.prompts.answer import UnusableAnswer, read_answer
from humanize.prompts.conversation import read_draft, write_question
from humanize.prompts.style_sheet import style_sheet
from humanize.rules.context import build_context
from humanize.rules.dictionary import avoided_phrase_warnings, untouchable_spans
from humanize.rules.engine import rewrite as rules
from humanize.scoring import score, sentence_scores
from humanize.text.align import align
from humanize.text.edits import TextEdit
from humanize.text.faults import faults
from humanize.text.language import detect_language
from humanize.text.line_ends import keep_line_ends
from humanize.text.protect import protected_spans
from humanize.text.segment import segment
from humanize.text.similarity import similarity
from humanize.text.verify import verify
from humanize.uploads.docx.escapes import escapes
from humanize.uploads.extract import decode
from training.domains.classifier import guess_domain
from training.errors import UnreadablePairs
from training.pairs.file_rows import read_rows
from training.pairs.minhash import band_keys, shingles
from training.pairs.privacy import findings, scrub
from training.pairs.quality import PairFacts, assess

_WHOLE, _COSTLY = 200_000, 48_000  # characters of the longest text, of passes that do little and that do much


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass over a text, and the characters up to which its growth is measured."""

    name: str
    run: Callable[[str], object]
    top: int = _WHOLE


def passes() -> tuple[Pass, ...]:
    """Return all passes, each of which takes any text."""
    return (
        *(Pass(f"segment {format}", _segment(format)) for format in ("text", "markdown", "html")),
        Pass("cut into stretches", lambda text: cut(text, "markdown", protected=_phrases(text))),
        Pass("protected spans", lambda text: protected_spans(segment(text), ()), _COSTLY),
        Pass("protected phrases", lambda text: protected_spans(segment(text), _phrases(text)), _COSTLY),
        Pass("dictionary: phrases never touched", lambda text: untouchable_spans(text, _dictionary(text))),
        Pass("dictionary: phrases avoided", _avoided),
        Pass("dictionary: phrases preferred", _preferred, _COSTLY),
        Pass("resolve", lambda text: resolve(text, RewriteOptions())),
        Pass("rewrite at level 5", lambda text: rewrite_text(text, RewriteOptions(level=5)), _COSTLY),
        Pass("revise by the own model", _revise, _COSTLY),
        Pass("verify", _verify, _COSTLY),
        Pass("align with other words", lambda text: align(text, text.replace("a", "b")[1:], reason="", origin="")),
        Pass("align with the reverse", lambda text: align(text, text[::-1], reason="", origin="")),
        Pass("check the facts", lambda text: check(text, text.replace("a", "b")[1:]), _COSTLY),
        Pass("check the facts of the reverse", lambda text: check(text, text[::-1]), _COSTLY),
        Pass("keep line ends", _line_ends),
        Pass("score", lambda text: score(text), _COSTLY),
        Pass("score sentences", lambda text: sentence_scores(text), _COSTLY),
        Pass("similarity", lambda text: similarity(text, text[::-1])),
        Pass("faults", faults),
        Pass("detect language", detect_language),
        Pass("style sheet", style_sheet, _COSTLY),
        Pass("write a question", _question, _COSTLY),
        Pass("read an answer", _answer),
        Pass("read an answer in JSON", _json_answer),
        Pass("read a draft", _draft, _COSTLY),
        Pass("escape for Markdown", lambda text: escapes(text, "block")),
        Pass("decode", _decode),
        Pass("find personal data", findings),
        Pass("scrub a pair", lambda text: scrub(text, text)),
        Pass("assess a pair", lambda text: assess(PairFacts(text, text[::-1])), _COSTLY),
        Pass("near duplicates", lambda text: band_keys(shingles(text))),
        Pass("guess the domain", guess_domain),
        Pass("rows of CSV", _rows("pairs.csv", "original,humanized\n")),
        Pass("rows of CSV in quotes", _rows("pairs.csv", 'original,humanized\n"')),
        Pass("rows of JSON Lines", _rows("pairs.jsonl", "")),
        Pass("rows of JSON", _rows("pairs.json", "[")),
        Pass("validate a request", _request),
    )  # fmt: skip


def _segment(format: str) -> Callable[[str], object]:
    return lambda text: segment(text, format).sentences  # type: ignore[arg-type]  # three literals


def _phrases(text: str, count: int = 1_000) -> tuple[str, ...]:
    """Phrases made of the text's beginning and of what nearly stands in it: as many for a short text as for a long."""
    sizes = islice(cycle((3, 7, 12, 25)), count)
    return tuple(f"{text[at * 17 % 2_000 :][:size]} {at}"[:60] for at, size in enumerate(sizes))


def _dictionary(text: str) -> Dictionary:
    phrases = _phrases(text)
    return Dictionary(tuple((one, "x") for one in phrases), phrases, phrases)


def _avoided(text: str) -> object:
    context = build_context(segment(text), (), "professional")
    return avoided_phrase_warnings(context, text, _dictionary(text))


def _preferred(text: str) -> object:
    return rules(segment(text), (), RewriteOptions(level=5, language="en", dictionary=_dictionary(text)))


def _revise(text: str) -> object:
    return revision_engine.prepare(text)


def _edits(text: str) -> tuple[TextEdit, ...]:
    """An edit in each thousand characters."""
    return tuple(TextEdit(at, at + 1, text[at], "y", "", "") for at in range(0, len(text), 1000))


def _verify(text: str) -> object:
    document, edits = segment(text), _edits(text)
    parts = [text[edit.end : edit.end + 999] for edit in edits]
    result = "".join(f"y{part}" for part in parts)
    return verify(document, result, protected=protected_spans(document), language="en", edits=edits)


def _line_ends(text: str) -> object:
    return keep_line_ends(text, [TextEdit(0, len(text), text, text.replace("\n", "\r"), "", "")])


def _question(text: str) -> object:
    document = segment(text)
    return write_question(document, protected_spans(document), RewriteOptions(language="en"))


def _answer(text: str) -> object:
    with contextlib.suppress(UnusableAnswer):
        return read_answer("[1 a] " + text, allowed=range(1, 9_999), key="k")
    return None


def _json_answer(text: str) -> object:
    raw = json.dumps({"changes": [{"number": 1, "code": "wordy", "after": text}]})
    with contextlib.suppress(UnusableAnswer):
        return read_answer(raw[:-2] + text, allowed=range(1, 9_999), key="k")
    return None


def _draft(text: str) -> object:
    """An answer that changes each unit."""
    document = segment(text)
    question = write_question(document, protected_spans(document), RewriteOptions(language="en"))
    lines = "\n".join(f"[{unit.number} a] {unit.line} so" for unit in question.sheet.units)
    with contextlib.suppress(UnusableAnswer):
        return read_draft(question, lines, origin="x")
    return None


def _decode(text: str) -> object:
    with contextlib.suppress(UnreadableText):
        return decode(text.encode("utf-8", "replace"))
    return None


def _rows(name: str, before: str) -> Callable[[str], object]:
    def run(text: str) -> object:
        with contextlib.suppress(UnreadablePairs):
            return list(read_rows(io.BytesIO((before + text).encode("utf-8", "replace")), name))
        return None

    return run


def _request(text: str) -> object:
    return CreateTransformationSerializer(data={"text": text, "protected": list(_phrases(text))}).is_valid()
