"""`manage.py collect_pairs`: collects now what the schedule would collect within the minute."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from training.pairs import collection, withdrawal


class Command(BaseCommand):
    help = "Collect pairs from rewrites with feedback of consenting accounts; remove what was withdrawn."

    def handle(self, *args: object, **options: object) -> None:
        for row in withdrawal.withdraw_all():
            self.stdout.write(f"withdrawn: {row.points:,} pairs; datasets reached: {', '.join(row.datasets) or 'none'}")
        report = collection.collect()
        self.stdout.write(f"{report.looked_at:,} rewrites with feedback looked at, {report.accepted:,} pairs collected")
