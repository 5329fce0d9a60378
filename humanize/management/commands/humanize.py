"""`manage.py humanize [FILE|-]`: rewrite a text on the command line. With the rules it needs no server or database."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from contextlib import suppress
from dataclasses import replace
from io import TextIOWrapper

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from humanize.api.responses import RewriteResponse
from humanize.cli import output
from humanize.cli.offline import OfflineRequest, rewrite, rewrite_lines
from humanize.cli.streams import dump_json, read_lines
from humanize.uploads.extract import is_word_file, read_input
from humanize.validation import FORMATS, STRATEGIES, check_options, check_text
from youman.core.errors import YoumanError


class Command(BaseCommand):
    help = "Rewrite a text and print the result, a JSON object or a diff."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", default="-", help="a UTF-8 file, a .docx, or - for standard input (the default)"
        )
        parser.add_argument("--level", type=int, default=3, help="how much may change, 1 to 5 (default 3)")
        parser.add_argument("--strategy", default="auto", help=f"the register: {', '.join(STRATEGIES)}")
        parser.add_argument("--language", default="auto", help="a two-letter code of ISO 639-1, or auto")
        parser.add_argument(
            "--protect", action="append", default=[], metavar="PHRASE", help="keep this phrase unchanged; repeatable"
        )
        parser.add_argument("--format", default="auto", help=f"the markup: {', '.join(FORMATS)}")
        parser.add_argument(
            "--model",
            default="auto",
            help="auto (here: the rules), rules, or the name of a deployment; see manage.py route",
        )
        how = parser.add_mutually_exclusive_group()
        how.add_argument(
            "--json", action="store_true", help="print one JSON object with the fields of the API's answer"
        )
        how.add_argument("--diff", action="store_true", help="print the changes, coloured on a terminal")
        how.add_argument(
            "--jsonl",
            action="store_true",
            help='read one JSON object {"id", "text", …} per line and print one answer per line, in order',
        )

    def handle(self, *args: object, **options: object) -> None:
        if isinstance(sys.stdout, TextIOWrapper):
            # UTF-8 whatever the terminal is set to, since the input is UTF-8, and the author's line ends on any system
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        try:
            self._run(options)
        except YoumanError as error:
            raise CommandError(error.detail) from error
        except DatabaseError as error:
            raise CommandError(
                "A named model needs the database: run manage.py migrate, or use --model rules"
            ) from error
        except BrokenPipeError:
            _drop_output()  # the reading process has closed the pipe
        except OSError as error:
            _drop_output()
            raise CommandError(f"The output cannot be written: {error.strerror}") from error

    def _run(self, options: dict[str, object]) -> None:
        request = _request(options)
        name = str(options["file"])
        if options["jsonl"]:
            self._bulk(name, request)
            return
        request, not_read = _with_text(request, name, b"".join(read_lines(name)))
        progress = output.ProgressDisplay(sys.stderr, enabled=sys.stderr.isatty() or options["verbosity"] == 2)
        if not_read:
            self.stderr.write(f"note: {not_read}", self.style.NOTICE)
        answer = rewrite(request, progress)
        if options["json"]:
            self.stdout.write(dump_json(RewriteResponse(answer).data, indent=2))
        else:
            colour = self._coloured()
            told = output.as_diff(answer, colour=colour) if options["diff"] else answer.rewrite.result
            self.stdout.write(told, ending="")
            self.stdout.flush()
            for note in output.notes_of(answer):
                self.stderr.write(f"note: {note}", self.style.NOTICE)
        self.stdout.flush()

    def _bulk(self, name: str, defaults: OfflineRequest) -> None:
        failed = 0
        for line in rewrite_lines(read_lines(name), defaults):
            body = {"error": line.error} if line.answer is None else RewriteResponse(line.answer).data
            self.stdout.write(dump_json({"id": line.id} | body))
            self.stdout.flush()
            failed += line.answer is None
        if failed:
            raise CommandError(f"{failed} of the lines could not be rewritten; see the field error of each")

    def _coloured(self) -> bool:
        return self.style.SUCCESS("x") != "x"


def _request(options: dict[str, object]) -> OfflineRequest:
    protected = options["protect"]
    assert isinstance(protected, list)
    checked = check_options(
        level=int(str(options["level"])),
        strategy=str(options["strategy"]),
        language=str(options["language"]),
        format=str(options["format"]),
        protected=protected,
    )
    return OfflineRequest("", checked, str(options["model"]))


def _with_text(request: OfflineRequest, name: str, data: bytes) -> tuple[OfflineRequest, str]:
    """The request with the file's text, and one line about what a Word file holds besides, "" for nothing."""
    text, left_out = read_input(data, name)
    options = request.options
    if options.format == "auto" and is_word_file(name, data):
        options = replace(options, format="markdown")
    return replace(request, text=check_text(text, "the text"), options=options), left_out


def _drop_output() -> None:
    """Discard what is left in the output buffer, so that the interpreter raises no error when it exits."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
