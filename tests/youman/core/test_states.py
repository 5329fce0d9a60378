"""The guarded transition, on the one model with a state that the product has."""

from __future__ import annotations

from youman.core.states import sources_of

EDGES = {
    "queued": frozenset({"running", "cancelled"}),
    "running": frozenset({"completed", "cancelled"}),
    "completed": frozenset[str](),
    "cancelled": frozenset({"queued"}),
}


def test_sources_are_read_off_the_table_of_edges() -> None:
    assert sources_of(EDGES, "cancelled") == ("queued", "running")
    assert sources_of(EDGES, "completed") == ("running",)
    assert sources_of(EDGES, "unheard-of") == ()
