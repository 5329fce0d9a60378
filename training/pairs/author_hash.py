"""Keyed hashes of authors: the same author is recognised, but nobody can be identified from the data."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

from youman.core.models import Account


def hash_author(account: Account) -> str:
    return _keyed(f"account:{account.pk}")


def hash_imported_author(name: str) -> str:
    """Return the hash of an author's name in an imported file; an empty name stays empty."""
    return _keyed(f"import:{name}") if name else ""


def _keyed(name: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"training:{name}".encode(), hashlib.sha256).hexdigest()
