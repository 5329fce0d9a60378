"""A fence that no text can close, since its key is drawn after the text is known and occurs nowhere in it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable

Nonce = Callable[[], str]
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_TRIES = 100


def random_nonce() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(12))


def key_for(parts: Iterable[str], nonce: Nonce = random_nonce) -> str:
    """A key that stands in none of the parts, in any case. Raises ValueError when the source of keys is stuck."""
    text = "\n".join(parts).casefold()
    for _ in range(_TRIES):
        key = nonce()
        if key and key.casefold() not in text:
            return key
    raise ValueError("every key that was drawn stands in the text")


def fenced(name: str, key: str, body: str) -> str:
    return f"<{name}-{key}>\n{body}\n</{name}-{key}>"
