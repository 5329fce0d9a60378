"""The exact cache: the same account, text, options and route get the answer that was paid for before.

It never shares answers between accounts and never matches similar texts: that would show one author's text to another.
An answer is deleted after 30 days, or together with the transformation that it was given for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from humanize.generation.rewrite_order import RewriteOrder
from humanize.models import CachedAnswer
from humanize.pipeline.chunks import Stretch
from humanize.pipeline.rewrite import Piece
from humanize.prompts.version import load
from humanize.rules.version import rules_version
from humanize.text.edits import TextEdit, shift

LIFETIME = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CacheHit:
    """Edits of the stretch, as `deployment` first gave them in the call `invocation`."""

    deployment: str
    invocation: UUID
    edits: tuple[TextEdit, ...]
    warnings: tuple[str, ...]


def cache_key(order: RewriteOrder, stretch: Stretch) -> str:
    """Return a hash of everything that must be equal for an answer to be reused.

    White space around the text is ignored.
    """
    text = order.text[stretch.start : stretch.end].strip()
    route = [*(engine.name for engine in order.engines), load().name, rules_version()]
    facts = [text, asdict(order.options), route]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def find(order: RewriteOrder, stretch: Stretch) -> CacheHit | None:
    """Return this account's earlier answer for the stretch, with adjusted positions; None if there is none."""
    row = _fresh(order.account_id, [cache_key(order, stretch)]).first()
    if row is None:
        return None
    space = _leading_space(order.text[stretch.start : stretch.end])
    edits = (TextEdit(**stored) for stored in row.edits)
    return CacheHit(row.deployment, row.invocation, shift(edits, space), tuple(row.warnings))


def cached_stretches(order: RewriteOrder, stretches: Iterable[Stretch]) -> set[int]:
    """Return the numbers of the stretches that the cache can answer. Makes one query."""
    keys = {stretch.number: cache_key(order, stretch) for stretch in stretches}
    found = set(_fresh(order.account_id, list(keys.values())).values_list("key", flat=True))
    return {number for number, key in keys.items() if key in found}


def store(order: RewriteOrder, piece: Piece) -> None:
    """Store the answer of a paid candidate. Of two simultaneous answers to the same request the first is kept.

    Idempotent. Does nothing for an answer of the rules or one from the cache.
    """
    answered = piece.tries[-1] if piece.tries else None
    if answered is None or answered.answered_by is None or answered.kind == "cached":
        return
    stretch = piece.stretch
    start = stretch.start + _leading_space(order.text[stretch.start : stretch.end])
    edits = [asdict(edit) | {"start": edit.start - start, "end": edit.end - start} for edit in piece.edits]
    values = {
        "transformation_id": order.transformation_id,
        "deployment": answered.candidate,
        "invocation": answered.answered_by,
        "edits": edits,
        "warnings": list(piece.measures.warnings),
        "created_at": timezone.now(),
    }
    key = cache_key(order, stretch)
    try:
        with transaction.atomic():  # a savepoint, so that a conflict does not break the surrounding transaction
            CachedAnswer.objects.update_or_create(account_id=order.account_id, key=key, defaults=values)
    except IntegrityError:
        return


def prune() -> int:
    """Delete answers that are too old to be reused; return their number."""
    return CachedAnswer.objects.filter(created_at__lte=timezone.now() - LIFETIME).delete()[0]


def _fresh(account_id: int, keys: list[str]) -> QuerySet[CachedAnswer]:
    return CachedAnswer.objects.filter(account=account_id, key__in=keys, created_at__gt=timezone.now() - LIFETIME)


def _leading_space(source: str) -> int:
    return len(source) - len(source.lstrip())
