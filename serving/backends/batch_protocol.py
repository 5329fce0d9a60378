"""What a backend is that takes calls by the batch, and what the vendors' batches have in common.

A batch may have arrived though its answer was lost, so it can be found again: by our id where the vendor keeps one,
else by its results. Failures are `BackendError`s as for single calls.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from serving.backends.base import BackendError, NetworkError, RewriteRequest, RewriteResult
from serving.backends.target import Target

MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """A batch that may be at the vendor: our id, how many calls, between when it must have been sent.

    `known` are vendor's ids that belong to other batches of ours, or are known not to be this one.
    """

    id: str
    count: int
    since: datetime
    until: datetime
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """Not `certain`: it fits, and only its results will say whether it is ours. Then it must not be cancelled."""

    vendor_id: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Seen:
    """How a batch stands. `over`: nothing more will come, and the results are there as far as there are any."""

    over: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """Of one call: its id as we gave it, and the answer or the failure."""

    id: str
    result: RewriteResult | None = None
    error: BackendError | None = None


class BatchBackend(Protocol):
    """Raises BackendError and nothing else."""

    def submit(self, batch: str, calls: Sequence[tuple[str, RewriteRequest]], *, deadline_s: float) -> str:
        """The vendor's id of the batch."""

    def find(self, wanted: Wanted, *, deadline_s: float) -> Found | None:
        """None when it is not there."""

    def look(self, vendor_id: str, *, deadline_s: float) -> Seen: ...

    def results(self, vendor_id: str, ids: Sequence[str], *, deadline_s: float) -> Iterator[BatchAnswer]:
        """In any order. Calls of `ids` that are left out were not done. A download that breaks raises NetworkError."""

    def cancel(self, vendor_id: str, *, deadline_s: float) -> None:
        """Ask for an end; what is done by then may still come."""

    def close(self) -> None: ...


def lines_of(target: Target, body: bytes) -> Iterator[Mapping[str, object]]:
    """JSON, one object a line. Raises NetworkError at a line that was cut: the rest is asked for again."""
    for line in body.splitlines():
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError as error:
            raise NetworkError(f"The results of {target.name} broke off; they are asked for again") from error
        if isinstance(found, dict):
            yield found
