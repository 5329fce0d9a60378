"""Whether this database owns its artifact store. Only the owner deletes; all others keep everything and report why.

Before each object the owner writes a fresh random mark to the store (`owner.json`) and remembers it as a row. A copy or
an older dump of the database does not know the marks written since, so the mark in the store tells it that another
state of the database is ahead. The order of concurrent marks does not matter: any mark that this database remembers is
its own. An installation that stores an object without being the owner leaves `contest.json`, and from then on nobody
deletes, until a person decides with `manage.py claim_artifacts`.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from registry.artifacts import storage
from registry.models import ModelArtifact, StoreMark, StoreOwnership, Upload
from youman.core.accounts import audit
from youman.core.accounts.audit import Actor
from youman.core.errors import NotFound

logger = logging.getLogger(__name__)
OWNER_KEY, CONTEST_KEY = "owner.json", "contest.json"
_FORMAT = "youman-artifact-store"
_MOST_BYTES = 64 * 1024  # a mark has some hundred bytes; anything larger was written by another program
_FORGET_AFTER = timedelta(days=30)  # no writer is slower than that between remembering a mark and writing it
_CLAIM = "run `manage.py claim_artifacts` if this installation is the one to keep the artifacts"


class Verdict(StrEnum):
    OWNED = "owned"
    UNCLAIMED = "unclaimed"
    COPY = "copy"
    LOST = "lost"
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    CONTESTED = "contested"


@dataclass(frozen=True, slots=True)
class Standing:
    """How this database stands to its store; `detail` is empty for the owner, else what is wrong and what to do."""

    verdict: Verdict
    detail: str = ""

    @property
    def owned(self) -> bool:
        return self.verdict == Verdict.OWNED


@dataclass(frozen=True, slots=True)
class _Mark:
    """The content of `owner.json` or `contest.json`."""

    installation: str
    token: str
    written_at: str

    def __str__(self) -> str:
        return f"installation {self.installation[:8]} at {self.written_at}"


_UNREADABLE = _Mark("", "", "")


def examine() -> Standing:
    """Compare the marks in the store with this database, and write nothing. Raises StoreUnavailable."""
    row, mark, contest = StoreOwnership.objects.first(), _read(OWNER_KEY), _read(CONTEST_KEY)
    if row is not None and row.database != database_identity():
        detail = f"this database is a copy, or was restored or moved, since it claimed the artifact store; {_CLAIM}"
        return Standing(Verdict.COPY, detail)
    is_mine = mark is not None and bool(mark.token) and StoreMark.objects.filter(token=mark.token).exists()
    if row is None and contest is None and (mark is None or is_mine):  # or another process is claiming it right now
        return Standing(Verdict.UNCLAIMED, f"nobody owns the artifact store; {_CLAIM}")
    if mark is None:
        return Standing(Verdict.LOST, f"the artifact store lacks {OWNER_KEY}, so another one may own it; {_CLAIM}")
    if mark is _UNREADABLE:
        return Standing(Verdict.UNREADABLE, f"{OWNER_KEY} in the artifact store cannot be read; {_CLAIM}")
    if row is None or not is_mine:
        newer = row is not None and mark.installation == str(row.installation)
        whose = "a newer state or a copy of this database" if newer else "another installation"
        return Standing(Verdict.FOREIGN, f"the artifact store was last written by {whose} ({mark}); {_CLAIM}")
    if contest is not None:
        detail = f"another installation or a copy of this database uses the artifact store too ({contest}); stop it, "
        return Standing(Verdict.CONTESTED, detail + f"then {_CLAIM}")
    return Standing(Verdict.OWNED)


def mark_write() -> None:
    """Mark the store before an object becomes visible in it, so that older copies of this database see that it grew.

    Call it outside a transaction: a mark whose row is rolled back looks foreign. Raises StoreUnavailable, StorageFull.
    """
    standing = _settled()
    if standing.owned:
        _write_owner(StoreOwnership.objects.get())
    elif standing.verdict not in {Verdict.CONTESTED, Verdict.LOST}:
        _contest(standing)


def renew() -> Standing:
    """Write a fresh mark as the owner and read it back; others write none. Raises StoreUnavailable, StorageFull."""
    standing = _settled()
    if standing.owned:
        _write_owner(StoreOwnership.objects.get())
        standing = examine()
        StoreMark.objects.filter(created_at__lt=timezone.now() - _FORGET_AFTER).exclude(token=_token()).delete()
    elif standing.verdict == Verdict.FOREIGN:
        _contest(standing)  # the writer of the mark must not delete what this database still needs
    return standing


def claim(*, actor: Actor) -> Standing:
    """Make this database the owner, whatever the store says, and return how it stood before. Raises StoreUnavailable.

    Other installations that use the store see a foreign mark from now on and delete nothing.
    """
    before = examine()
    _establish()
    storage.store().delete(CONTEST_KEY)
    row = StoreOwnership.objects.get()
    facts = {"verdict": str(before.verdict), "detail": before.detail[:300]}
    audit.record(actor=actor, verb="claim artifacts", subject=row, before=facts)
    return before


def record_refusal(why: str) -> None:
    """Keep why the last collection deleted nothing, for the pages of staff; an empty text when it ran."""
    StoreOwnership.objects.exclude(refused=why).update(refused=why)


def last_refusal() -> str:
    """Return why the last collection deleted nothing; empty when it ran, or when this database never owned a store."""
    return StoreOwnership.objects.values_list("refused", flat=True).first() or ""


def delete_if_owned(keys: Iterable[str]) -> bool:
    """Delete objects that other states of this database may need, if it owns the store; the collector finds the rest.

    Return whether they were deleted. Raises StoreUnavailable.
    """
    standing = _settled()
    if not standing.owned:
        logger.warning("objects kept: the store is not ours", extra={"reason": standing.detail})
        return False
    place = storage.store()
    for key in keys:
        place.delete(key)
    return True


def store_time() -> datetime:
    """Return when the owner's mark was written, by the store's clock."""
    return storage.store().modified_at(OWNER_KEY) or timezone.now()


def held_since() -> datetime | None:
    """Return when this database claimed the store, by the store's clock; None when it has not."""
    return StoreOwnership.objects.values_list("held_since", flat=True).first()


def owner_of(key: str) -> UUID | None:
    """Return the artifact or upload of a key, `<version>/<artifact>[.…]` or `parts/<upload>.…`; None for other keys."""
    folder, _, name = key.rpartition("/")
    try:
        if folder != "parts":
            UUID(folder)
        return UUID(name.partition(".")[0])
    except ValueError:
        return None


def unknown_keys() -> Iterator[str]:
    """Yield the keys that are named like ours, while no row of this database has ever named their owner.

    A row is committed before its first byte is stored, so another database or a lost state of this one wrote them.
    """
    keys = storage.store().keys()
    while batch := list(islice(keys, 500)):
        owners = {key: owner for key in batch if (owner := owner_of(key)) is not None}
        wanted = set(owners.values())
        known = set(ModelArtifact.objects.filter(pk__in=wanted).values_list("pk", flat=True))
        known |= set(Upload.objects.filter(pk__in=wanted).values_list("pk", flat=True))
        yield from (key for key, owner in owners.items() if owner not in known)


def database_identity() -> str:
    """Return what tells this database from its copies: cluster and database of PostgreSQL, the file of SQLite.

    A copy at the level of disks has the same identity; the marks tell it apart. Empty where nothing can be known.
    """
    if connection.vendor != "postgresql":
        try:
            return f"sqlite:{os.stat(connection.settings_dict['NAME']).st_ino}"
        except OSError:
            return ""
    statement = (
        "SELECT system_identifier, d.oid FROM pg_control_system(), pg_database d WHERE datname = current_database()"
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            cluster, database = cursor.fetchone()
    except DatabaseError:  # the role may not read it
        return ""
    return f"postgresql:{cluster}:{database}"


def _settled() -> Standing:
    """Return the standing; a store that nobody owns and that holds nothing unknown becomes this database's."""
    standing = examine()
    if standing.verdict == Verdict.UNCLAIMED and next(unknown_keys(), None) is None:
        _establish()
        return examine()
    return standing


def _establish() -> None:
    installation = uuid4()
    _write(OWNER_KEY, installation, _remembered())
    facts = {"installation": installation, "database": database_identity(), "held_since": store_time(), "refused": ""}
    StoreOwnership.objects.update_or_create(singleton=1, defaults=facts)


def _write_owner(row: StoreOwnership) -> None:
    _write(OWNER_KEY, row.installation, _remembered())


def _remembered() -> UUID:
    return StoreMark.objects.create(token=uuid4()).token


def _contest(standing: Standing) -> None:
    if _read(CONTEST_KEY) is not None:
        return
    row = StoreOwnership.objects.first()
    logger.error("artifact store contested", extra={"reason": standing.detail})
    _write(CONTEST_KEY, row.installation if row is not None else UUID(int=0), uuid4())


def _write(key: str, installation: UUID, token: UUID) -> None:
    body = {"format": _FORMAT, "installation": str(installation), "token": str(token)}
    writing = storage.store().create(key)
    done = False
    try:
        writing.write(json.dumps(body | {"written_at": timezone.now().isoformat()}).encode())
        writing.commit()
        done = True
    finally:
        if not done:
            writing.abort()


def _token() -> str:
    mark = _read(OWNER_KEY)
    return mark.token if mark is not None and mark.token else str(UUID(int=0))


def _read(key: str) -> _Mark | None:
    try:
        with storage.store().open(key) as file:
            data = file.read(_MOST_BYTES)
    except NotFound:
        return None
    try:
        found: Any = json.loads(data)
        if found["format"] != _FORMAT:
            return _UNREADABLE
        return _Mark(str(UUID(found["installation"])), str(UUID(found["token"])), str(found["written_at"])[:40])
    except (ValueError, KeyError, TypeError, AttributeError):
        return _UNREADABLE
