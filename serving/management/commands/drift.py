"""`manage.py drift`: today's comparison of each deployment's last week with the weeks before it."""

from __future__ import annotations

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from serving.api.responses import DriftReportResponse
from serving.drift.reports import report
from serving.models import DriftReport


class Command(BaseCommand):
    help = "Compare what came in last week, and what became of it, with the four weeks before; store what drifted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="a line of JSON a deployment")

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
