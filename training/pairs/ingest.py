"""The one door by which pairs come in: cleaned, judged, compared with what is there, and stored by the batch.

Collection and imports both end here, so that no pair is stored with personal data in it, or twice, or in two splits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction

from humanize.text.language import detect_language
from training.domains import domain_of
from training.models import BarredPair, TrainingDataPoint
from training.models.splits import entry_split
from training.pairs import near_duplicates, presidio, statistics
from training.pairs.minhash import content_hash, kept_hash
from training.pairs.privacy import scrub
from training.pairs.quality import PairFacts, QualityScore, assess
from youman.core.database.ids import new_id

Outcome = Literal["accepted", "duplicate", "barred", "capped", "unusable"]
BATCH = 1_000
MAX_CHARACTERS = 60_000
_FIRST_LOOK, _SURE = 320, 0.99


@dataclass(frozen=True, slots=True)
class IncomingPair:
    """A checked pair before cleaning. `author` is already hashed."""

    original: str
    humanized: str
    strategy: str = ""
    level: int | None = None
    language: str = ""
    domain: str = ""
    author: str = ""
    rating: int | None = None
    share_kept: float | None = None
    contributor_id: int | None = None
    transformation_id: UUID | None = None
    data_import_id: UUID | None = None
    consent_version: str = ""
    consent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IngestResult:
    outcome: Outcome
    detail: str = ""
    point_id: UUID | None = None


@dataclass(slots=True)
class _Candidate:
    pair: IncomingPair
    hash: str = ""
    kept: str = ""
    pii: dict[str, int] = field(default_factory=dict)
    refused: IngestResult | None = None
    point: TrainingDataPoint | None = None


def ingest_pairs(pairs: Sequence[IncomingPair], *, scored: bool = True) -> list[IngestResult]:
    """Store what can be stored, and say for each pair what became of it, in order. Atomic; safe to run again."""
    batch = [_cleaned(pair) for pair in pairs]
    judged = {id(one): _judged(one, scored) for one in batch if not one.refused}
    with transaction.atomic():
        statistics.lock_statistics()
        _refuse_known(batch)
        _refuse_over_cap(batch)
        fresh = [one for one in batch if not one.refused]
        found, kept = near_duplicates.NeighbourBatch([one.pair.original for one in fresh]), _splits_of_kept(fresh)
        for one, near in zip(fresh, found.walk(), strict=True):
            near.splits |= kept[one.kept]
            one.point = _point(one, near, judged[id(one)])
            near.settle(one.point)
            kept[one.kept] |= {one.point.split}
        points = [one.point for one in fresh if one.point]
        TrainingDataPoint.objects.bulk_create(points, batch_size=500)
        found.store()
        statistics.add_points(points)
    return [one.refused or IngestResult("accepted", point_id=one.point.pk if one.point else None) for one in batch]


def _splits_of_kept(batch: Sequence[_Candidate]) -> dict[str, frozenset[str]]:
    """Where each kept text stands already: drafts of one text must not be on both sides of a split."""
    known: dict[str, frozenset[str]] = {one.kept: frozenset() for one in batch}
    rows = TrainingDataPoint.objects.filter(kept_hash__in=known).values_list("kept_hash", "split").distinct()
    for kept, split in rows:
        known[kept] |= {split}
    return known


def _cleaned(pair: IncomingPair) -> _Candidate:
    more = presidio.findings if settings.TRAINING_PRESIDIO else None
    clean = scrub(pair.original.strip(), pair.humanized.strip(), more=more)
    one = _Candidate(replace(pair, original=clean.texts[0], humanized=clean.texts[1]), pii=dict(clean.counts))
    one.hash = content_hash(one.pair.original, one.pair.humanized)
    one.kept = kept_hash(one.pair.humanized)
    if not one.pair.original or not one.pair.humanized:
        one.refused = IngestResult("unusable", "one side is empty")
    elif one.pair.original == one.pair.humanized:
        one.refused = IngestResult("unusable", "both sides are the same")
    elif max(len(one.pair.original), len(one.pair.humanized)) > MAX_CHARACTERS:
        one.refused = IngestResult("unusable", f"longer than {MAX_CHARACTERS:,} characters; cut it into paragraphs")
    else:
        language = one.pair.language or _language(one.pair.original)
        domain = one.pair.domain or domain_of(one.pair.original, language)
        one.pair = replace(one.pair, language=language, domain=domain)
    return one


def _language(text: str) -> str:
    """A first look at its beginning is enough for nearly all texts, and takes a fifth of the time."""
    first = detect_language(text[:_FIRST_LOOK])
    return first.code if first.confidence >= _SURE or len(text) <= _FIRST_LOOK else detect_language(text).code


def _judged(one: _Candidate, scored: bool) -> QualityScore | None:
    pair = one.pair
    if not scored:
        return None
    return assess(PairFacts(pair.original, pair.humanized, pair.language, pair.rating, pair.share_kept))


def _refuse_known(batch: list[_Candidate]) -> None:
    hashes = [one.hash for one in batch if not one.refused]
    known = set(TrainingDataPoint.objects.filter(content_hash__in=hashes).values_list("content_hash", "author"))
    barred = set(BarredPair.objects.filter(content_hash__in=hashes).values_list("content_hash", flat=True))
    for one in batch:
        if one.refused:
            continue
        if one.hash in barred:
            one.refused = IngestResult("barred", "its author has withdrawn it")
        elif (one.hash, one.pair.author) in known:
            one.refused = IngestResult("duplicate", "this pair is already there")
        known.add((one.hash, one.pair.author))


def _refuse_over_cap(batch: list[_Candidate]) -> None:
    """What one account may contribute: a model must not become one person's style."""
    cap = settings.TRAINING_POINTS_PER_ACCOUNT
    left: dict[int, int] = {}
    for one in batch:
        account = one.pair.contributor_id
        if account is None or one.refused:
            continue
        if account not in left:
            left[account] = cap - TrainingDataPoint.objects.filter(contributor_id=account).count()
        if left[account] <= 0:
            one.refused = IngestResult("capped", f"this account has contributed {cap:,} pairs, the most one may")
        left[account] -= 1


def _point(one: _Candidate, near: near_duplicates.Neighbourhood, quality: QualityScore | None) -> TrainingDataPoint:
    pair, pk = one.pair, new_id()
    cluster = near.cluster or pk
    # By its content, not by the cluster's id: the same file gives the same splits wherever it is taken in.
    split = entry_split(author=pair.author, content=one.hash, cluster_splits=near.splits)
    return TrainingDataPoint(
        id=pk,
        contributor_id=pair.contributor_id,
        transformation_id=pair.transformation_id,
        data_import_id=pair.data_import_id,
        author=pair.author,
        original=pair.original,
        humanized=pair.humanized,
        words=len(pair.original.split()),
        strategy=pair.strategy,
        level=pair.level,
        language=pair.language[:8],
        domain=pair.domain[:50],
        rating=pair.rating,
        ai_before=quality.before if quality else None,
        ai_after=quality.after if quality else None,
        quality=quality.score if quality else None,
        reasons=[asdict(reason) for reason in quality.reasons] if quality else [],
        pii=one.pii,
        consent_version=pair.consent_version,
        consent_at=pair.consent_at,
        content_hash=one.hash,
        kept_hash=one.kept,
        cluster=cluster,
        split=split,
    )
