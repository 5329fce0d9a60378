"""Staff with a key, who speak to the registry's API as a program would."""

from __future__ import annotations

from django.contrib.auth.models import User
from rest_framework.test import APIClient

from tests.writers import Writer
from youman.core.accounts import scopes
from youman.core.accounts.lifecycle import create_account, create_api_key

PASSWORD = "a long sentence 1"
REGISTRY = (scopes.REGISTRY_READ, scopes.REGISTRY_WRITE, scopes.REGISTRY_PROMOTE)


def staff(name: str, key_scopes: tuple[str, ...] = REGISTRY) -> Writer:
    """A superuser with a key of these scopes."""
    account = create_account(username=name, password=PASSWORD, tier="ENTERPRISE", staff=True)
    return with_key(Writer(account, APIClient(), ""), key_scopes)


def with_key(one: Writer, key_scopes: tuple[str, ...]) -> Writer:
    key = create_api_key(account=one.account, name="tests", key_scopes=key_scopes, actor="tests")
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return Writer(one.account, api, key)


def demoted(one: Writer) -> Writer:
    """The same person after losing the staff right; the key stays."""
    User.objects.filter(pk=one.account.user.pk).update(is_staff=False, is_superuser=False)
    return one
