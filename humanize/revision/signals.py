"""What rules and scores know about a text before the model reads it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from humanize.text.edits import TextEdit


@dataclass(frozen=True, slots=True)
class Signals:
    """The edits of the rules, and the AI-likeness (0 to 1) of each sentence and of the whole text."""

    edits: tuple[TextEdit, ...] = ()
    sentence_weights: tuple[float, ...] = ()
    likeness: float = 0.5
