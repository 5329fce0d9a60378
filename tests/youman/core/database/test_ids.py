from __future__ import annotations

from youman.core.database.ids import new_id


def test_ids_are_version_7_and_sort_by_time() -> None:
    ids = [new_id() for _ in range(200)]
    assert {one.version for one in ids} == {7}
    assert {one.variant for one in ids} == {"specified in RFC 4122"}
    assert len(set(ids)) == 200
    milliseconds = [one.int >> 80 for one in ids]
    assert milliseconds == sorted(milliseconds)
