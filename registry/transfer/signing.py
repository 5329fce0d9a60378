"""The key that signs exported models: Ed25519, derived from the key ring, so that there is no other secret to keep."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from registry.errors import SignatureRefused

_INFO = b"youman model archive 1"


def public_key() -> str:
    """Return the base64 key that another installation lists in MODEL_ARCHIVE_KEYS to import from here."""
    return _encoded(_private(settings.KEYRING[0]).public_key())


def sign(data: bytes) -> str:
    """Return the base64 signature of the data by this installation's key."""
    return base64.b64encode(_private(settings.KEYRING[0]).sign(data)).decode()


def check_signature(data: bytes, signature: str, key: str) -> None:
    """Check a base64 signature. Raises SignatureRefused for a key that is not trusted, or data that it did not sign."""
    if key not in {*(_encoded(_private(one).public_key()) for one in settings.KEYRING), *settings.MODEL_ARCHIVE_KEYS}:
        raise SignatureRefused(
            f"The archive is signed by {key[:60]}, which is not trusted; add it to MODEL_ARCHIVE_KEYS"
        )
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        public.verify(base64.b64decode(signature, validate=True), data)
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise SignatureRefused("The archive was changed after it was signed, or its signature is damaged") from error


def _private(secret: str) -> Ed25519PrivateKey:
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


def _encoded(key: Ed25519PublicKey) -> str:
    return base64.b64encode(key.public_bytes_raw()).decode()
