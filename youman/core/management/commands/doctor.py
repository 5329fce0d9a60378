"""`manage.py doctor`: finds what is wrong with an installation and says how to fix it."""

from __future__ import annotations

from django.core.checks import run_checks
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS

from youman.core.runtime import health


class Command(BaseCommand):
    help = (
        "Check settings, database, migrations, broker, disk, store, processes and what waits for them. "
        "Exits with status 1 if something is wrong."
    )
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        checks = health.everything()
        for check in checks:
            mark = self.style.SUCCESS("ok  ") if check.ok else self.style.ERROR("BAD ")
            self.stdout.write(f"{mark} {check.name}{': ' + check.detail if check.detail else ''}")
        messages = run_checks(databases=[DEFAULT_DB_ALIAS])
        for message in messages:
            self.stdout.write(f"{self.style.WARNING('note')} {message.id}: {message.msg} {message.hint or ''}".rstrip())
        bad = [check.name for check in checks if not check.ok] + [str(m.id) for m in messages if m.is_serious()]
        if bad:
            raise CommandError(f"Problems found: {', '.join(bad)}")
