"""System checks of the installation: mistakes that would hurt in production. docs/operations.md explains each id."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError
from django.http.request import split_domain_port, validate_host

from youman.core.models import Webhook
from youman.core.security import crypto


@register()
def check_environment(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Check DEBUG, host names, secrets and REDIS_URL."""
    return [*_debug(), *_hosts(), *_own_host(), *_secrets(), *_own_secrets(), *_redis()]


def _debug() -> list[CheckMessage]:
    if settings.DEBUG and not settings.EMBEDDED:
        return [Error("DEBUG is on with a real database", hint="Unset DEBUG", id="youman.E001")]
    return []


def _hosts() -> list[CheckMessage]:
    if "*" in settings.ALLOWED_HOSTS and not settings.EMBEDDED:
        hint = "List the host names of this installation in ALLOWED_HOSTS"
        return [Warning("ALLOWED_HOSTS accepts every host name", hint=hint, id="youman.W002")]
    return []


def _own_host() -> list[CheckMessage]:
    host = urlsplit(settings.SITE_URL).netloc.rpartition("@")[2]
    name, _ = split_domain_port(host)
    if name and validate_host(name, settings.ALLOWED_HOSTS):
        return []
    what = f"The host of SITE_URL, {host or settings.SITE_URL!r}, is refused"
    return [Error(what, hint="Add it to ALLOWED_HOSTS, or correct SITE_URL", id="youman.E006")]


@register(Tags.database)
def check_keyring(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: object
) -> list[CheckMessage]:
    """Report webhooks whose secret KEYRING cannot decrypt, so that nothing can be signed for them."""
    try:
        secrets = list(Webhook.objects.values_list("secret", flat=True)) if databases else []
    except DatabaseError:  # before the first migration
        return []
    bad = sum(not crypto.is_readable(bytes(secret)) for secret in secrets)
    hint = "Add the old key to KEYRING after the new one, or make the webhooks anew"
    what = f"KEYRING does not decrypt the secrets of {bad} of {len(secrets)} webhooks"
    return [Error(what, hint=hint, id="youman.E007")] if bad else []


def _secrets() -> list[CheckMessage]:
    open_files = [
        str(path)
        for name in ("secret_key", "keyring", "admin_password")
        if (path := settings.VAR_DIR / name).exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    hint = "Run chmod 600 on them"
    return [Error(f"Other users can read {', '.join(open_files)}", hint=hint, id="youman.E003")] if open_files else []


def _own_secrets() -> list[CheckMessage]:
    """Warn about generated secrets: another machine would generate others, which breaks sessions and stored secrets."""
    if not settings.EMBEDDED and not settings.SECRETS_GIVEN:
        hint = "Set SECRET_KEY and KEYRING to the same values for all processes"
        return [Warning("DATABASE_URL is set, but the secrets were generated in var/", hint=hint, id="youman.W005")]
    return []


def _redis() -> list[CheckMessage]:
    if not settings.EMBEDDED and settings.REDIS_URL.startswith("unix:///") and not settings.REDIS_GIVEN:
        hint = "Set REDIS_URL=redis://host:6379/0"
        return [Warning("DATABASE_URL is set, but REDIS_URL is not", hint=hint, id="youman.W004")]
    return []
