"""`manage.py drift`: compare each deployment's last week with the four weeks before."""

from __future__ import annotations

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from serving.api.responses import DriftReportResponse
from serving.drift.reports import report
from serving.models import DriftReport


class Command(BaseCommand):
    help = "Compare the calls of last week, and their outcomes, with the four weeks before; store reports and alerts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one line of JSON for each deployment")

    def handle(self, *args: object, **options: object) -> None:
        found = report()
        if not found:
            self.stderr.write("No active deployment was called in the last five weeks")
        for one in found:
            self.stdout.write(json.dumps(DriftReportResponse(one).data) if options["json"] else _said(one))


def _said(one: DriftReport) -> str:
    head = f"{one.deployment.name}: {one.recent_calls} calls last week, {one.reference_calls} in the four before"
    if not one.figures:
        return f"{head}; too few to compare"
    lines = [
        f"  {'DRIFT' if figure['drifted'] else 'same '} {figure['value']:8.3f} {figure['sentence']}"
        for figure in one.figures
    ]
    return "\n".join([head, *lines])
