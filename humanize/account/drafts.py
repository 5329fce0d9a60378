"""A writer's drafts: saved as they are typed, so that neither a closed tab nor a stale one loses a word.

Every save names the version that it is based on, and of two saves based on the same version one is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from humanize.errors import StaleVersion, TextTooLong
from humanize.models import Draft
from humanize.options import RewriteOptions
from humanize.transformations.create import check_length
from humanize.transformations.row_mapping import excerpt_of
from humanize.validation import count_words
from youman.core.database.ids import new_id
from youman.core.errors import Conflict, NotFound
from youman.core.models import Account

MOST_DRAFTS = 100  # of an account
MOST_BYTES = 8 * 1024 * 1024  # of a text in UTF-8, whatever the tier


@dataclass(frozen=True, slots=True)
class DraftContent:
    """What a draft holds. The text is kept byte for byte; it may be empty."""

    text: str
    options: RewriteOptions
    model: str


def drafts_of(account: Account) -> QuerySet[Draft]:
    """Return the account's drafts without their texts, the newest first."""
    return Draft.objects.filter(owner=account).defer("text")


def draft_of(account: Account, draft_id: UUID) -> Draft:
    """Return a draft with its text. Raises NotFound for another account's draft, too."""
    found = Draft.objects.filter(owner=account, pk=draft_id).first()
    if found is None:
        raise _not_found()
    return found


def drafts_with_texts(account: Account) -> Iterator[Draft]:
    """Yield all drafts with their texts, the oldest first; holds one text in memory at a time."""
    rows = Draft.objects.filter(owner=account)
    for pk in list(rows.order_by("created_at", "id").values_list("pk", flat=True)):
        found = rows.filter(pk=pk).first()
        if found is not None:
            yield found


def create_draft(*, account: Account, content: DraftContent) -> Draft:
    """Create a draft with version 1. Raises TextTooLong, and Conflict where the account has 100 drafts."""
    return _insert(account, new_id(), content)[0]


def save_draft(*, account: Account, draft_id: UUID, version: int, content: DraftContent) -> Draft:
    """Replace the draft if its version is still `version`; version 0 creates it under this id.

    Safe to repeat: a save whose content is stored already returns the draft and changes nothing, whatever its version.

    Raises StaleVersion when the draft has been saved since, NotFound when it has been deleted or belongs to somebody
    else, TextTooLong, and Conflict where the account has 100 drafts.
    """
    if version == 0:
        draft, created = _insert(account, draft_id, content)
        if created:
            return draft
    _check_size(account, content.text)
    changes = _columns(content) | {"version": F("version") + 1, "updated_at": timezone.now()}
    # Only the version decides: of two saves based on the same one, the UPDATE lets one through.
    saved = Draft.objects.filter(owner=account, pk=draft_id, version=version).update(**changes)
    current = draft_of(account, draft_id)
    if not saved and not _holds(current, content):
        raise StaleVersion(
            f"The draft was changed elsewhere: its version is {current.version} now, and you sent {version}; "
            "read it again, or save your text as another draft"
        )
    return current


def delete_draft(*, account: Account, draft_id: UUID) -> None:
    """Delete the draft with its text. Raises NotFound."""
    if not Draft.objects.filter(owner=account, pk=draft_id).delete()[0]:
        raise _not_found()


@transaction.atomic
def _insert(account: Account, draft_id: UUID, content: DraftContent) -> tuple[Draft, bool]:
    """Return the draft, and whether it is new: another request may have created it."""
    _check_size(account, content.text)
    # Two who create at once take turns, so that the count holds; and nobody adds to an account that is being deleted.
    if not list(Account.objects.select_for_update(no_key=True).filter(pk=account.pk).values_list("pk", flat=True)):
        raise NotFound("There is no such account")
    others = Draft.objects.filter(owner=account).exclude(pk=draft_id)
    if others.count() >= MOST_DRAFTS:
        raise Conflict(f"You have {MOST_DRAFTS} drafts, and more are not kept; delete one first")
    found, created = Draft.objects.get_or_create(id=draft_id, defaults={"owner": account, **_columns(content)})
    if found.owner_id != account.pk:
        raise _not_found()
    return found, created


def _check_size(account: Account, text: str) -> None:
    check_length(account, count_words(text))
    size = len(text.encode())
    if size > MOST_BYTES:
        raise TextTooLong(f"The draft has {size:,} bytes, and up to {MOST_BYTES:,} are kept; divide it")


def _columns(content: DraftContent) -> dict[str, object]:
    return _content_columns(content) | {"excerpt": excerpt_of(content.text), "words": len(content.text.split())}


def _content_columns(content: DraftContent) -> dict[str, object]:
    options = content.options
    return {
        "text": content.text,
        "level": options.level,
        "strategy": options.strategy,
        "language": options.language,
        "format": options.format,
        "model": content.model,
        "protected": list(options.protected),
    }


def _holds(row: Draft, content: DraftContent) -> bool:
    return all(getattr(row, name) == value for name, value in _content_columns(content).items())


def _not_found() -> NotFound:
    return NotFound("There is no such draft")
