"""Reads a Word file in a child process, so that no file can take the memory or the time of the process that asks.

The module is also the child's program. What it reads with, `docx/`, is a pure function of the file's bytes.
"""

from __future__ import annotations

import json
import logging

from humanize.errors import FileTooLarge, UnreadableText
from humanize.uploads.docx.markdown import render
from humanize.uploads.docx.reader import not_read, read_docx
from youman.core.errors import ArchiveRefused, InvalidInput, Unavailable, YoumanError
from youman.core.runtime.bounded_pool import BoundedPool, ChildFailed, ChildLimits, Failure, serve

_MIB = 1024 * 1024
LIMITS = ChildLimits(memory=1024 * _MIB, output=48 * _MIB, processor_s=20, wall_s=45, wait_s=20)
_MOST_TEXT = 20 * _MIB  # bytes of UTF-8, as of a text file
_SPLIT = "split it in Word, or save it as .txt"
_REFUSALS: dict[str, type[InvalidInput]] = {one.code: one for one in (ArchiveRefused, UnreadableText)}
_FAILURES: dict[Failure, YoumanError] = {
    "memory": UnreadableText(f"The Word file takes too much memory to read; {_SPLIT}"),
    "time": UnreadableText(f"The Word file takes too long to read; {_SPLIT}"),
    "output": FileTooLarge(f"The Word file holds more than {_MOST_TEXT // _MIB} MB of text; {_SPLIT}"),
    "crash": UnreadableText("The Word file cannot be read; open it in Word and save it again as .docx"),
    "busy": Unavailable("Other Word files are being read; try again in a moment", retry_after_s=10),
}
_pool = BoundedPool("humanize.uploads.word_process", LIMITS)
_logger = logging.getLogger(__name__)


def read_word_file(data: bytes) -> tuple[str, str]:
    """Return a Word file's text as Markdown, and one line about what was not read, "" for nothing.

    Raises ArchiveRefused, UnreadableText, FileTooLarge, and Unavailable while other files keep every reader busy.
    """
    try:
        answer = json.loads(_pool.call(data))
    except ChildFailed as error:
        _logger.warning("reading a Word file failed: %s, %d bytes", error.reason, len(data))
        raise _FAILURES[error.reason] from error
    if "refusal" in answer:
        raise _REFUSALS[answer["refusal"]](answer["detail"])
    return answer["text"], answer["not_read"]


def word_text(data: bytes) -> tuple[str, str]:
    """Do the work of `read_word_file` in this process, within no limits. Raises ArchiveRefused and UnreadableText."""
    document = read_docx(data)
    return render(document).text, not_read(document.unread)


def _answer(data: bytes) -> bytes:
    try:
        text, left_out = word_text(data)
    except (ArchiveRefused, UnreadableText) as error:
        return json.dumps({"refusal": error.code, "detail": error.detail}).encode()
    return json.dumps({"text": text, "not_read": left_out}, ensure_ascii=False).encode("utf-8", "surrogatepass")


if __name__ == "__main__":
    serve(_answer, LIMITS)
