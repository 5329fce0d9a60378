"""Accounts, keys, invitations, consent and the month's words, on a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from youman.core import selectors
from youman.core.accounts import lifecycle, scopes
from youman.core.errors import Conflict, InvalidInput, NotFound, QuotaExceeded
from youman.core.models import Account, ApiKey, AuditEvent, Invitation, WordUsage
from youman.core.models.tiers import Tier
from youman.core.security import crypto

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def alice() -> Account:
    return lifecycle.create_account(username="alice", password=PASSWORD, tier=Tier.BASIC)


@pytest.fixture
def bob() -> Account:
    return lifecycle.create_account(username="bob", password=PASSWORD)


def test_a_taken_name_and_a_weak_password_are_refused_and_leave_nothing(alice: Account) -> None:
    with pytest.raises(Conflict, match="taken"):
        lifecycle.create_account(username="alice", password=PASSWORD)
    with pytest.raises(InvalidInput) as caught:
        lifecycle.create_account(username="eve", password="123")
    assert {one.field for one in caught.value.problems} == {"password"}
    assert [one.user.username for one in Account.objects.all()] == ["alice"]


def test_a_key_is_stored_as_its_digest_only(alice: Account) -> None:
    key = lifecycle.create_api_key(account=alice, name=" laptop ", actor="test")
    row = ApiKey.objects.get()
    assert (row.name, row.digest, row.prefix, row.scopes) == ("laptop", crypto.digest(key), key[:8], [scopes.REWRITE])
    assert key not in repr(vars(row))


@pytest.mark.parametrize(
    ("name", "wanted"), [("x", ("fly",)), ("x", ()), (" ", ("rewrite",)), ("x", ("registry:write",))]
)
def test_bad_keys_are_refused(alice: Account, name: str, wanted: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput):
        lifecycle.create_api_key(account=alice, name=name, key_scopes=wanted, actor="test")
    assert ApiKey.objects.count() == 0


def test_only_the_owner_revokes_a_key(alice: Account, bob: Account) -> None:
    lifecycle.create_api_key(account=alice, name="laptop", actor="test")
    key = ApiKey.objects.get()
    with pytest.raises(NotFound):
        lifecycle.revoke_api_key(account=bob, key_id=key.pk, actor="test")
    lifecycle.revoke_api_key(account=alice, key_id=key.pk, actor="test")
    lifecycle.revoke_api_key(account=alice, key_id=key.pk, actor="test")
    assert list(selectors.live_api_keys(alice)) == []
    assert [event.verb for event in AuditEvent.objects.order_by("id")] == ["create", "revoke"]


def test_an_invitation_works_once(alice: Account) -> None:
    token = lifecycle.invite(email="carol@example.org", tier=Tier.PROFESSIONAL, actor=alice.user)
    carol = lifecycle.accept_invitation(token=token, username="carol", password=PASSWORD)
    assert (carol.tier, carol.user.email) == (Tier.PROFESSIONAL, "carol@example.org")
    with pytest.raises(NotFound, match="used or has expired"):
        lifecycle.accept_invitation(token=token, username="carol2", password=PASSWORD)


def test_a_refused_password_does_not_use_the_invitation_up(alice: Account) -> None:
    token = lifecycle.invite(email="carol@example.org", tier=Tier.FREE, actor=alice.user)
    with pytest.raises(InvalidInput):
        lifecycle.accept_invitation(token=token, username="carol", password="1")
    assert lifecycle.accept_invitation(token=token, username="carol", password=PASSWORD).user.username == "carol"


def test_an_expired_invitation_is_refused(alice: Account) -> None:
    token = lifecycle.invite(email="carol@example.org", tier=Tier.FREE, actor=alice.user)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotFound):
        lifecycle.accept_invitation(token=token, username="carol", password=PASSWORD)


@pytest.mark.parametrize(("email", "tier"), [("not-an-address", "FREE"), ("a@example.org", "GOLD")])
def test_bad_invitations_are_refused(alice: Account, email: str, tier: str) -> None:
    with pytest.raises(InvalidInput):
        lifecycle.invite(email=email, tier=tier, actor=alice.user)


def test_consent_is_a_version_and_a_time_and_can_be_withdrawn(alice: Account) -> None:
    lifecycle.give_consent(account=alice, actor=alice.user)
    lifecycle.give_consent(account=alice, actor=alice.user)
    alice.refresh_from_db()
    assert (alice.consents, alice.consent_version) == (True, lifecycle.CONSENT_VERSION)
    lifecycle.withdraw_consent(account=alice, actor=alice.user)
    alice.refresh_from_db()
    assert (alice.consents, alice.consent_version) == (False, "")
    assert [event.verb for event in AuditEvent.objects.order_by("id")] == ["consent", "withdraw consent"]


def test_words_are_booked_until_the_quota_and_not_over_it(alice: Account) -> None:
    Account.objects.filter(pk=alice.pk).update(monthly_words=100)
    alice.refresh_from_db()
    lifecycle.spend_words(account=alice, words=60)
    with pytest.raises(QuotaExceeded):
        lifecycle.spend_words(account=alice, words=41)
    lifecycle.spend_words(account=alice, words=40)
    usage = selectors.usage_of(alice)
    assert (usage.words, usage.requests, usage.words_left) == (100, 2, 0)
    lifecycle.refund_words(account=alice, words=40, month=timezone.now().date())
    assert WordUsage.objects.get().words == 60


def test_without_a_quota_nothing_is_refused() -> None:
    rich = lifecycle.create_account(username="rich", password=PASSWORD, tier=Tier.ENTERPRISE)
    lifecycle.spend_words(account=rich, words=10_000_000)
    assert selectors.usage_of(rich).words_left is None


@pytest.mark.parametrize("name", ["", "<b>ann</b>", "a b", "an\nn", "x" * 151, "a\u202eb"])
def test_a_user_name_of_odd_characters_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        lifecycle.create_account(username=name, password=PASSWORD)
    assert raised.value.problems[0].field == "username"
    assert Account.objects.count() == 0


def test_nobody_takes_another_s_name_in_other_letters() -> None:
    lifecycle.create_account(username="Ann", password=PASSWORD)
    with pytest.raises(Conflict):
        lifecycle.create_account(username="ann", password=PASSWORD)
    assert Account.objects.count() == 1
