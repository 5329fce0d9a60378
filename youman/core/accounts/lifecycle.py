"""Changes of accounts: creation, limits, API keys, invitations, consent, and the words used in a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone

from youman.core.accounts import audit, scopes
from youman.core.errors import Conflict, FieldProblem, InvalidInput, NotFound, QuotaExceeded
from youman.core.models import Account, ApiKey, Invitation, WordUsage
from youman.core.models.tiers import Tier
from youman.core.security import crypto

INVITATION_DAYS = 14  # a link that creates an account must not stay valid in a mailbox for ever
CONSENT_VERSION = "2026-11"


@transaction.atomic
def create_account(
    *, username: str, password: str, email: str = "", tier: str = Tier.FREE, staff: bool = False
) -> Account:
    """Create a user with an account. Raises InvalidInput for a bad name or password, Conflict for a name in use."""
    username = User.normalize_username(username)
    _check_username(username)
    _check_password(password, username)
    try:
        with transaction.atomic():
            user = get_user_model().objects.create_user(username, email, password, is_staff=staff, is_superuser=staff)
    except IntegrityError as error:
        raise Conflict("This user name is taken; choose another") from error
    return Account.objects.create(user=user, tier=tier)


def account_of(user: User) -> Account:
    """Return the user's account. It is created on first use for users from `createsuperuser` or the admin."""
    tier = Tier.ENTERPRISE if user.is_superuser else Tier.FREE
    return Account.objects.get_or_create(user=user, defaults={"tier": tier})[0]


@transaction.atomic
def set_limits(*, account: Account, tier: str, monthly_words: int | None, actor: audit.Actor) -> None:
    """Set the tier and the monthly quota in words (None: the tier's own); record it if one of them changes.

    Raises InvalidInput for an unknown tier.
    """
    if tier not in Tier.values:
        raise InvalidInput(f"Unknown tier; use one of {', '.join(Tier.values)}")
    # Locked, so that each of two simultaneous changes records the limits that it actually replaced.
    stored = Account.objects.select_for_update().get(pk=account.pk)
    old: dict[str, str | int | None] = {"tier": stored.tier, "monthly_words": stored.monthly_words}
    new: dict[str, str | int | None] = {"tier": tier, "monthly_words": monthly_words}
    if old != new:
        Account.objects.filter(pk=account.pk).update(tier=tier, monthly_words=monthly_words)
        audit.record(actor=actor, verb="set limits", subject=account, before=old, after=new)


@transaction.atomic
def create_api_key(
    *, account: Account, name: str, key_scopes: Sequence[str] = scopes.DEFAULT, actor: audit.Actor
) -> str:
    """Create a key and return it; it cannot be shown again.

    Raises InvalidInput for an empty name, for unknown scopes, or for staff's scopes on another user's key.
    """
    unknown = sorted(set(key_scopes) - set(scopes.ALL))
    if unknown or not key_scopes:
        raise InvalidInput(f"Unknown scopes: {', '.join(unknown) or 'none given'}; use {', '.join(scopes.ALL)}")
    if not name.strip():
        raise InvalidInput("Give the key a name")
    if set(key_scopes) & set(scopes.STAFF) and not account.user.is_staff:
        raise InvalidInput("Only a staff user's key may have these scopes; choose fewer scopes or another user")
    token = crypto.new_token("ym")
    row = ApiKey(account=account, name=name.strip()[:100], prefix=token[:8], digest=crypto.digest(token))
    row.scopes = sorted(set(key_scopes))
    ApiKey.objects.bulk_create([row])
    audit.record(actor=actor, verb="create", subject=row, after={"name": row.name, "scopes": ",".join(row.scopes)})
    return token


@transaction.atomic
def revoke_api_key(*, account: Account, key_id: int, actor: audit.Actor) -> None:
    """Revoke a key of the account at once. Idempotent. Raises NotFound for an unknown key or another account's key."""
    key = ApiKey.objects.filter(account=account, pk=key_id).first()
    if key is None:
        raise NotFound("There is no such API key")
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
        before: audit.Facts = {"name": key.name, "revoked": False}
        audit.record(actor=actor, verb="revoke", subject=key, before=before, after={**before, "revoked": True})


@transaction.atomic
def invite(*, email: str, tier: str, actor: User) -> str:
    """Create an invitation and return the one-time token for its link, which staff send.

    Raises InvalidInput for a bad e-mail address or tier.
    """
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidInput("This is not a valid e-mail address; correct it") from error
    if tier not in Tier.values:
        raise InvalidInput(f"Unknown tier; use one of {', '.join(Tier.values)}")
    token = crypto.new_token("inv")
    expires = timezone.now() + timedelta(days=INVITATION_DAYS)
    row = Invitation.objects.create(
        email=email, tier=tier, digest=crypto.digest(token), invited_by=actor, expires_at=expires
    )
    audit.record(actor=actor, verb="invite", subject=row, after={"email": email, "tier": tier})
    return token


@transaction.atomic
def withdraw_invitation(*, invitation_id: int, actor: User) -> None:
    """Make an invitation's link stop working at once. Idempotent; does not change a used one. Raises NotFound."""
    row = Invitation.objects.filter(pk=invitation_id).first()
    if row is None:
        raise NotFound("There is no such invitation")
    now = timezone.now()
    if Invitation.objects.filter(pk=row.pk, used_at=None, expires_at__gt=now).update(expires_at=now):
        audit.record(actor=actor, verb="withdraw invitation", subject=row, before={"email": row.email})


@transaction.atomic
def accept_invitation(*, token: str, username: str, password: str) -> Account:
    """Use the token and create the account.

    Raises NotFound for a used, expired or unknown token, InvalidInput for a bad name or password, and Conflict for a
    name in use; the token then stays valid.
    """
    rows = Invitation.objects.filter(digest=crypto.digest(token), used_at=None, expires_at__gt=timezone.now())
    # If two people use the link at the same time, the UPDATE lets only one of them through.
    if not rows.update(used_at=timezone.now()):
        raise NotFound("This invitation was used or has expired; ask for a new one")
    invitation = Invitation.objects.get(digest=crypto.digest(token))
    return create_account(username=username, password=password, email=invitation.email, tier=invitation.tier)


@transaction.atomic
def give_consent(*, account: Account, actor: audit.Actor) -> None:
    """Record consent to training under the current policy. Idempotent."""
    now = timezone.now()
    changed = Account.objects.filter(pk=account.pk).exclude(consent_version=CONSENT_VERSION)
    if changed.update(consent_version=CONSENT_VERSION, consent_at=now):
        before, after = {"version": account.consent_version}, {"version": CONSENT_VERSION}
        audit.record(actor=actor, verb="consent", subject=account, before=before, after=after)


@transaction.atomic
def withdraw_consent(*, account: Account, actor: audit.Actor) -> None:
    """Withdraw the consent to training. Idempotent. The training app notices it and removes what it has collected."""
    if Account.objects.filter(pk=account.pk).exclude(consent_at=None).update(consent_version="", consent_at=None):
        before, after = {"version": account.consent_version}, {"version": ""}
        audit.record(actor=actor, verb="withdraw consent", subject=account, before=before, after=after)


def spend_words(*, account: Account, words: int) -> None:
    """Count `words` against this month's quota. Raises QuotaExceeded, counting nothing, if they exceed it."""
    quota = account.limits.words_per_month
    rows = WordUsage.objects.filter(account=account, month=_month())
    if quota is not None:
        rows = rows.filter(words__lte=quota - words)
    # The UPDATE is conditional: of two requests that fit the quota separately but not together, only one passes.
    if _add(rows, words):
        return
    WordUsage.objects.get_or_create(account=account, month=_month())
    if not _add(rows, words):
        raise QuotaExceeded(
            f"The text has {words:,} words, more than is left of this month's {quota:,}; ask for a higher tier"
        )


def refund_words(*, account: Account, words: int, month: date) -> None:
    """Subtract words that were counted in `month` (any day of it) for a request without a result."""
    WordUsage.objects.filter(account=account, month=month.replace(day=1), words__gte=words).update(
        words=F("words") - words
    )


def _add(rows: models.QuerySet[WordUsage], words: int) -> bool:
    return bool(rows.update(words=F("words") + words, requests=F("requests") + 1))


def _month() -> date:
    return timezone.now().date().replace(day=1)


def _check_username(username: str) -> None:
    """Check a user name: letters of any script, digits and @ . + - _. Names must differ in more than case."""
    try:
        if not username:
            raise ValidationError("Choose a user name")
        User._meta.get_field("username").run_validators(username)
    except ValidationError as error:
        problems = tuple(FieldProblem("username", message) for message in error.messages)
        raise InvalidInput(" ".join(error.messages), problems=problems) from error
    if User.objects.filter(username__iexact=username).exists():
        raise Conflict("This user name is taken; choose another")


def _check_password(password: str, username: str) -> None:
    try:
        validate_password(password, User(username=username))
    except ValidationError as error:
        problems = tuple(FieldProblem("password", message) for message in error.messages)
        raise InvalidInput(" ".join(error.messages), problems=problems) from error
