"""What runs inside a private installation (`servers.run_inside`): an account with a key, and a browser's session."""

from __future__ import annotations

from django.test import Client

from youman.core.accounts.lifecycle import create_account, create_api_key
from youman.core.models import Account

ACTOR = "bench"


def key(*scopes: str) -> str:
    """Create the account of the benchmark and return an API key with the scopes."""
    return create_api_key(account=_account(), name="bench", key_scopes=scopes, actor=ACTOR)


def key_and_session(*scopes: str) -> str:
    """Create a superuser; return an API key and the id of a session in the admin, on two lines."""
    account = _account()
    account.user.is_superuser = True
    account.user.save()
    browser = Client()
    browser.force_login(account.user)
    made = create_api_key(account=account, name="bench", key_scopes=scopes, actor=ACTOR)
    return f"{made}\n{browser.cookies['sessionid'].value}"


def _account() -> Account:
    return create_account(username="bench", password="a long sentence 1", tier="ENTERPRISE", staff=True)
