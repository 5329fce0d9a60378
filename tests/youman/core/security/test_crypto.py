from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from youman.core.errors import Unavailable
from youman.core.security import crypto


def test_a_secret_opens_with_any_key_of_the_ring_and_rotates_to_the_first(settings: Settings) -> None:
    settings.KEYRING = ["old"]
    kept = crypto.encrypt("sk-secret")
    settings.KEYRING = ["new", "old"]
    assert crypto.decrypt(kept) == "sk-secret"
    rotated = crypto.rotate(kept)
    settings.KEYRING = ["new"]
    assert crypto.decrypt(rotated) == "sk-secret"


def test_a_lost_key_is_said_plainly(settings: Settings) -> None:
    settings.KEYRING = ["old"]
    kept = crypto.encrypt("sk-secret")
    settings.KEYRING = ["new"]
    with pytest.raises(Unavailable, match="add the old key again"):
        crypto.decrypt(kept)


def test_tokens_are_unlike_each_other_and_hash_to_hex() -> None:
    first, second = crypto.new_token("ym"), crypto.new_token("ym")
    assert first != second
    assert first.startswith("ym_")
    assert len(crypto.digest(first)) == 64
