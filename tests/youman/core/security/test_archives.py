"""Hostile archives: each is refused with a plain word, none is unpacked."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest

from youman.core.errors import ArchiveRefused
from youman.core.security.archives import Bounds, check_zip, read_entry


def made(entries: dict[str, bytes], *, link: bool = False) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if link:
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, data)
    file.seek(0)
    return file


@pytest.mark.parametrize("name", ["../up", "/etc/passwd", "a/../../b", "C:\\x", "..\\up"])
def test_paths_outside_are_refused(name: str) -> None:
    with pytest.raises(ArchiveRefused, match="outside"):
        check_zip(made({name: b"x"}))


def test_links_are_refused() -> None:
    with pytest.raises(ArchiveRefused, match="link"):
        check_zip(made({"a": b"/etc/passwd"}, link=True))


def test_bombs_are_refused() -> None:
    with pytest.raises(ArchiveRefused, match="too large when unpacked"):
        check_zip(made({"a": b"\0" * 5_000_000}))
    with pytest.raises(ArchiveRefused, match="3 entries; pack up to 2"):
        check_zip(made({"a": b"", "b": b"", "c": b""}), Bounds(entries=2))
    with pytest.raises(ArchiveRefused, match="more than 0 MiB"):
        check_zip(made({"a": b"abc", "b": b"def"}), Bounds(total=5))


def test_a_large_directory_is_refused_before_it_is_read() -> None:
    with pytest.raises(ArchiveRefused, match="directory is too large"):
        check_zip(made({f"{number:060}": b"" for number in range(1_000)}), Bounds(entries=10))
    archive = check_zip(made({"a": b"x" * 200_000}), Bounds(entries=1))
    assert len(read_entry(archive, "a")) == 200_000


def test_what_is_no_archive_is_refused() -> None:
    with pytest.raises(ArchiveRefused, match="not a ZIP"):
        check_zip(io.BytesIO(b"MZ not a zip"))


def test_entries_are_read_within_bounds() -> None:
    archive = check_zip(made({"a": b"hello"}))
    assert read_entry(archive, "a") == b"hello"
    with pytest.raises(ArchiveRefused, match="lacks b"):
        read_entry(archive, "b")
    with pytest.raises(ArchiveRefused, match="more than"):
        read_entry(archive, "a", Bounds(entry=4))
