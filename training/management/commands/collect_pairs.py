"""`manage.py collect_pairs`: collects pairs now; the schedule does the same every minute."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from training.pairs import collection, withdrawal


class Command(BaseCommand):
    help = "Collect pairs from rewrites with feedback of accounts that consent; remove the pairs of withdrawn consent."

    def handle(self, *args: object, **options: object) -> None:
        for row in withdrawal.withdraw_all():
            datasets = ", ".join(row.datasets) or "none"
            self.stdout.write(f"{row.points:,} withdrawn pairs removed; datasets that contained them: {datasets}")
        report = collection.collect()
        self.stdout.write(f"{report.looked_at:,} rewrites with feedback checked, {report.accepted:,} pairs collected")
