"""What one move alone makes of a text, with the engine's own mending and the check of form and facts."""

from __future__ import annotations

from humanize.options import Register
from humanize.pipeline.verification import keep_verified
from humanize.rules.context import build_context
from humanize.rules.english.moves import Move
from humanize.rules.finishing import finish
from humanize.rules.selection import choose
from humanize.text.protect import protected_spans
from humanize.text.segment import segment


def moved(move: Move, text: str, register: Register = "professional") -> str:
    document = segment(text)
    protected = protected_spans(document)
    context = build_context(document, protected, register)
    edits = finish(context, choose(move(context), 5, 99))
    return keep_verified(document, edits, protected, "en", reviewed=True).result
