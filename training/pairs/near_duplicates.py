"""Near duplicates among all stored points: candidates by an index of bands, decided by the exact comparison."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from training.models import PointBand, TrainingDataPoint
from training.pairs.minhash import Hashes, band_keys, is_near, shingles
from youman.core.database.bulk_insert import insert_rows

_MOST_CANDIDATES = 12  # those that share most bands; a key that hundreds share belongs to boilerplate
_MOST_OF_A_KEY = 40
_KEYS_AT_ONCE = 5_000


@dataclass(slots=True)
class Neighbourhood:
    """What stands near one new text; `settle` says where it was put, for those that come after it in the batch."""

    shingles: Hashes
    keys: list[int]
    cluster: UUID | None = None
    splits: frozenset[str] = frozenset()
    point_id: UUID | None = None
    split: str = ""

    def settle(self, point: TrainingDataPoint) -> None:
        self.point_id, self.cluster, self.split = point.pk, point.cluster, point.split

    def join(self, cluster: UUID | None, split: str) -> None:
        if cluster is not None:
            self.cluster = cluster if self.cluster is None else min(self.cluster, cluster)
            self.splits |= {split}


class NeighbourBatch:
    """Texts that come in together; `walk` gives each its neighbourhood, `store` writes the index of the settled."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._all = []
        for text in texts:
            found = shingles(text)
            self._all.append(Neighbourhood(found, band_keys(found).tolist()))
        stored = _stored(list({key for one in self._all for key in one.keys}))
        self._near = [_most_shared(stored.get(key, ()) for key in one.keys) for one in self._all]
        self._rows = _rows({point for points in self._near for point in points})
        self._seen: dict[int, list[int]] = defaultdict(list)

    def walk(self) -> Iterator[Neighbourhood]:
        """One by one: a text also sees those of its batch that were settled before it."""
        for place, one in enumerate(self._all):
            self._fill(one, self._near[place])
            yield one
            for key in one.keys:
                self._seen[key].append(place)

    def store(self) -> None:
        pairs = [(key, one.point_id) for one in self._all if one.point_id for key in set(one.keys)]
        insert_rows(PointBand, ("key", "point_id"), pairs)

    def _fill(self, one: Neighbourhood, stored: Iterable[UUID]) -> None:
        for point_id in stored:
            there, cluster, split = self._rows[point_id]
            if is_near(one.shingles, there):
                one.join(cluster, split)
        for other in self._fellows(one):
            if is_near(one.shingles, other.shingles):
                one.join(other.cluster, other.split)

    def _fellows(self, one: Neighbourhood) -> list[Neighbourhood]:
        votes = Counter(place for key in one.keys for place in self._seen.get(key, ())[-_MOST_OF_A_KEY:])
        return [self._all[place] for place, _ in votes.most_common(_MOST_CANDIDATES)]


def _most_shared(found: Iterable[Sequence[UUID]]) -> list[UUID]:
    votes = Counter(point for points in found for point in points)
    return [point for point, _ in votes.most_common(_MOST_CANDIDATES)]


def _stored(keys: list[int]) -> dict[int, list[UUID]]:
    found: dict[int, list[UUID]] = defaultdict(list)
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        for key, point_id in _with_keys(keys[start : start + _KEYS_AT_ONCE]):
            if len(found[key]) < _MOST_OF_A_KEY:
                found[key].append(point_id)
    return found


def _with_keys(keys: list[int]) -> Iterable[tuple[int, UUID]]:
    if connection.vendor != "postgresql":
        return PointBand.objects.filter(key__in=keys).values_list("key", "point_id")
    table = connection.ops.quote_name(PointBand._meta.db_table)
    # An array is one parameter where __in makes thousands; LATERAL bounds what boilerplate brings.
    bounded = f"SELECT point_id FROM {table} WHERE key = wanted LIMIT {_MOST_OF_A_KEY}"  # noqa: S608  # our own table
    found = f"unnest(%s::bigint[]) AS wanted CROSS JOIN LATERAL ({bounded}) AS found"
    statement = f"SELECT wanted, found.point_id FROM {found}"  # noqa: S608  # our own table
    with connection.cursor() as cursor:
        cursor.execute(statement, [keys])
        rows: list[tuple[int, UUID]] = cursor.fetchall()
    return rows


def _rows(wanted: set[UUID]) -> dict[UUID, tuple[Hashes, UUID, str]]:
    ids = list(wanted)
    found = {}
    for start in range(0, len(ids), _KEYS_AT_ONCE):
        rows = TrainingDataPoint.objects.filter(pk__in=ids[start : start + _KEYS_AT_ONCE])
        for pk, text, cluster, split in rows.values_list("pk", "original", "cluster", "split"):
            found[pk] = (shingles(text), cluster, split)
    return found
