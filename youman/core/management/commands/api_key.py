"""`manage.py api_key create|list|revoke`: manages API keys."""

from __future__ import annotations

from argparse import ArgumentParser

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from youman.core import selectors
from youman.core.accounts import lifecycle, scopes
from youman.core.errors import YoumanError
from youman.core.models import Account


class Command(BaseCommand):
    help = "Create, list or revoke API keys. `create` prints only the key, which cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="create a key and print it")
        create.add_argument("--name", required=True, help="what the key is for")
        create.add_argument(
            "--scope", action="append", choices=scopes.ALL, help="a scope of the key; repeatable (default: rewrite)"
        )
        listing = verbs.add_parser("list", help="list the user's active keys")
        revoke = verbs.add_parser("revoke", help="revoke a key at once")
        revoke.add_argument("id", type=int, help="the number of the key, as shown by list")
        for verb in (create, listing, revoke):
            verb.add_argument("--user", required=True, help="the user name of the key's owner")

    def handle(self, *args: object, **options: object) -> None:
        account = _account(str(options["user"]))
        verbs = {"create": self._create, "list": self._list, "revoke": self._revoke}
        try:
            verbs[str(options["verb"])](account, options)
        except YoumanError as error:
            raise CommandError(error.detail) from error

    def _create(self, account: Account, options: dict[str, object]) -> None:
        wanted = options["scope"] or list(scopes.DEFAULT)
        assert isinstance(wanted, list)
        self.stdout.write(
            lifecycle.create_api_key(account=account, name=str(options["name"]), key_scopes=wanted, actor="manage.py")
        )

    def _list(self, account: Account, options: dict[str, object]) -> None:
        for key in selectors.live_api_keys(account):
            self.stdout.write(f"{key.pk}\t{key.prefix}…\t{key.name}\t{','.join(key.scopes)}")

    def _revoke(self, account: Account, options: dict[str, object]) -> None:
        lifecycle.revoke_api_key(account=account, key_id=int(str(options["id"])), actor="manage.py")


def _account(username: str) -> Account:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(f"There is no user {username!r}; `make run` creates `admin`, and staff can invite others")
    return lifecycle.account_of(user)
