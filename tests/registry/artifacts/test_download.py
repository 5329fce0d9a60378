"""Ranges as RFC 9110 has them, and links that end."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from hypothesis import given
from hypothesis import strategies as st

from registry import selectors
from registry.artifacts import download
from registry.artifacts.download import ByteRange, byte_range_of
from registry.models import RegisteredModel
from tests.registry.conftest import published
from youman.core.errors import Forbidden, InvalidInput


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("", ByteRange(0, 10, whole=True)),
        ("bytes=0-", ByteRange(0, 10, whole=True)),
        ("bytes=2-4", ByteRange(2, 5, whole=False)),
        ("bytes=8-99", ByteRange(8, 10, whole=False)),
        ("bytes=-3", ByteRange(7, 10, whole=False)),
        ("bytes=-99", ByteRange(0, 10, whole=True)),
        ("bytes=-0", None),
        ("bytes=10-", None),
        ("bytes=4-2", None),
        ("bytes=-", ByteRange(0, 10, whole=True)),
        ("bytes=0-1,3-4", ByteRange(0, 10, whole=True)),
        ("lines=1-2", ByteRange(0, 10, whole=True)),
    ],
)
def test_ranges(header: str, span: ByteRange | None) -> None:
    assert byte_range_of(header, 10) == span


@given(st.text(max_size=40), st.integers(1, 10**12))
def test_no_header_gives_bytes_that_are_not_there(header: str, size: int) -> None:
    found = byte_range_of(f"bytes={header}", size)
    assert found is None or 0 <= found.start < found.end <= size


@pytest.mark.django_db
def test_a_link_ends_and_is_for_one_artifact_and_one_reader(
    model: RegisteredModel, root: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (selectors.live_artifacts(published(model, tmp_path / n))[0] for n in "ab")
    token = download.link_to(first, root, "/x").partition("token=")[2]
    assert download.user_of_link(token, first.pk) == root
    with pytest.raises(Forbidden, match="not for this artifact"):
        download.user_of_link(token, second.pk)
    with pytest.raises(InvalidInput):
        download.user_of_link(f"{token}x", first.pk)
    monkeypatch.setattr(download, "LINK_SECONDS", -1)
    with pytest.raises(Forbidden, match="expired"):
        download.user_of_link(token, first.pk)
    monkeypatch.undo()
    User.objects.update(is_staff=False)
    with pytest.raises(Forbidden):
        download.user_of_link(token, first.pk)
