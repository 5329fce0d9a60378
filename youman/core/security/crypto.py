"""Secrets: hashed if they are only compared, encrypted by a key ring if they must be read again."""

from __future__ import annotations

import base64
import hashlib
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from youman.core.errors import Unavailable


def new_token(prefix: str) -> str:
    """Return a token of the prefix and 32 random bytes. It is shown once and stored as its `digest`."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def digest(token: str) -> str:
    """Return the SHA-256 in hexadecimal. Random tokens cannot be guessed, so they need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def encrypt(value: str) -> bytes:
    """Encrypt a secret by the first key of the ring."""
    return _ring().encrypt(value.encode())


def decrypt(value: bytes) -> str:
    """Return the secret. Raises Unavailable if no key of KEYRING decrypts it."""
    try:
        return _ring().decrypt(value).decode()
    except InvalidToken as error:
        raise Unavailable(
            "A stored secret cannot be decrypted by the keys in KEYRING; add the old key again"
        ) from error


def rotate(value: bytes) -> bytes:
    """Encrypt the same secret by the first key of the ring."""
    return _ring().rotate(value)


def _ring() -> MultiFernet:
    return MultiFernet([Fernet(_fernet_key(key)) for key in settings.KEYRING])


def _fernet_key(key: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())


def is_readable(secret: bytes) -> bool:
    """Return whether a key of KEYRING decrypts it."""
    try:
        decrypt(secret)
    except Unavailable:
        return False
    return True
