"""What others know about a text before the model looks at it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from humanize.text.edits import TextEdit


@dataclass(frozen=True, slots=True)
class Signals:
    """What others know about the text: the rules' edits, how machine-like each sentence and the whole read (0 to 1)."""

    edits: tuple[TextEdit, ...] = ()
    sentence_weights: tuple[float, ...] = ()
    likeness: float = 0.5
