"""`manage.py sync_roles`: part of every release, and of `make run`."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from youman.core.accounts.roles import ROLES, sync_roles
from youman.core.errors import YoumanError


class Command(BaseCommand):
    help = "Write the usual roles of staff, as groups of permissions; groups of other names are left alone."

    def handle(self, *args: object, **options: object) -> None:
        try:
            changed = sync_roles()
        except YoumanError as error:
            raise CommandError(error.detail) from error
        if options["verbosity"]:
            self.stdout.write(f"{len(changed)} of {len(ROLES)} roles written: {', '.join(changed) or 'none changed'}")
