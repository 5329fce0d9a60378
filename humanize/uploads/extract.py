"""Text from an uploaded .txt, .md or .docx. A Word file's headings, lists and tables become Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Protocol

from humanize.errors import FileTooLarge, UnknownFileType
from humanize.uploads.decode import decode
from humanize.uploads.docx import docx_to_markdown
from humanize.validation import check_text, count_words

MAX_BYTES = 20 * 1024 * 1024
_FORMATS = {".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown", ".docx": "markdown"}


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Extracted:
    title: str
    text: str
    format: str
    words: int


def extract(name: str, file: Readable) -> Extracted:
    """Raises UnknownFileType, FileTooLarge, UnreadableText, ArchiveRefused, InvalidInput for an empty text."""
    path = PurePath(name.replace("\\", "/"))
    suffix = path.suffix.lower()
    if suffix not in _FORMATS:
        raise UnknownFileType(f"{path.name[:80]!r} cannot be read; save it as .txt, .md or .docx")
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise FileTooLarge(f"The file is over {MAX_BYTES // 1024 // 1024} MB; split it, or paste the text")
    text = docx_to_markdown(BytesIO(data)) if suffix == ".docx" else decode(data, "The file")
    return Extracted(path.stem[:200] or "Untitled", check_text(text, "the file"), _FORMATS[suffix], count_words(text))
