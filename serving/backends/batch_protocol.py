"""The interface of backends that accept batches of calls, and what the vendors' batches have in common.

A batch may have arrived although the answer was lost, so it can be searched for: by our id where the vendor stores it,
otherwise by its results. Failures are `BackendError`s as for single calls.
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
    """A batch that may be at the vendor: our id, the number of calls, and when it must have been sent.

    `known` are vendor ids of our other batches, or of batches that are known not to be this one.
    """

    id: str
    count: int
    since: datetime
    until: datetime
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """A batch at the vendor. If not `certain`, only its results will tell whether it is ours: do not cancel it."""

    vendor_id: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Seen:
    """The status of a batch. `over` means that nothing more will come, and that any results can be downloaded."""

    over: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """The answer to one call: its id as we sent it, and the result or the failure."""

    id: str
    result: RewriteResult | None = None
    error: BackendError | None = None


class BatchBackend(Protocol):
    """Submits batches and follows them. Raises BackendError and nothing else."""

    def submit(self, batch: str, calls: Sequence[tuple[str, RewriteRequest]], *, deadline_s: float) -> str:
        """Submit the calls and return the vendor's id of the batch."""

    def find(self, wanted: Wanted, *, deadline_s: float) -> Found | None:
        """Search for a batch; return None when the vendor does not have it."""

    def look(self, vendor_id: str, *, deadline_s: float) -> Seen:
        """Return the status of a batch."""

    def results(self, vendor_id: str, ids: Sequence[str], *, deadline_s: float) -> Iterator[BatchAnswer]:
        """Yield the answers in any order; calls of `ids` without one were not done. A broken download: NetworkError."""

    def cancel(self, vendor_id: str, *, deadline_s: float) -> None:
        """Ask the vendor to stop; what is done by then may still come."""

    def close(self) -> None:
        """Close the connections."""


def lines_of(target: Target, body: bytes) -> Iterator[Mapping[str, object]]:
    """Parse JSON, one object per line. Raises NetworkError at a cut line: the rest must be downloaded again."""
    for line in body.splitlines():
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError as error:
            raise NetworkError(f"The results of {target.name} broke off; they will be downloaded again") from error
        if isinstance(found, dict):
            yield found
