from __future__ import annotations

from registry.contracts import VersionRef


def test_a_version_is_named_by_model_and_number() -> None:
    assert str(VersionRef("detector", 3)) == "detector/3"
