from __future__ import annotations

import io
import json
import logging
import pickle
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from serving.backends.base import AuthError, BackendError, RewriteRequest
from serving.deployments import provider_keys
from serving.gateway import breaker, calls, keys, resolved_target, snapshot
from serving.gateway.ledger import Caller
from serving.models import Deployment, Invocation, ProviderKey
from tests.vendors import VendorServer
from youman.core.errors import InvalidInput, NotFound
from youman.core.models import AuditEvent, Webhook
from youman.core.runtime.logging import JsonFormatter
from youman.core.security import crypto

pytestmark = pytest.mark.django_db
KEY = "sk-live-4f9d2c7b1e8a6053-zz9"
ASK = RewriteRequest("We leverage tools.", prompt="1: We leverage tools.", max_output_tokens=100, deadline_s=60.0)


@pytest.fixture
def no_keys(settings: Settings) -> None:
    settings.PROVIDER_KEYS = {}


def key_of(name: str) -> str:
    snapshot.clear_cache()
    return keys.key_for(snapshot.current().live_row(name))


@pytest.mark.usefixtures("no_keys")
def test_the_environment_goes_before_the_row_and_a_deployments_own_key_before_both(settings: Settings) -> None:
    assert key_of("openai-small") == ""
    provider_keys.store_key(owner="openai", secret="sk-in-the-row", actor="root")
    assert key_of("openai-small") == "sk-in-the-row"
    settings.PROVIDER_KEYS = {"openai": "sk-environment"}
    assert key_of("openai-small") == "sk-environment"
    provider_keys.store_key(owner="openai-small", secret="sk-its-own", actor="root")
    assert (key_of("openai-small"), key_of("openai-large")) == ("sk-its-own", "sk-environment")
    provider_keys.remove_key(owner="openai-small", actor="root")
    assert key_of("openai-small") == "sk-environment"


def test_a_key_is_stored_sealed_and_replaced_as_a_whole() -> None:
    provider_keys.store_key(owner="openai", secret=KEY, actor="root")
    row = provider_keys.store_key(owner="openai", secret="sk-another-key", actor="root")
    assert ProviderKey.objects.count() == 1
    assert (row.hint, crypto.decrypt(bytes(ProviderKey.objects.get().secret))) == ("-key", "sk-another-key")
    assert KEY.encode() not in bytes(row.secret)
    assert [one.verb for one in AuditEvent.objects.order_by("at")] == ["store key", "replace key"]


@pytest.mark.django_db(transaction=True)
def test_a_new_key_ends_the_pause_that_the_old_one_earned(fake: Deployment) -> None:
    breaker.settle(breaker.Permit("fake"), AuthError())
    assert breaker.health_of(["fake"])["fake"].state == "cooling"
    provider_keys.store_key(owner="openai", secret=KEY, actor="root")
    assert breaker.health_of(["fake"])["fake"].state == "closed"


@pytest.mark.parametrize("secret", ["", "short", "has a space in it", "line\nbreak-in-key", "ü" * 20, "x" * 501])
def test_what_is_no_key_is_refused_without_repeating_it(secret: str) -> None:
    with pytest.raises(InvalidInput, match="copy it again") as caught:
        provider_keys.store_key(owner="openai", secret=secret, actor="root")
    assert not secret or secret not in str(caught.value)
    with pytest.raises(InvalidInput, match="Name a provider"):
        provider_keys.store_key(owner="nobody", secret=KEY, actor="root")
    with pytest.raises(NotFound):
        provider_keys.remove_key(owner="openai", actor="root")
    assert ProviderKey.objects.count() == 0


def test_rotating_seals_every_secret_with_the_first_key(settings: Settings) -> None:
    settings.KEYRING = ["old"]
    provider_keys.store_key(owner="openai", secret=KEY, actor="root")
    hook = Webhook.objects.create(name="w", url="https://a.example", secret=crypto.encrypt("whsec_1"), created_by="r")
    settings.KEYRING = ["new", "old"]
    out = io.StringIO()
    call_command("rotate_keys", stdout=out)
    assert out.getvalue() == "2 secrets are encrypted with the first key\n"
    settings.KEYRING = ["new"]
    assert crypto.decrypt(bytes(ProviderKey.objects.get().secret)) == KEY
    hook.refresh_from_db()
    assert crypto.decrypt(bytes(hook.secret)) == "whsec_1"
    settings.KEYRING = ["third"]
    with pytest.raises(CommandError, match="add the old key again"):
        call_command("rotate_keys")


@pytest.fixture
def everything_logged() -> Iterator[list[str]]:
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            # As it would be without our redaction, and as it is written.
            lines.append(f"{record.getMessage()} {record.__dict__!r}")
            lines.append(JsonFormatter().format(record))

    root, handler = logging.getLogger(), Keep()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lines
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.usefixtures("no_keys")
@pytest.mark.parametrize("fault", ["ok", "bad_key", "server_500", "dropped_stream", "broken_json", "rate_absurd"])
@pytest.mark.parametrize("vendor", ["openai", "anthropic", "google"])
def test_a_key_is_in_no_log_repr_error_or_row(
    vendor_server: VendorServer, caller: Caller, everything_logged: list[str], vendor: str, fault: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(calls, "BACKOFF_S", 0.01)
    provider_keys.store_key(owner=vendor, secret=KEY, hosts=["127.0.0.1"], actor="root")
    Deployment.objects.filter(name=f"{vendor}-small").update(endpoint=vendor_server.url(vendor))
    snapshot.clear_cache()
    vendor_server.always = fault
    found: list[str] = []
    try:
        found.append(repr(calls.rewrite(deployment=f"{vendor}-small", request=ASK, caller=caller)))
    except BackendError as error:
        found += [repr(error), str(error), repr(vars(error)), repr(error.__cause__), repr(pickle.dumps(error))]
    assert any(KEY in value for value in vendor_server.seen[-1].headers.values())  # it was used
    row = snapshot.current().live_row(f"{vendor}-small")
    found += [
        repr(resolved_target.target_of(row)),
        repr(row),
        repr(ProviderKey.objects.get()),
        str(ProviderKey.objects.get()),
    ]
    found += [json.dumps(one, default=str) for one in Invocation.objects.values()]
    found += [json.dumps(one, default=str) for one in AuditEvent.objects.values()]
    assert [text[:80] for text in (*found, *everything_logged) if KEY in text] == []
