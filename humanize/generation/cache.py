"""The exact cache: the same account, text, options and route give the answer that was paid for before.

Never across accounts and never by likeness: that hands one author another author's text. Gone after 30 days, or with
the text that it was given for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from humanize.models import CachedAnswer
from humanize.options import RewriteOptions
from humanize.pipeline.rewrite import Piece
from humanize.prompts.version import load
from humanize.rules.version import rules_version
from humanize.text.edits import Edit

KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Hit:
    """Edits over the stretch, as they were first given by `deployment` in `invocation`."""

    deployment: str
    invocation: UUID
    edits: tuple[Edit, ...]
    warnings: tuple[str, ...]


def key_of(text: str, options: RewriteOptions, engines: Sequence[str]) -> str:
    """What must be the same for an answer to be given again. White space around the text does not count."""
    route = [*engines, load().name, rules_version()]
    facts = [_normal(text), asdict(options), route]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def find(account_id: int, key: str) -> Hit | None:
    fresh = CachedAnswer.objects.filter(account=account_id, key=key, created_at__gt=timezone.now() - KEPT)
    row = fresh.first()
    if row is None:
        return None
    return Hit(row.deployment, row.invocation, tuple(Edit(**one) for one in row.edits), tuple(row.warnings))


def put(account_id: int, transformation_id: UUID, key: str, source: str, piece: Piece) -> None:
    """Keep what a paid candidate answered; the first of two who answer the same at once is kept."""
    answered = piece.tries[-1] if piece.tries else None
    if answered is None or answered.answered_by is None or answered.kind == "cached":
        return
    start = piece.stretch.start + _lead(source)
    edits = [asdict(edit) | {"start": edit.start - start, "end": edit.end - start} for edit in piece.edits]
    values = {
        "transformation_id": transformation_id,
        "deployment": answered.candidate,
        "invocation": answered.answered_by,
        "edits": edits,
        "warnings": list(piece.measures.warnings),
        "created_at": timezone.now(),
    }
    try:
        with transaction.atomic():
            CachedAnswer.objects.update_or_create(account_id=account_id, key=key, defaults=values)
    except IntegrityError:
        return


def moved(hit: Hit, source: str) -> tuple[Edit, ...]:
    """The hit's edits over `source`, which may have other white space around than the text had then."""
    by = _lead(source)
    return tuple(Edit(e.start + by, e.end + by, e.before, e.after, e.reason, e.source) for e in hit.edits)


def prune() -> int:
    return CachedAnswer.objects.filter(created_at__lte=timezone.now() - KEPT).delete()[0]


def _normal(text: str) -> str:
    return text.strip()


def _lead(source: str) -> int:
    return len(source) - len(source.lstrip())
