"""The only way in which pairs are stored: cleaned, scored, compared with the stored pairs, and inserted in batches.

Collection and imports both use it, so that no pair is stored with personal data, or twice, or in two splits.
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
    """A validated pair before cleaning. `author` is already hashed; `share_kept` is from 0 to 1."""

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
    """The outcome for one pair; `detail` says why it was not accepted."""

    outcome: Outcome
    detail: str = ""
    point_id: UUID | None = None


@dataclass(slots=True)
class _Candidate:
    pair: IncomingPair
    content_hash: str
    kept_hash: str
    pii: dict[str, int] = field(default_factory=dict)
    refused: IngestResult | None = None
    point: TrainingDataPoint | None = None


def ingest_pairs(pairs: Sequence[IncomingPair], *, scored: bool = True) -> list[IngestResult]:
    """Store the pairs that can be stored and return the outcome for each pair, in order.

    Atomic and idempotent: a pair that is stored already is a duplicate. `scored` computes the quality score.
    """
    batch = [_clean(pair) for pair in pairs]
    scores = {id(candidate): _score(candidate, scored) for candidate in batch if not candidate.refused}
    with transaction.atomic():
        statistics.lock_statistics()
        _refuse_known(batch)
        _refuse_over_cap(batch)
        new = [candidate for candidate in batch if not candidate.refused]
        neighbours = near_duplicates.NeighbourBatch([candidate.pair.original for candidate in new])
        splits = _splits_by_kept_hash(new)
        for candidate, near in zip(new, neighbours.walk(), strict=True):
            near.splits |= splits[candidate.kept_hash]
            candidate.point = _point(candidate, near, scores[id(candidate)])
            near.settle(candidate.point)
            splits[candidate.kept_hash] |= {candidate.point.split}
        points = [candidate.point for candidate in new if candidate.point]
        TrainingDataPoint.objects.bulk_create(points, batch_size=500)
        neighbours.store()
        statistics.add_points(points)
    return [candidate.refused or _accepted(candidate) for candidate in batch]


def _accepted(candidate: _Candidate) -> IngestResult:
    return IngestResult("accepted", point_id=candidate.point.pk if candidate.point else None)


def _splits_by_kept_hash(batch: Sequence[_Candidate]) -> dict[str, frozenset[str]]:
    """Return the splits in which each kept text is stored: drafts of one text must not be in two splits."""
    splits: dict[str, frozenset[str]] = {candidate.kept_hash: frozenset() for candidate in batch}
    rows = TrainingDataPoint.objects.filter(kept_hash__in=splits).values_list("kept_hash", "split").distinct()
    for kept, split in rows:
        splits[kept] |= {split}
    return splits


def _clean(pair: IncomingPair) -> _Candidate:
    finder = presidio.findings if settings.TRAINING_PRESIDIO else None
    clean = scrub(pair.original, pair.humanized, finder=finder)
    pair = replace(pair, original=clean.texts[0], humanized=clean.texts[1])
    candidate = _Candidate(
        pair, content_hash(pair.original, pair.humanized), kept_hash(pair.humanized), pii=dict(clean.counts)
    )
    original, humanized = pair.original.strip(), pair.humanized.strip()
    if not original or not humanized:
        candidate.refused = IngestResult("unusable", "one of the two texts is empty")
    elif original == humanized:
        candidate.refused = IngestResult("unusable", "the two texts are the same")
    elif max(len(pair.original), len(pair.humanized)) > MAX_CHARACTERS:
        problem = f"a text is longer than {MAX_CHARACTERS:,} characters; divide it into paragraphs"
        candidate.refused = IngestResult("unusable", problem)
    else:
        language = pair.language or _language(pair.original)
        domain = pair.domain or domain_of(pair.original, language)
        candidate.pair = replace(pair, language=language, domain=domain)
    return candidate


def _language(text: str) -> str:
    """Return the language code. The beginning is enough for nearly all texts and takes a fifth of the time."""
    first = detect_language(text[:_FIRST_LOOK])
    return first.code if first.confidence >= _SURE or len(text) <= _FIRST_LOOK else detect_language(text).code


def _score(candidate: _Candidate, scored: bool) -> QualityScore | None:
    pair = candidate.pair
    if not scored:
        return None
    return assess(PairFacts(pair.original, pair.humanized, pair.language, pair.rating, pair.share_kept))


def _refuse_known(batch: list[_Candidate]) -> None:
    hashes = [candidate.content_hash for candidate in batch if not candidate.refused]
    known = set(TrainingDataPoint.objects.filter(content_hash__in=hashes).values_list("content_hash", "author"))
    barred = set(BarredPair.objects.filter(content_hash__in=hashes).values_list("content_hash", flat=True))
    for candidate in batch:
        if candidate.refused:
            continue
        key = (candidate.content_hash, candidate.pair.author)
        if candidate.content_hash in barred:
            candidate.refused = IngestResult("barred", "its author has withdrawn this pair")
        elif key in known:
            candidate.refused = IngestResult("duplicate", "this pair is already stored")
        known.add(key)


def _refuse_over_cap(batch: list[_Candidate]) -> None:
    """Refuse pairs above the limit per account, so that a model does not adopt one person's style."""
    cap = settings.TRAINING_POINTS_PER_ACCOUNT
    left: dict[int, int] = {}
    for candidate in batch:
        account = candidate.pair.contributor_id
        if account is None or candidate.refused:
            continue
        if account not in left:
            left[account] = cap - TrainingDataPoint.objects.filter(contributor_id=account).count()
        if left[account] <= 0:
            problem = f"this account has contributed {cap:,} pairs, the maximum per account"
            candidate.refused = IngestResult("capped", problem)
        left[account] -= 1


def _point(
    candidate: _Candidate, near: near_duplicates.Neighbourhood, quality: QualityScore | None
) -> TrainingDataPoint:
    pair, pk = candidate.pair, new_id()
    cluster = near.cluster or pk
    # The content decides and not the cluster's id: the same file gives the same splits in every installation.
    split = entry_split(author=pair.author, content=candidate.content_hash, cluster_splits=near.splits)
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
        pii=candidate.pii,
        consent_version=pair.consent_version,
        consent_at=pair.consent_at,
        content_hash=candidate.content_hash,
        kept_hash=candidate.kept_hash,
        cluster=cluster,
        split=split,
    )
