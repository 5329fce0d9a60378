"""What processes that died left behind: calls in their journals, and reservations of which nothing more is heard.

What a vendor may have answered is never given back as if it had cost nothing: where the answer is known it is booked,
otherwise the estimate that was written before the call was sent. Everything here may be done twice.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import Error, InterfaceError, OperationalError, connections
from django.utils import timezone

from serving.gateway import budgets, journal, ledger_write
from serving.gateway.budgets import BudgetHold, MaximumCost
from serving.gateway.ledger_write import Booking
from serving.models import Invocation, Reservation

logger = logging.getLogger(__name__)
_AT_ONCE = 500  # calls looked for in the ledger by one query
_looked = 0  # the process that has


def sweep(*, now: datetime | None = None) -> int:
    """Book what the journals of dead processes say, then settle expired reservations; return how many calls it was.

    Journals go first: they know what came back, and a reservation only knows an estimate.
    """
    return book_journals() + settle_expired(now=now)


def book_journals() -> int:
    """Book the calls of dead processes' journals that the ledger lacks, and delete the files; return how many."""
    return sum(_book_file(path) for path in _journals())


def book_in_background() -> None:
    """Book what an earlier process left, once in the life of this one and without delaying its first call."""
    global _looked
    if _looked == os.getpid():
        return
    _looked = os.getpid()
    if any(_is_left(path) for path in _journals()):
        threading.Thread(target=_book_quietly, name="ledger-recovery", daemon=True).start()


def settle_expired(*, now: datetime | None = None) -> int:
    """Settle reservations whose call should have ended long ago, as the estimate; return how many calls it was."""
    expired: dict[UUID, list[Reservation]] = {}
    for row in Reservation.objects.filter(expires_at__lt=now or timezone.now()).order_by("period"):
        expired.setdefault(row.invocation, []).append(row)
    for rows in expired.values():
        _settle(rows)
    return len(expired)


def _settle(rows: list[Reservation]) -> None:
    first = rows[0]
    most, periods = MaximumCost(first.money, first.tokens), tuple(row.period_id for row in rows)
    if first.estimate is not None and not Invocation.objects.filter(pk=first.invocation).exists():
        ledger_write.post(ledger_write.booking_from(first.estimate, periods, most))
    else:  # of a vendor's batch, which books its calls itself
        budgets.release(BudgetHold(first.invocation, most, periods))


def _book_quietly() -> None:
    try:
        book_journals()
    except (Error, OSError) as error:  # the sweep will do it
        logger.warning("the journal of an earlier process is left for the sweep", extra={"reason": str(error)[:200]})
    finally:
        connections.close_all()


def _journals() -> list[Path]:
    return sorted(journal.folder().glob(f"{journal.database_mark()}-*{journal.SUFFIX}"))


def _is_left(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return journal.lock(handle)
    finally:
        os.close(handle)


def _book_file(path: Path) -> int:
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:  # another process has booked it
        return 0
    try:
        if not journal.lock(handle):
            return 0
        booked = sum(_book(one) for one in _missing(_calls(path)))
        path.unlink(missing_ok=True)
        return booked
    finally:
        os.close(handle)


def _book(booking: Booking) -> int:
    try:
        ledger_write.post(booking)
    except (OperationalError, InterfaceError):
        raise
    except Error as error:
        journal.set_aside(booking, error)
    return 1


def _calls(path: Path) -> dict[UUID, Booking]:
    """The last word on each call: what came back, or else the estimate."""
    found: dict[UUID, Booking] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            facts = json.loads(line)
            booking = _booking(facts["row"], facts["hold"])
        except (ValueError, KeyError, TypeError, ValidationError):
            logger.error("a line of the journal of calls is damaged", extra={"path": path.name})
            continue
        if not facts["sent"] or booking.made.pk not in found:
            found[booking.made.pk] = booking
    return found


def _booking(row: Mapping[str, object], hold: Mapping[str, object]) -> Booking:
    periods = hold["periods"]
    assert isinstance(periods, list)
    most = MaximumCost(Decimal(str(hold["money"])), int(str(hold["tokens"])))
    return ledger_write.booking_from(row, periods, most)


def _missing(calls: Mapping[UUID, Booking]) -> Iterator[Booking]:
    ids = list(calls)
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        known = set(Invocation.objects.filter(pk__in=some).values_list("pk", flat=True))
        yield from (calls[pk] for pk in some if pk not in known)
