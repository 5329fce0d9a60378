"""A writer's own data: documents, dictionary, export, and deletion of the account."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from humanize import selectors
from humanize.models import Document, Transformation, WritersDictionary
from humanize.options import Dictionary
from humanize.transformations.decisions import stop_all
from youman.core.accounts import attempts, audit
from youman.core.errors import Conflict, FieldProblem, InvalidInput, NotFound
from youman.core.models import Account, ApiKey, WordUsage
from youman.core.selectors import live_api_keys

CONSENT_TEXT = (
    "May we keep your texts, our edits and your decisions on them to train the models of this installation? "
    "Nothing leaves it. If you decline, you can still use everything. You can withdraw your consent at any time; "
    "what was collected from you is then removed."
)


def create_document(*, account: Account, title: str) -> Document:
    return Document.objects.create(owner=account, title=title.strip())


def rename_document(*, account: Account, document_id: UUID, title: str) -> None:
    """Change the title of a document. Raises NotFound."""
    if not Document.objects.filter(owner=account, pk=document_id).update(title=title.strip()):
        raise NotFound("There is no such document")


@transaction.atomic
def delete_document(*, account: Account, document_id: UUID) -> None:
    """Delete a document with all its transformations, including those being created or rewritten now.

    Raises NotFound.
    """
    rows = Document.objects.filter(owner=account, pk=document_id)
    list(rows.select_for_update().values_list("pk", flat=True))
    stop_all(Transformation.objects.filter(owner=account, document=document_id))
    if not rows.delete()[0]:
        raise NotFound("There is no such document")


def set_dictionary(*, account: Account, dictionary: Dictionary) -> None:
    """Replace the whole dictionary. Existing transformations keep the dictionary that they were created with."""
    values = {
        "prefer": [list(pair) for pair in dictionary.prefer],
        "avoid": list(dictionary.avoid),
        "never_touch": list(dictionary.never_touch),
    }
    WritersDictionary.objects.update_or_create(owner=account, defaults=values)


@transaction.atomic
def delete_account(*, user: User, password: str) -> None:
    """Delete the user with all their data.

    Raises InvalidInput for a wrong password, RateLimited after ten of them in five minutes, and Conflict for the last
    administrator.
    """
    if not attempts.verify_password(user, password):
        raise InvalidInput("The password is wrong; try again", problems=(FieldProblem("password", "is wrong"),))
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    if user.is_superuser and not others.exists():
        raise Conflict("You are the last administrator; make somebody else an administrator first")
    # The lock keeps others from adding rows that the deletion would miss.
    list(Account.objects.select_for_update().filter(user=user).values_list("pk", flat=True))
    stop_all(Transformation.objects.filter(owner__user=user))
    audit.record(actor=user, verb="delete account", subject=user)
    user.delete()


@dataclass(frozen=True, slots=True)
class ExportHead:
    """An export without the transformations; there may be many, so they are read one at a time."""

    account: Account
    usage: tuple[WordUsage, ...]
    api_keys: tuple[ApiKey, ...]
    dictionary: Dictionary
    documents: tuple[Document, ...]


def export_head(account: Account) -> ExportHead:
    return ExportHead(
        account,
        tuple(WordUsage.objects.filter(account=account).order_by("month")),
        tuple(live_api_keys(account)),
        selectors.dictionary_of(account),
        tuple(selectors.documents_of(account).order_by("created_at", "id")),
    )
