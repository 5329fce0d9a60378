"""Secrets: hashed when we only compare them, encrypted by a key ring when we must read them again."""

from __future__ import annotations

import base64
import hashlib
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from youman.core.errors import Unavailable


def new_token(prefix: str) -> str:
    """`prefix_` and 32 random bytes; shown once, stored as `digest`."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def digest(token: str) -> str:
    """SHA-256 in hex. Enough for random tokens: there is nothing to guess that a slow hash would protect."""
    return hashlib.sha256(token.encode()).hexdigest()


def encrypt(value: str) -> bytes:
    return _ring().encrypt(value.encode())


def decrypt(value: bytes) -> str:
    """Return the secret. Raises Unavailable when no key of KEYRING opens it."""
    try:
        return _ring().decrypt(value).decode()
    except InvalidToken as error:
        raise Unavailable("A stored secret does not open with the keys of KEYRING; put the old key back") from error


def rotate(value: bytes) -> bytes:
    """The same secret under the first key of the ring."""
    return _ring().rotate(value)


def _ring() -> MultiFernet:
    return MultiFernet([Fernet(_fernet_key(key)) for key in settings.KEYRING])


def _fernet_key(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())
