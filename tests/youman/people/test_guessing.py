"""Passwords cannot be guessed, by any spelling of a name or from any number of addresses; owners still get in."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from tests.writers import PASSWORD
from youman.core.accounts.lifecycle import create_account
from youman.core.runtime import redis

pytestmark = [pytest.mark.django_db, pytest.mark.attack("login")]
WRONG = "not this one 9"
chance = random.Random(11)  # the same cases in every run
LETTERS = {
    letter: [char for char in map(chr, range(0x80, 0x30000)) if unicodedata.normalize("NFKC", char) == letter]
    for letter in "alice"
}
SPACES = [char for char in map(chr, range(0x3001)) if char.isspace() and char not in "\x1c\x1d\x1e\x1f"]


def spellings(count: int) -> list[str]:
    """Names that the sign-in form makes into `alice`: other forms of its letters, and spaces around them."""
    found: set[str] = set()
    while len(found) < count:
        name = "".join(chance.choice([letter, *LETTERS[letter]]) for letter in "alice")
        found.add("".join(chance.choices(SPACES, k=chance.randrange(3))) + name + chance.choice(["", *SPACES]))
    return sorted(found)


@cache
def places() -> list[str]:
    """Addresses in as many networks, as a botnet has them."""
    v4 = [f"{chance.randrange(11, 90)}.{chance.randrange(256)}.{number % 256}.7" for number in range(400)]
    v6 = [f"2a0{number % 9}:{number:x}::{chance.randrange(1, 9)}" for number in range(400)]
    return [address for pair in zip(v4, v6, strict=True) for address in pair]


def attempt(name: str, password: str = WRONG, address: str = "203.0.113.5", client: Client | None = None) -> int:
    form = {"username": name, "password": password}
    return int((client or Client()).post("/login", form, REMOTE_ADDR=address).status_code)


@pytest.fixture(autouse=True)
def alice(db: None) -> None:
    create_account(username="alice", password=PASSWORD, email="alice@example.org")


@pytest.fixture
def own_browser(alice: None) -> Client:
    """A browser on which alice signed in once and out again."""
    client = Client()
    assert attempt("alice", PASSWORD, client=client) == 302
    client.post("/logout")
    return client


@pytest.mark.parametrize("name", spellings(30), ids=lambda name: name.encode("unicode_escape").decode())
def test_another_spelling_is_the_same_name(name: str) -> None:
    assert [attempt(name if number % 2 else "alice") for number in range(10)] == [200] * 10
    assert attempt(name) == 429
    assert attempt(name, PASSWORD) == 429
    assert attempt("alice", PASSWORD) == 429


def test_many_spellings_share_one_bound() -> None:
    assert [attempt(name) for name in spellings(14)] == [200] * 10 + [429] * 4


def test_a_name_in_other_case_is_another_name_as_in_the_lookup() -> None:
    assert [attempt("ALICE") for _ in range(10)] == [200] * 10
    assert attempt("alice", PASSWORD, "198.51.100.9") == 302


def test_many_addresses_share_the_bound_of_the_name() -> None:
    assert [attempt("alice", address=place) for place in places()[:12]] == [200] * 10 + [429] * 2


def test_one_address_tries_few_names() -> None:
    answers = [attempt(f"name{number}") for number in range(40)]
    assert answers == [200] * 30 + [429] * 10


@pytest.mark.parametrize("host", ["", "::ffff:"])
def test_an_ipv4_address_within_an_ipv6_one_is_the_same_address(host: str) -> None:
    answers = [attempt(f"name{number}", address=f"{host if number % 2 else ''}192.0.2.9") for number in range(31)]
    assert answers[30] == 429


def test_addresses_of_one_ipv6_customer_are_one() -> None:
    answers = [attempt(f"name{number}", address=f"2001:db8:5:6:{number:x}::{number:x}") for number in range(31)]
    assert answers[30] == 429


def test_a_spray_over_names_and_addresses_ends() -> None:
    answers = [attempt(f"name{number}", address=places()[number]) for number in range(305)]
    assert answers.index(429) == 300
    assert set(answers[300:]) == {429}


@pytest.mark.parametrize(
    "header", ["X_FORWARDED_FOR", "X_REAL_IP", "FORWARDED", "CLIENT_IP", "X_CLIENT_IP", "TRUE_CLIENT_IP", "X_FORWARDED"]
)
def test_a_forged_header_makes_no_new_client(header: str) -> None:
    def one(number: int) -> int:
        forged = {f"HTTP_{header}": f"for=198.51.100.{number}" if header == "FORWARDED" else f"198.51.100.{number}"}
        form = {"username": f"name{number}", "password": WRONG}
        return Client().post("/login", form, REMOTE_ADDR="203.0.113.6", **forged).status_code  # type: ignore[arg-type]  # a header

    assert [one(number) for number in range(31)][30] == 429


@pytest.mark.django_db(transaction=True)
def test_a_hundred_guesses_at_once_are_ten() -> None:
    def guess(_: int) -> int:
        try:
            return attempt("alice")
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(guess, range(60)))
    assert (answers.count(200), answers.count(429)) == (10, 50)


@pytest.mark.parametrize("attack", ["name", "address", "all", "spellings"])
def test_the_owner_gets_in_on_a_browser_that_signed_in_before(own_browser: Client, attack: str) -> None:
    names = {"name": ["alice"] * 12, "address": [f"name{n}" for n in range(32)], "spellings": spellings(12)}
    for name in names.get(attack, []):
        attempt(name)
    if attack == "all":
        for number in range(302):
            attempt(f"name{number}", address=places()[number])
    assert attempt("alice", PASSWORD) == 429
    assert attempt("alice", PASSWORD, client=own_browser) == 302


def test_a_known_browser_has_a_bound_of_its_own(own_browser: Client) -> None:
    assert [attempt("alice", client=own_browser) for _ in range(12)] == [200] * 10 + [429] * 2
    assert attempt("alice", PASSWORD) == 302


def _cookies(client: Client) -> dict[str, str]:
    return {name: morsel.value for name, morsel in client.cookies.items() if name.startswith("known_")}


def test_a_browser_of_one_account_is_unknown_to_the_next(own_browser: Client) -> None:
    create_account(username="mallory", password=PASSWORD)
    mine = Client()
    attempt("mallory", PASSWORD, client=mine)
    mine.post("/logout")
    (name,), (value,) = _cookies(own_browser).keys(), _cookies(mine).values()
    mine.cookies[name] = value
    assert [attempt("alice", client=mine) for _ in range(12)] == [200] * 10 + [429] * 2
    assert attempt("alice", PASSWORD, client=own_browser) == 302


def _forgeries() -> list[str]:
    made = ["", "x", "a:b:c", '"known":1', "null", "é", "." * 40, "eyJ1IjoxfQ:1:" + "A" * 43]
    return made + ["".join(chance.choices("abcXYZ012:._-", k=60)) for _ in range(12)]


@pytest.mark.parametrize("value", _forgeries())
def test_a_forged_cookie_is_no_known_browser(own_browser: Client, value: str) -> None:
    (name,) = _cookies(own_browser)
    for _ in range(10):
        attempt("alice")
    forged = Client()
    forged.cookies[name] = value
    assert attempt("alice", PASSWORD, client=forged) == 429


def test_a_changed_password_ends_all_known_browsers_but_the_one_that_changed_it(own_browser: Client) -> None:
    other = Client()
    attempt("alice", PASSWORD, client=other)
    new = "quite another sentence 2"
    given = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert other.post("/password/change", given).status_code == 302
    other.post("/logout")
    for _ in range(10):
        attempt("alice")
    assert attempt("alice", new, client=own_browser) == 429
    assert attempt("alice", new, client=other) == 302


def test_a_password_set_by_mail_gets_the_owner_in_during_an_attack() -> None:
    for _ in range(10):
        attempt("alice")
    mine, new = Client(), "another sentence 3"
    mine.post("/password/reset", {"email": "alice@example.org"})
    link = re.search(r"http://\S+?(/password/reset/\S+)", str(mail.outbox[0].body))
    assert link
    page = mine.get(link[1], follow=True)
    mine.post(page.redirect_chain[-1][0], {"new_password1": new, "new_password2": new})
    assert attempt("alice", new) == 429
    assert attempt("alice", new, client=mine) == 302


@pytest.mark.parametrize("doors", [["change"], ["admin"], ["leave"], ["change", "leave", "admin"]])
def test_every_page_that_asks_for_the_password_has_the_bound(doors: list[str]) -> None:
    mine = Client()
    attempt("alice", PASSWORD, client=mine)
    answers = [_ask(mine, doors[number % len(doors)], WRONG) for number in range(12)]
    assert {*answers[:10]} <= {200, 400}
    assert answers[10:] == [429, 429]
    assert _ask(mine, doors[0], PASSWORD) == 429
    assert attempt("alice", PASSWORD) == 302


def _ask(client: Client, door: str, password: str) -> int:
    if door == "leave":
        found: Any = client.delete("/api/v1/account", {"password": password}, content_type="application/json")
        return int(found.status_code)
    path = {"change": "/password/change", "admin": "/admin/password_change/"}[door]
    new = "quite another sentence 2"
    return client.post(path, {"old_password": password, "new_password1": new, "new_password2": new}).status_code


@pytest.mark.parametrize("path", ["/invite/{}", "/password/reset/Mg/{}", "key"])
def test_a_search_for_keys_and_links_ends(path: str) -> None:
    def one(number: int) -> int:
        token = f"{'inv' if path != 'key' else 'ym'}_{number:043d}"
        if path == "key":
            headers = {"Authorization": f"Bearer {token}"}
            return Client().get("/api/v1/account", headers=headers).status_code
        return Client().get(path.format(token)).status_code

    answers = [one(number) for number in range(32)]
    assert 429 not in answers[:30]
    assert answers[30:] == [429, 429]


def test_a_mailbox_gets_three_mails_whatever_the_spelling_or_the_sender() -> None:
    for number, place in enumerate(places()[:8]):
        email = "alice@example.org" if number % 2 else "Alice@EXAMPLE.org"
        assert Client().post("/password/reset", {"email": email}, REMOTE_ADDR=place).status_code == 302
    assert len(mail.outbox) == 3


@pytest.fixture
def redis_is_away(settings: Any) -> Iterator[None]:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    redis._client.cache_clear()
    yield
    redis._client.cache_clear()


@pytest.mark.usefixtures("redis_is_away")
def test_guessing_stays_bounded_while_redis_is_away(own_browser: Client) -> None:
    assert [attempt("alice") for _ in range(12)] == [200] * 10 + [429] * 2
    assert attempt("alice", PASSWORD) == 429
    assert attempt("alice", PASSWORD, client=own_browser) == 302
    assert attempt("bob", WRONG, "198.51.100.77") == 200
