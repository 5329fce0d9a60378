"""`manage.py verify SOURCE REWRITE`: does a rewrite, made by anything, still say what its source says?

Needs no server and no database. Exit status: 0 when every pair is kept, 1 when one is not, 2 on input that is wrong.
"""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from humanize.api.responses import VerdictResponse
from humanize.cli.streams import dump_json, read_lines
from humanize.cli.verification import TextPair, VerdictLine, verify, verify_lines
from humanize.facts.findings import Answer
from humanize.options import RewriteOptions
from humanize.uploads.extract import read_input
from humanize.validation import FORMATS, check_characters, check_options
from youman.core.api.responses import Json
from youman.core.errors import YoumanError

NOT_KEPT, WRONG_INPUT = 1, 2


class Command(BaseCommand):
    help = "Check whether a rewrite still says what its source says: kept, look (a person decides) or refused."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="*", help="the source and the rewrite; with --jsonl one file, or - (the default)"
        )
        parser.add_argument(
            "--jsonl", action="store_true", help="read one JSON object with source and rewrite per line"
        )
        parser.add_argument("--json", action="store_true", help="print the verdict on two files as a JSON object")
        parser.add_argument("--language", default="auto", help="a two-letter code of ISO 639-1, or auto")
        parser.add_argument("--format", default="auto", help=f"the markup: {', '.join(FORMATS)}")
        parser.add_argument(
            "--protect", action="append", default=[], metavar="PHRASE", help="this phrase must stay; repeatable"
        )

    def handle(self, *args: object, **options: object) -> None:
        files = options["files"]
        assert isinstance(files, list)
        try:
            kept = self._lines(files, options) if options["jsonl"] else self._pair(files, options)
        except YoumanError as error:
            raise CommandError(error.detail, returncode=WRONG_INPUT) from error
        if not kept:
            self.stdout.flush()
            raise SystemExit(NOT_KEPT)

    def _pair(self, files: list[str], options: dict[str, object]) -> bool:
        if len(files) != 2:
            raise CommandError("Name two files, the source and the rewrite, or use --jsonl", returncode=WRONG_INPUT)
        source, rewrite = (
            check_characters(read_input(b"".join(read_lines(name, status=WRONG_INPUT)), name)[0], name)
            for name in files
        )
        verdict = verify(TextPair(source, rewrite, _options(options)))
        if options["json"]:
            self.stdout.write(dump_json(VerdictResponse(verdict).data))
        else:
            self.stdout.write(verdict.answer)
            for finding in verdict.findings:
                self.stdout.write(f"  {finding.answer}: {finding.kind}: {finding.detail}")
        return verdict.answer == Answer.KEPT

    def _lines(self, files: list[str], options: dict[str, object]) -> bool:
        if len(files) > 1:
            raise CommandError("With --jsonl, name one file or none", returncode=WRONG_INPUT)
        kept, failed = True, 0
        lines = read_lines(files[0] if files else "-", status=WRONG_INPUT)
        for line in verify_lines(lines, _options(options)):
            self.stdout.write(dump_json(_answer(line)))
            self.stdout.flush()
            failed += line.verdict is None
            kept = kept and line.verdict is not None and line.verdict.answer == Answer.KEPT
        if failed:
            raise CommandError(
                f"{failed} of the lines could not be checked; see the field error of each", returncode=WRONG_INPUT
            )
        return kept


def _options(options: dict[str, object]) -> RewriteOptions:
    protected = options["protect"]
    assert isinstance(protected, list)
    return check_options(format=str(options["format"]), language=str(options["language"]), protected=protected)


def _answer(line: VerdictLine) -> Json:
    return {"id": line.id} | ({"error": line.error} if line.verdict is None else VerdictResponse(line.verdict).data)
