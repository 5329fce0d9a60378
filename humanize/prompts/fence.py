"""A fence around a text that the text cannot close: its key is random and does not occur in the text."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable

Nonce = Callable[[], str]
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_TRIES = 100


def random_nonce() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(12))


def key_for(parts: Iterable[str], nonce: Nonce = random_nonce) -> str:
    """Return a key that occurs in none of the parts, ignoring case. Raises ValueError after 100 keys that do."""
    text = "\n".join(parts).casefold()
    for _ in range(_TRIES):
        key = nonce()
        if key and key.casefold() not in text:
            return key
    raise ValueError("every key that was drawn occurs in the text")


def fenced(name: str, key: str, body: str) -> str:
    return f"<{name}-{key}>\n{body}\n</{name}-{key}>"
