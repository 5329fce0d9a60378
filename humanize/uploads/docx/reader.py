"""Reads a Word file from its bytes: the accepted view of the body, its notes and text boxes, and what was left out.

A pure function of the bytes: it opens no file, no connection and no database. Headers and footers repeat on every page
and are not part of the running text; they are counted, as are comments and pictures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from humanize.uploads.docx.package import Element, Package, short
from humanize.uploads.docx.stories import StoryReader
from humanize.uploads.docx.structure import Note, Unread, WordDocument
from humanize.uploads.docx.styles import WordStyles

_ORDER = (
    "image",
    "chart",
    "diagram",
    "ink drawing",
    "embedded object",
    "embedded document",
    "linked document",
    "comment",
    "header",
    "footer",
)


def read_docx(data: bytes) -> WordDocument:
    """Read a Word file. Raises ArchiveRefused for a bad archive, UnreadableText for what is not a Word document."""
    package = Package(data)
    styles = WordStyles(_related(package, "styles"), _related(package, "numbering"))
    unread = Counter[str]()
    body = StoryReader(package.document, styles, package.links(package.document), unread)
    root = package.main()
    body.read(root)
    notes = [note for kind in ("footnote", "endnote") for note in _notes(package, kind, styles, unread)]
    unread["comment"] += sum(len(part) for part in _parts(package, "comments"))
    for kind in ("header", "footer"):
        unread[kind] += sum(_has_text(part) for part in _parts(package, kind))
    counted = tuple(Unread(what, unread[what]) for what in _ORDER if unread[what])
    return WordDocument(body.stories.get("body", ()), tuple(notes), counted)


def not_read(unread: tuple[Unread, ...]) -> str:
    """Return one line about what was not read, such as "Not read: 2 images, 1 comment"; "" for nothing."""
    parts = [f"{one.count:,} {one.what}{'s' if one.count != 1 else ''}" for one in unread]
    return f"Not read: {', '.join(parts)}" if parts else ""


def _notes(package: Package, kind: str, styles: WordStyles, unread: Counter[str]) -> Iterator[Note]:
    for name in package.related(package.document, f"{kind}s"):
        root = package.part(name)
        if root is not None:
            reader = StoryReader(name, styles, package.links(name), unread)
            reader.read(root)
            yield from (Note(f"{kind}:{key}", blocks) for key, blocks in reader.stories.items())


def _related(package: Package, kind: str) -> Element | None:
    return next(_parts(package, kind), None)


def _parts(package: Package, kind: str) -> Iterator[Element]:
    for name in package.related(package.document, kind):
        root = package.part(name)
        if root is not None:
            yield root


def _has_text(root: Element) -> bool:
    return any(short(one.tag) == "w:t" and (one.text or "").strip() for one in root.iter("{*}t"))
