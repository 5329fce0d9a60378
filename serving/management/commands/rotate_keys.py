"""`manage.py rotate_keys`: after a new first key in KEYRING."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from serving.deployments import provider_keys
from youman.core.errors import YoumanError


class Command(BaseCommand):
    help = "Seal every stored secret anew with the first key of KEYRING. Then the old key may be taken out."

    def handle(self, *args: object, **options: object) -> None:
        try:
            done = provider_keys.rotate_keys()
        except YoumanError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"{done} secrets are sealed with the first key")
