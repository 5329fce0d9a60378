"""What commands read and print: files or standard input piece by piece, and JSON that any terminal can show."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import CommandError

from humanize.validation import is_encodable
from youman.core.api.responses import Json


def read_lines(name: str, *, status: int = 1) -> Iterator[bytes]:
    """Yield the lines of a file, or of standard input for "-", as they arrive.

    Raises CommandError with the exit status when the file cannot be read.
    """
    if name == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(name).open("rb") as file:
            yield from file
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}", returncode=status) from error


def dump_json(body: Json, indent: int | None = None) -> str:
    """Return JSON with readable characters, or with escapes if an `id` has half a surrogate pair, which UTF-8 lacks."""
    text = json.dumps(body, ensure_ascii=False, indent=indent)
    return text if is_encodable(text) else json.dumps(body, indent=indent)
