"""`manage.py route [FILE|-]`: show which candidates would be asked for a text, in which order, and why. Calls none."""

from __future__ import annotations

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from humanize.cli.dry_run import as_json, as_lines, dry_run
from humanize.cli.streams import read_lines
from humanize.routing.policy import TIERS
from humanize.uploads.extract import read_input
from humanize.validation import check_options
from youman.core.errors import YoumanError


class Command(BaseCommand):
    help = "Show how the router would order the candidates for a text, and why each is chosen or excluded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", default="-", help="a UTF-8 file, a .docx, or - for standard input (the default)"
        )
        parser.add_argument("--tier", choices=TIERS, default="PROFESSIONAL", help="the account tier")
        parser.add_argument("--model", default="auto", help="auto, rules, or the name of a deployment")
        parser.add_argument("--strategy", default="auto", help="the register, or auto")
        parser.add_argument("--language", default="auto", help="a two-letter code of ISO 639-1, or auto")
        parser.add_argument("--patient", action="store_true", help="route the text as one that may wait")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: object, **options: object) -> None:
        name = str(options["file"])
        try:
            asked = check_options(strategy=str(options["strategy"]), language=str(options["language"]))
            run = dry_run(
                text=read_input(b"".join(read_lines(name)), name)[0],
                tier=str(options["tier"]),
                model=str(options["model"]),
                options=asked,
                patient=bool(options["patient"]),
            )
        except YoumanError as error:
            raise CommandError(error.detail) from error
        text = json.dumps(as_json(run), ensure_ascii=False, indent=1) if options["json"] else "\n".join(as_lines(run))
        self.stdout.write(text)
