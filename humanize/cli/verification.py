"""Checks of rewrites for the command: one pair, or a pair in each line of JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from humanize.cli import json_lines
from humanize.facts.check import check
from humanize.facts.findings import Verdict
from humanize.options import RewriteOptions
from humanize.pipeline.rewrite import resolve
from humanize.validation import check_characters, check_options, problem
from youman.core.errors import YoumanError

_EXAMPLE = '{"id": 1, "source": "…", "rewrite": "…"}'
_KEYS = frozenset({"id", "source", "rewrite", "format", "language", "protected"})


@dataclass(frozen=True, slots=True)
class TextPair:
    """A checked pair of texts with format, language and protected phrases."""

    source: str
    rewrite: str
    options: RewriteOptions


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """The answer to one line, or its error. `id` is the `id` of the input line, of any JSON type."""

    id: object
    verdict: Verdict | None = None
    error: str = ""


def verify(pair: TextPair) -> Verdict:
    """Return the verdict on a pair; the language "auto" is read from the source."""
    options = resolve(pair.source, pair.options)
    return check(
        pair.source,
        pair.rewrite,
        format=options.format,
        language=options.language,
        protected=options.protected,
    )


def verify_lines(lines: Iterable[bytes], defaults: RewriteOptions) -> Iterator[VerdictLine]:
    """Answer each line of JSON in order as it arrives. A line that cannot be read gives an error, not an end."""
    for raw in lines:
        if raw.strip():
            yield _line(raw, defaults)


def _line(raw: bytes, defaults: RewriteOptions) -> VerdictLine:
    name: object = None
    try:
        fields = json_lines.read_object(raw, _EXAMPLE)
        name = fields.get("id")
        return VerdictLine(name, verify(_pair(fields, defaults)))
    except YoumanError as error:
        return VerdictLine(name, error=error.detail)
    except RecursionError:
        return VerdictLine(None, error="the line is nested too deeply; send a flat JSON object")


def _pair(fields: dict[str, object], defaults: RewriteOptions) -> TextPair:
    json_lines.check_keys(fields, _KEYS)
    for key in ("source", "rewrite"):
        if key not in fields:
            raise problem(key, "is missing; send both texts")
    options = check_options(
        format=json_lines.text_in(fields, "format", defaults.format),
        language=json_lines.text_in(fields, "language", defaults.language),
        protected=json_lines.phrases_in(fields, "protected", defaults.protected),
    )
    source, rewrite = (check_characters(json_lines.text_in(fields, key, ""), key) for key in ("source", "rewrite"))
    return TextPair(source, rewrite, options)
