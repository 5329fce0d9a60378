"""Checks of what a writer requests, shared by the API and the command. Every message says how to fix the input."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import cast, get_args

from humanize.options import LEVELS, Dictionary, RewriteOptions, Strategy, TextFormat
from youman.core.errors import FieldProblem, InvalidInput, YoumanError

MAX_PHRASES = 200
MAX_PHRASE_LENGTH = 2_000
STRATEGIES: tuple[str, ...] = get_args(Strategy)
FORMATS: tuple[str, ...] = get_args(TextFormat)
# ISO 639-1.
LANGUAGES = frozenset(
    [
        "aa",
        "ab",
        "ae",
        "af",
        "ak",
        "am",
        "an",
        "ar",
        "as",
        "av",
        "ay",
        "az",
        "ba",
        "be",
        "bg",
        "bh",
        "bi",
        "bm",
        "bn",
        "bo",
        "br",
        "bs",
        "ca",
        "ce",
        "ch",
        "co",
        "cr",
        "cs",
        "cu",
        "cv",
        "cy",
        "da",
        "de",
        "dv",
        "dz",
        "ee",
        "el",
        "en",
        "eo",
        "es",
        "et",
        "eu",
        "fa",
        "ff",
        "fi",
        "fj",
        "fo",
        "fr",
        "fy",
        "ga",
        "gd",
        "gl",
        "gn",
        "gu",
        "gv",
        "ha",
        "he",
        "hi",
        "ho",
        "hr",
        "ht",
        "hu",
        "hy",
        "hz",
        "ia",
        "id",
        "ie",
        "ig",
        "ii",
        "ik",
        "io",
        "is",
        "it",
        "iu",
        "ja",
        "jv",
        "ka",
        "kg",
        "ki",
        "kj",
        "kk",
        "kl",
        "km",
        "kn",
        "ko",
        "kr",
        "ks",
        "ku",
        "kv",
        "kw",
        "ky",
        "la",
        "lb",
        "lg",
        "li",
        "ln",
        "lo",
        "lt",
        "lu",
        "lv",
        "mg",
        "mh",
        "mi",
        "mk",
        "ml",
        "mn",
        "mr",
        "ms",
        "mt",
        "my",
        "na",
        "nb",
        "nd",
        "ne",
        "ng",
        "nl",
        "nn",
        "no",
        "nr",
        "nv",
        "ny",
        "oc",
        "oj",
        "om",
        "or",
        "os",
        "pa",
        "pi",
        "pl",
        "ps",
        "pt",
        "qu",
        "rm",
        "rn",
        "ro",
        "ru",
        "rw",
        "sa",
        "sc",
        "sd",
        "se",
        "sg",
        "si",
        "sk",
        "sl",
        "sm",
        "sn",
        "so",
        "sq",
        "sr",
        "ss",
        "st",
        "su",
        "sv",
        "sw",
        "ta",
        "te",
        "tg",
        "th",
        "ti",
        "tk",
        "tl",
        "tn",
        "to",
        "tr",
        "ts",
        "tt",
        "tw",
        "ty",
        "ug",
        "uk",
        "ur",
        "uz",
        "ve",
        "vi",
        "vo",
        "wa",
        "wo",
        "xh",
        "yi",
        "yo",
        "za",
        "zh",
        "zu",
    ]
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_CHARACTERS_A_WORD = 32


def check_text(text: str, field: str = "text") -> str:
    """Return the text unchanged. Raises InvalidInput if it is empty or has characters that cannot be stored."""
    if not text.removeprefix("\ufeff").strip():
        raise problem(field, "is empty; send the text to rewrite")
    return check_characters(text, field)


def check_characters(text: str, field: str) -> str:
    """Return the text unchanged. Raises InvalidInput naming the field if it cannot be stored or encoded."""
    if "\x00" in text:
        raise problem(field, "contains a NUL character; remove it, or check that the file is text and not binary")
    if not is_encodable(text):
        raise problem(field, "contains half a surrogate pair; encode the text as UTF-8 again")
    return text


def is_encodable(text: str) -> bool:
    """Return whether UTF-8 can encode the text; it cannot encode half a surrogate pair, which JSON allows."""
    return text.isascii() or not _SURROGATE.search(text)


def check_options(
    *,
    level: int = 3,
    strategy: str = "auto",
    language: str = "auto",
    format: str = "auto",
    protected: Sequence[str] = (),
    dictionary: Dictionary | None = None,
) -> RewriteOptions:
    """Return the options. Raises InvalidInput naming the field and the values that it accepts."""
    if isinstance(level, bool) or level not in LEVELS:
        raise problem("level", "must be a whole number from 1 (least) to 5 (most)")
    if strategy not in STRATEGIES:
        raise problem("strategy", f"must be one of {', '.join(STRATEGIES)}")
    if format not in FORMATS:
        raise problem("format", f"must be one of {', '.join(FORMATS)}")
    options = RewriteOptions(
        level=level,
        strategy=cast(Strategy, strategy),
        language=_language(language),
        format=cast(TextFormat, format),
        protected=_phrases(protected),
    )
    return options if dictionary is None else replace(options, dictionary=dictionary)


def count_words(text: str) -> int:
    """Count the words of a text for limits and quotas. In scripts without spaces, 32 characters count as one word."""
    return max(len(text.split()), len(text) // _CHARACTERS_A_WORD, 1)


def problem(field: str, message: str) -> YoumanError:
    """Return the error for one field of a request; the message goes on after the field's name."""
    return InvalidInput(f"{field} {message}", problems=(FieldProblem(field, message),))


def _language(code: str) -> str:
    base = code.strip().lower().replace("_", "-").split("-")[0]
    if base != "auto" and base not in LANGUAGES:
        raise problem("language", "must be auto or a two-letter code such as en")
    return base


def _phrases(phrases: Sequence[str]) -> tuple[str, ...]:
    if len(phrases) > MAX_PHRASES:
        raise problem("protected", f"has {len(phrases)} phrases; up to {MAX_PHRASES} are allowed")
    for phrase in phrases:
        if len(phrase) > MAX_PHRASE_LENGTH:
            raise problem("protected", f"has a phrase over {MAX_PHRASE_LENGTH:,} characters; send several")
        check_characters(phrase, "protected")
    return tuple(phrase.strip() for phrase in phrases if phrase.strip())
