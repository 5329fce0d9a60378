"""Words of real Word files that the reader loses or doubles, against a count in their XML."""

from __future__ import annotations

from benchmarks.support import data
from benchmarks.support.report import Figure, judged
from humanize.uploads.word_process import word_text
from tests.humanize.uploads.accepted_words import words_in_file, words_of_markdown


def docx_words_lost() -> tuple[Figure, str]:
    """Count over all files of `docx/`. Raises SystemExit where the shared data set is missing."""
    folder = data.folder() / "docx"
    files = sorted(folder.glob("*.docx"))
    if not files:
        raise SystemExit(f"The shared data set has no Word files at {folder}; set YOUMAN_DATA to its folder.")
    lost = doubled = 0
    for file in files:
        content = file.read_bytes()
        there, read = words_in_file(content), words_of_markdown(word_text(content)[0])
        lost += (there - read).total()
        doubled += (read - there).total()
    note = f"{len(files)} Word files; {doubled:,} words were doubled, which counts as well"
    return judged("docx_words_lost", lost + doubled, "words", "=", 0), note
