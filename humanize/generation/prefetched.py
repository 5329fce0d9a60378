"""An answer that was asked for ahead, by a vendor's batch: what it answers to, and the key that its fence had. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from humanize.prompts.conversation import Asked
from humanize.prompts.fence import LETTERS, Nonce
from serving.gateway.calls import CallResult

KEY_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Ahead:
    """`answered`, or the kind of failure and why. `sheet` is what the model was shown, as `sheet_of` says it."""

    deployment: str
    item: UUID | None
    sheet: str
    answered: CallResult | None = None
    error: str = ""
    reason: str = ""


def nonce_of(item: UUID) -> Nonce:
    """Keys that follow from the call's id, so that the same prompt can be rendered again without keeping it.

    The id is drawn after the text was handed in, so no text can know its key.
    """
    keys = _keys(item)
    return lambda: next(keys)


def _keys(item: UUID) -> Iterator[str]:
    number = 0
    while True:
        digest = hashlib.sha256(f"{item.hex}/{number}".encode()).digest()
        yield "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:KEY_LENGTH])
        number += 1


def sheet_of(asked: Asked) -> str:
    """A hash of the numbered sentences and of what each mark stands for: an answer fits this sheet and no other."""
    sheet = asked.sheet
    shown = "\n".join((asked.key, sheet.body, sheet.legend_of(sheet.units)))
    return hashlib.sha256(shown.encode()).hexdigest()
