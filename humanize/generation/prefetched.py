"""Answers that a vendor's batch gave before the text is rewritten, and the check that they fit the question.

Prompts are not stored. The same call id renders the same prompt again, including the key of its fence, and an answer
counts only for the sheet of sentences that the model was shown. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from humanize.prompts.fence import LETTERS, Nonce
from humanize.prompts.question import Question
from serving.gateway.calls import CallResult

KEY_LENGTH = 12


@dataclass(frozen=True, slots=True)
class PrefetchedAnswer:
    """The answer of `deployment` for a part in a batch, or the kind of its failure with the reason.

    `call` is the id of the call; `sheet` is the `sheet_digest` of what the model was shown.
    """

    deployment: str
    call: UUID | None
    sheet: str
    result: CallResult | None = None
    error: str = ""
    reason: str = ""


def nonce_for(call: UUID) -> Nonce:
    """Return a source of fence keys derived from the call's id, so that its prompt can be rendered again.

    The id is created after the text was submitted, so no text can contain its key.
    """
    keys = _keys(call)
    return lambda: next(keys)


def _keys(call: UUID) -> Iterator[str]:
    number = 0
    while True:
        digest = hashlib.sha256(f"{call.hex}/{number}".encode()).digest()
        yield "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:KEY_LENGTH])
        number += 1


def sheet_digest(question: Question) -> str:
    """Return a SHA-256 hash (hexadecimal) of the numbered sentences and of what each mark stands for."""
    sheet = question.sheet
    shown = "\n".join((question.key, sheet.body, sheet.legend_of(sheet.units)))
    return hashlib.sha256(shown.encode()).hexdigest()
