"""Errors of rewriting, below those of the kernel.

InvalidInput ── UnreadableText, UnknownModel, UnstorableText
Conflict ── StaleVersion
TooLarge ── TextTooLong, FileTooLarge
UnsupportedFile ── UnknownFileType
"""

from __future__ import annotations

from youman.core.errors import Conflict, InvalidInput, TooLarge, UnsupportedFile


class UnreadableText(InvalidInput):
    code, title = "unreadable_text", "The file is not UTF-8 text"


class UnknownModel(InvalidInput):
    code, title = "unknown_model", "There is no such model"


class StaleVersion(Conflict):
    code, title = "stale_version", "This has changed since it was read"


class UnstorableText(InvalidInput):
    code, title = "unstorable_text", "This document cannot be stored; check its text and its title for odd characters"


class TextTooLong(TooLarge):
    code, title = "text_too_long", "The text is longer than your tier allows"


class FileTooLarge(TooLarge):
    code, title = "file_too_large", "The file is too large"


class UnknownFileType(UnsupportedFile):
    code, title = "unknown_file_type", "Only .txt, .md and .docx files are supported"
