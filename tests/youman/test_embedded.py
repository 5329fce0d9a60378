"""The folder of the embedded mode: made on first use, refused plainly where it cannot be trusted."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from youman import embedded, env


@pytest.fixture
def far_socket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An installation whose own folder has too long a name, so that its socket lies in the temporary folder."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv("YOUMAN_VAR", str(tmp_path / ("x" * 100)))
    return env.valkey_socket().parent


def test_the_place_of_the_socket_is_for_the_owner_alone(far_socket: Path) -> None:
    embedded.make_folders()
    assert far_socket.stat().st_mode & 0o777 == 0o700


def test_a_place_that_others_can_write_is_refused(far_socket: Path) -> None:
    far_socket.mkdir()
    far_socket.chmod(0o777)
    with pytest.raises(embedded.EmbeddedModeError, match="others can write in it"):
        embedded.make_folders()
