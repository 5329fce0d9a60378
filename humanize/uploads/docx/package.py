"""The archive below a Word file: its parts, how they relate, and XML that is read without entities or a network.

Names are short here: "w:p" is a paragraph in both the transitional and the strict namespace.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from typing import TypeAlias
from urllib.parse import unquote

from lxml import etree

from humanize.errors import UnreadableText
from youman.core.security.archives import Bounds, check_zip, stream_entry

Element: TypeAlias = etree._Element

_MIB = 1024 * 1024
BOUNDS = Bounds(entries=2_000, total=128 * _MIB, entry=64 * _MIB)
MOST_TAGS = 3_000_000  # opening and closing ones; a book of 400,000 words, with a run for every four, has 800,000
MOST_ATTRIBUTES = 3_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DAMAGED = "The file is not a Word document, or it is damaged; open it in Word and save it again as .docx"

_OFFICE = "http://schemas.openxmlformats.org"
_STRICT = "http://purl.oclc.org/ooxml"
_PREFIXES = {
    f"{_OFFICE}/wordprocessingml/2006/main": "w",
    f"{_STRICT}/wordprocessingml/main": "w",
    f"{_OFFICE}/officeDocument/2006/math": "m",
    f"{_STRICT}/officeDocument/math": "m",
    f"{_OFFICE}/officeDocument/2006/relationships": "r",
    f"{_STRICT}/officeDocument/relationships": "r",
    f"{_OFFICE}/markup-compatibility/2006": "mc",
    f"{_OFFICE}/drawingml/2006/picture": "pic",
    f"{_STRICT}/drawingml/picture": "pic",
    f"{_OFFICE}/drawingml/2006/chart": "c",
    f"{_STRICT}/drawingml/chart": "c",
    f"{_OFFICE}/drawingml/2006/diagram": "dgm",
    f"{_STRICT}/drawingml/diagram": "dgm",
    "urn:schemas-microsoft-com:vml": "v",
}


@lru_cache(maxsize=4096)
def short(tag: object) -> str:
    """Return "w:p" for "{namespace}p"; names of other namespaces keep theirs."""
    if not isinstance(tag, str):
        return ""  # the reference to an entity, which brings nothing in
    if tag[:1] != "{":
        return tag
    namespace, _, name = tag[1:].partition("}")
    prefix = _PREFIXES.get(namespace)
    return f"{prefix}:{name}" if prefix else tag


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute by its short name ("w:val"), or None."""
    return next((str(value) for key, value in element.attrib.items() if short(str(key)) == name), None)


def child(element: Element | None, *names: str) -> Element | None:
    """Follow a path of short names down from an element, the first child of each name; None where it ends."""
    for name in names:
        if element is None:
            return None
        element = next((found for found in element if short(found.tag) == name), None)
    return element


def value(element: Element | None, *names: str) -> str | None:
    """Return the `val` at the end of a path of children, or None."""
    found = child(element, *names)
    return None if found is None else attribute(found, f"{short(found.tag)[:1]}:val")


def number(text: str | None, default: int, most: int = 999_999_999) -> int:
    """Return a whole number from 0 to `most`, or the default for anything else."""
    digits = (text or "").strip()
    if digits.isascii() and digits.isdigit() and len(digits) <= len(str(most)):
        return min(int(digits), most)
    return default


def numbered(root: Element) -> Iterator[tuple[int, Element]]:
    """Yield each element of a part with its number, as `Source.element` counts them."""
    return enumerate(root.iter())


class Package:
    """A checked archive. Raises ArchiveRefused for a bad archive and UnreadableText for one without Word's parts."""

    def __init__(self, data: bytes) -> None:
        if data.startswith(_OLE):
            raise UnreadableText(_old_or_encrypted(data))
        self._archive = check_zip(BytesIO(data), BOUNDS)
        self._names = {name.lower(): name for name in self._archive.namelist()}
        self._tags = self._attributes = 0
        self._targets: dict[str, list[tuple[str, str, str, bool]]] = {}
        self.document = next(iter(self.related("", "officeDocument")), "word/document.xml")

    def part(self, name: str) -> Element | None:
        """Parse a part, without its comments; None where the archive lacks it. Raises UnreadableText."""
        stored = self._names.get(name.lower())
        if stored is None:
            return None
        parser = etree.XMLParser(
            resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True
        )
        try:
            for data in stream_entry(self._archive, stored, BOUNDS):
                self._count(data)
                parser.feed(data)
            return parser.close()
        except etree.XMLSyntaxError as error:
            raise UnreadableText(_DAMAGED) from error

    def _count(self, data: bytes) -> None:
        """Bound the elements and attributes of all parts together while they are read, before they take memory."""
        self._tags += data.count(b"<")
        self._attributes += data.count(b"=")
        if self._tags > MOST_TAGS or self._attributes > MOST_ATTRIBUTES:
            raise UnreadableText("The Word file has more markup than a book; split it in Word, or save it as .txt")

    def main(self) -> Element:
        """Parse the main part. Raises UnreadableText where it is not a Word document's."""
        root = self.part(self.document)
        if root is None or short(root.tag) != "w:document":
            raise UnreadableText(_DAMAGED)
        return root

    def related(self, part: str, kind: str) -> list[str]:
        """Return the names of the parts that a part relates to in this way: "footnotes", "styles", "header"."""
        return [
            target
            for _, type_, target, external in self._relationships(part)
            if type_.endswith(f"/{kind}") and not external
        ]

    def links(self, part: str) -> dict[str, str]:
        """Return the addresses outside the file that a part links to, by the relationship's id."""
        return {key: target for key, _, target, external in self._relationships(part) if external}

    def _relationships(self, part: str) -> list[tuple[str, str, str, bool]]:
        if part not in self._targets:
            folder, name = posixpath.split(part)
            root = self.part(posixpath.join(folder, "_rels", f"{name}.rels"))
            self._targets[part] = [] if root is None else [_relationship(one, folder) for one in root]
        return self._targets[part]


def _relationship(element: Element, folder: str) -> tuple[str, str, str, bool]:
    """Id, type, target, and whether the target lies outside the file."""
    target, external = str(element.get("Target", "")), element.get("TargetMode") == "External"
    if not external:
        target = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
    return str(element.get("Id", "")), str(element.get("Type", "")), target, external


def _old_or_encrypted(data: bytes) -> str:
    if _ENCRYPTED in data:
        return "The Word file is encrypted; open it in Word, remove its password and save it again as .docx"
    return "The file is an old Word document (.doc); open it in Word and save it as .docx"
