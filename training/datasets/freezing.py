"""Freezes the pairs that match a query into a dataset. Ids and hashes fix its content, so every export is the same."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from training.errors import EmptyDataset
from training.models import Dataset, DatasetPoint, TrainingDataPoint
from training.models.splits import Split
from training.states import ImportState
from youman.core.accounts import audit
from youman.core.accounts.idempotency_keys import Claim, unclaimed
from youman.core.database.bulk_insert import insert_rows
from youman.core.errors import Conflict, InvalidInput

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
SOURCES = ("all", "rewrites", "imports")


@dataclass(frozen=True, slots=True)
class DatasetQuery:
    """The conditions for pairs; None and () set no condition.

    `per_author` and `per_cluster` are the maximum numbers of pairs of one author and of one near-duplicate cluster.
    """

    min_quality: float | None = None
    languages: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    source: str = "all"
    min_words: int = 1
    max_words: int | None = None
    per_author: int = 500
    per_cluster: int = 1
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One pair of a dataset that is being frozen."""

    id: UUID
    content_hash: str
    split: str
    quality: float | None
    language: str
    domain: str
    is_rewrite: bool


def freeze(*, name: str, query: DatasetQuery, actor: audit.Actor, claim: Claim = unclaimed) -> Dataset:
    """Create the dataset, and `claim` it in the transaction that stores it.

    Raises InvalidInput, EmptyDataset if no pair of the training split matches, Conflict if the name is taken.
    """
    _check(name, query)
    members = sorted(_capped(_candidates(query), query), key=lambda member: member.id.hex)
    if not any(member.split == Split.TRAIN for member in members):
        raise EmptyDataset(
            f"The query matches {len(members)} pairs and none in the training split; widen it or import more pairs"
        )
    row = Dataset(
        name=name,
        query=asdict(query),
        root=root_of((member.id, member.content_hash, member.split) for member in members),
        points=len(members),
        counts=_counts(members),
        created_by=str(actor)[:200],
    )
    try:
        with transaction.atomic():
            claim(row)
            row.save(force_insert=True)
            rows = [(row.pk, member.id, member.content_hash, member.split, member.quality) for member in members]
            insert_rows(DatasetPoint, ("dataset_id", "point_id", "content_hash", "split", "quality"), rows)
            audit.record(actor=actor, verb="freeze", subject=row, after={"points": row.points, "root": row.root})
    except IntegrityError as error:
        raise Conflict(f"A dataset called {name} exists already; choose another name") from error
    return row


def root_of(lines: Iterable[tuple[UUID, str, str]]) -> str:
    """Return the SHA-256 over `id hash split` lines in the order of the ids."""
    digest = hashlib.sha256()
    for pk, content_hash, split in lines:
        digest.update(f"{pk.hex} {content_hash} {split}\n".encode())
    return digest.hexdigest()


def _check(name: str, query: DatasetQuery) -> None:
    if not _NAME.fullmatch(name):
        raise InvalidInput("name must have up to 100 letters, digits, dots, dashes and underscores")
    if query.source not in SOURCES:
        raise InvalidInput(f"source must be one of {', '.join(SOURCES)}")
    if query.min_quality is not None and not 0 <= query.min_quality <= 1:
        raise InvalidInput("min_quality must be between 0 and 1")
    if query.per_author < 1 or query.per_cluster < 1 or (query.limit is not None and query.limit < 1):
        raise InvalidInput("per_author, per_cluster and limit must be 1 or more")


def eligible_points() -> QuerySet[TrainingDataPoint]:
    """Select the pairs that may be trained on now: not held back, author still consents, import completed."""
    consents = Q(contributor=None) | Q(contributor__consent_at__isnull=False)
    whole = Q(data_import=None) | Q(data_import__state=ImportState.COMPLETED)
    return TrainingDataPoint.objects.filter(consents, whole).exclude(split=Split.HELD_BACK)


def _candidates(query: DatasetQuery) -> Iterator[tuple[Member, str, UUID]]:
    rows = eligible_points().filter(words__gte=query.min_words)
    if query.max_words is not None:
        rows = rows.filter(words__lte=query.max_words)
    if query.min_quality is not None:
        rows = rows.filter(quality__gte=query.min_quality)
    for field, wanted in (("language", query.languages), ("strategy", query.strategies), ("domain", query.domains)):
        if wanted:
            rows = rows.filter(**{f"{field}__in": wanted})
    if query.source != "all":
        rows = rows.filter(transformation__isnull=query.source == "imports")
    fields = ("id", "content_hash", "split", "quality", "language", "domain", "transformation_id", "author", "cluster")
    found = rows.order_by("id").values_list(*fields).iterator()
    for pk, content_hash, split, quality, language, domain, rewrite, author, cluster in found:
        yield Member(pk, content_hash, split, quality, language, domain, rewrite is not None), author, cluster


def _capped(found: Iterable[tuple[Member, str, UUID]], query: DatasetQuery) -> Iterator[Member]:
    authors: Counter[str] = Counter()
    clusters: Counter[UUID] = Counter()
    count = 0
    for member, author, cluster in found:
        if query.limit is not None and count >= query.limit:
            return
        if clusters[cluster] >= query.per_cluster or (author and authors[author] >= query.per_author):
            continue
        clusters[cluster] += 1
        authors[author] += 1
        count += 1
        yield member


def _counts(members: list[Member]) -> dict[str, dict[str, int]]:
    return {
        "split": dict(Counter(member.split for member in members)),
        "language": dict(Counter(member.language for member in members)),
        "domain": dict(Counter(member.domain for member in members)),
        "source": dict(Counter("rewrites" if member.is_rewrite else "imports" for member in members)),
    }
