"""Near duplicates among all stored pairs: an index of bands gives candidates, an exact comparison decides."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from training.models import PointBand, TrainingDataPoint
from training.pairs.minhash import Hashes, band_keys, is_near_duplicate, shingles
from youman.core.database.bulk_insert import insert_rows

_MOST_CANDIDATES = 12  # those that share most bands; a key that hundreds of texts share comes from boilerplate
_MOST_OF_A_KEY = 40
_KEYS_AT_ONCE = 5_000


@dataclass(slots=True)
class Neighbourhood:
    """The near duplicates of one new text: their cluster and their splits.

    `settle` records the cluster and split that the text itself got, for the texts after it in the batch.
    """

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
    """Texts that are entered together.

    `walk` yields the neighbourhood of each; `store` writes the index entries of the texts that were settled.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._all = []
        for text in texts:
            hashes = shingles(text)
            self._all.append(Neighbourhood(hashes, band_keys(hashes).tolist()))
        stored = _stored(list({key for text in self._all for key in text.keys}))
        self._near = [_most_shared(stored.get(key, ()) for key in text.keys) for text in self._all]
        self._rows = _rows({point for points in self._near for point in points})
        self._places: dict[int, list[int]] = defaultdict(list)

    def walk(self) -> Iterator[Neighbourhood]:
        """Yield the neighbourhoods one by one; each includes the texts of the batch that were settled before it."""
        for place, text in enumerate(self._all):
            self._fill(text, self._near[place])
            yield text
            for key in text.keys:
                self._places[key].append(place)

    def store(self) -> None:
        """Write the index entries of the settled texts."""
        pairs = [(key, text.point_id) for text in self._all if text.point_id for key in set(text.keys)]
        insert_rows(PointBand, ("key", "point_id"), pairs)

    def _fill(self, text: Neighbourhood, stored: Iterable[UUID]) -> None:
        for point_id in stored:
            hashes, cluster, split = self._rows[point_id]
            if is_near_duplicate(text.shingles, hashes):
                text.join(cluster, split)
        for other in self._candidates_in_batch(text):
            if is_near_duplicate(text.shingles, other.shingles):
                text.join(other.cluster, other.split)

    def _candidates_in_batch(self, text: Neighbourhood) -> list[Neighbourhood]:
        votes = Counter(place for key in text.keys for place in self._places.get(key, ())[-_MOST_OF_A_KEY:])
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
    # An array is one parameter, while __in makes thousands; LATERAL limits the rows of keys from boilerplate.
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
