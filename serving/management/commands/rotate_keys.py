"""`manage.py rotate_keys`: run it after you have put a new key first in KEYRING."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from serving.deployments import provider_keys
from youman.core.errors import YoumanError


class Command(BaseCommand):
    help = "Encrypt every stored secret again with the first key of KEYRING. Then the old keys may be removed."

    def handle(self, *args: object, **options: object) -> None:
        try:
            done = provider_keys.rotate_keys()
        except YoumanError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"{done} secrets are encrypted with the first key")
