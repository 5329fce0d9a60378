"""Sentences written for the project with made-up personal data that passes its checksums, and similar decoys.

Seeded: the same number gives the same corpus, so that recall and precision are figures and not luck.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from dataclasses import dataclass

from stdnum import iban, luhn
from stdnum.br import cpf
from stdnum.es import dni
from stdnum.gb import nhs
from stdnum.in_ import aadhaar
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.se import personnummer
from stdnum.tr import tckimlik
from stdnum.us import ssn


@dataclass(frozen=True, slots=True)
class Planted:
    text: str
    kind: str  # "" for a decoy
    value: str


Rand = random.Random
_FRAMES = {
    "email": ("Write to {} and we will answer by Friday.", "My address is {}, as before.", "({}) is the desk's inbox."),
    "phone": ("Call me on {} after lunch.", "Our phone number is {}.", "You can reach the office at {}, ask for Ana."),
    "iban": ("Send the money to {} please.", "The account is {} at the town bank.", "IBAN: {}"),
    "card": ("She paid with {} last week.", "My card number is {}.", "Card {} was declined twice."),
    "ip": ("The server at {} was down all morning.", "Requests from {} were blocked.", "Ping {} and tell me."),
    "national_id": ("Her ID number is {}.", "The form asks for a tax or social security number: {}", "National ID {}"),
    "key": ("Use {} until the new one comes.", "The key is {} and it works.", "I pasted {} into the chat by mistake."),
    "address": ("We live at {} now.", "Send the parcel to {}.", "The shop at {} has closed."),
}  # fmt: skip
_DECOYS = (
    "The meeting is on 12.05.2024 at 14:30 in room 301.",
    "Sales rose from 1,204,500 to 1,310,000 between 2019 and 2024.",
    "Version 3.11.2 fixed what version 10.0.1.4 had broken.",
    "ISBN 978-3-16-148410-0 is out of print.",
    "Order 4539 1488 0343 6468 was shipped on 2024-03-18.",
    "The ratio was 0.8375 to 1.2291 over 128 runs.",
    "In 1984-1985 and 2001-2003 the river froze.",
    "Chapter 12, pages 301-345, and table 7.2.1 say more.",
    "It took 3 600 000 steps and 45 minutes.",
    "The code E4-221-B opens nothing.",
    "He scored 21-17, 19-21 and 21-15.",
    "A token of thanks is the secret of a good team.",
    "She walked 10 miles along the old road to the square.",
    "The 5 Great Lakes drive the weather of the region.",
    "Take the second street and then the long way home.",
    "Ratio 16:9 at 12:30:45 looked right.",
    "We met @ noon and paid 100,000,000 of the old money.",
    "The password must be changed by everyone this week.",
    "Call 3 friends and ask 2 of them.",
    "Invoice 20240318 lists 14 items for 1 250.00 in all.",
)


def corpus(seed: int, a_kind: int) -> list[Planted]:
    rand = random.Random(seed)
    planted = [
        Planted(rand.choice(_FRAMES[kind]).format(value), kind, value)
        for kind, make in _MAKERS.items()
        for value in (make(rand) for _ in range(a_kind))
    ]
    decoys = [Planted(rand.choice(_DECOYS), "", "") for _ in range(a_kind * 2)]
    mixed = planted + decoys
    rand.shuffle(mixed)
    return mixed


_ID_FRAMES = (
    "Her number is {} and the office has it.", "Please quote {} when you call.", "The form says {}.", "({}), as agreed",
)  # fmt: skip


def other_ids(seed: int, a_kind: int) -> list[Planted]:
    """Return ids of countries that the project's recognisers do not know; no word near an id names its kind."""
    rand = random.Random(seed)
    makes = (_british_nhs, _canadian_sin, _singapore_nric, _turkish_id, _south_african_id)
    values = [make(rand) for make in makes for _ in range(a_kind)]
    return [Planted(rand.choice(_ID_FRAMES).format(value), "national_id", value) for value in values]


def _british_nhs(rand: Rand) -> str:
    return nhs.format(_until(rand, lambda r: _digits(r, 10), nhs.is_valid))


def _canadian_sin(rand: Rand) -> str:
    whole = _until(rand, lambda r: r.choice("1234567") + _digits(r, 8), luhn.is_valid)
    return f"{whole[:3]}-{whole[3:6]}-{whole[6:]}"


def _singapore_nric(rand: Rand) -> str:
    first, body = rand.choice("ST"), _digits(rand, 7)
    total = sum(int(digit) * weight for digit, weight in zip(body, (2, 7, 6, 5, 4, 3, 2), strict=True))
    return f"{first}{body}{'JZIHGFEDCBA'[(total + (4 if first == 'T' else 0)) % 11]}"


def _turkish_id(rand: Rand) -> str:
    body = rand.choice("123456789") + _digits(rand, 8)
    return body + tckimlik.calc_check_digits(body)


def _south_african_id(rand: Rand) -> str:
    def make(rand: Rand) -> str:
        born = f"{rand.randrange(50, 99)}{rand.randrange(1, 13):02}{rand.randrange(1, 29):02}"
        return f"{born}{_digits(rand, 4)}{rand.choice('01')}8{_digits(rand, 1)}"

    return _until(rand, make, luhn.is_valid)


def _digits(rand: Rand, count: int) -> str:
    return "".join(rand.choice(string.digits) for _ in range(count))


def _until(rand: Rand, make: Callable[[Rand], str], check: Callable[[str], bool]) -> str:
    while True:
        found = make(rand)
        if check("".join(sign for sign in found if sign.isalnum())):
            return found


def _email(rand: Rand) -> str:
    name = rand.choice(("ana.silva", "j_doe", "kim+news", "o.brien", "li-wei", "büro"))
    return f"{name}{rand.randrange(100)}@{rand.choice(('mail.example.org', 'example.com', 'post.example.co.uk'))}"


def _phone(rand: Rand) -> str:
    def d(count: int) -> str:
        return _digits(rand, count)

    return rand.choice((
        f"+1 415-{d(3)}-{d(4)}", f"(212) {2}{d(2)}-{d(4)}", f"312-{4}{d(2)}-{d(4)}", f"+44 20 7{d(3)} {d(4)}",
        f"020 7{d(3)} {d(4)}", f"+49 30 {d(3)}{d(4)}", f"+33 6 {d(2)} {d(2)} {d(2)} {d(2)}", f"+351 21 {d(3)} {d(4)}",
        f"+91 98{d(3)} {d(5)}", f"0161 {4}{d(2)} {d(4)}", f"415.{5}{d(2)}.{d(4)}",
    ))  # fmt: skip


def _iban(rand: Rand) -> str:
    country, digits = rand.choice((("DE", 18), ("FR", 23), ("ES", 20), ("AT", 16), ("PL", 24), ("BE", 12)))
    body = _digits(rand, digits)
    whole = country + iban.calc_check_digits(f"{country}00{body}") + body
    if rand.random() < 0.5:
        return whole
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def _card(rand: Rand) -> str:
    def make(rand: Rand) -> str:
        return rand.choice(("4", "51", "37", "6011")) + _digits(rand, 12)

    whole = _until(rand, make, lambda digits: luhn.is_valid(digits))
    if len(whole) == 16 and rand.random() < 0.7:
        return rand.choice(" -").join(whole[at : at + 4] for at in range(0, 16, 4))
    return whole


def _ip(rand: Rand) -> str:
    if rand.random() < 0.6:
        return ".".join(str(rand.randrange(1, 255)) for _ in range(4))
    groups = [f"{rand.randrange(1, 65536):x}" for _ in range(8)]
    return rand.choice((":".join(groups), f"2001:db8::{groups[0]}", f"fe80::{groups[0]}:{groups[1]}"))


def _national(rand: Rand) -> str:
    makes: tuple[tuple[Callable[[Rand], str], Callable[[str], bool]], ...] = (
        (lambda r: f"{r.randrange(1, 650):03}-{r.randrange(1, 99):02}-{r.randrange(1, 9999):04}", ssn.is_valid),
        (lambda r: _digits(r, 8) + r.choice("TRWAGMYFPDXBNJZSQVHLCKE"), dni.is_valid),
        (lambda r: f"{_digits(r, 3)}.{_digits(r, 3)}.{_digits(r, 3)}-{_digits(r, 2)}", cpf.is_valid),
        (lambda r: _digits(r, 11), pesel.is_valid),
        (lambda r: _digits(r, 9), bsn.is_valid),
        (lambda r: f"A{r.choice('BEH')} {_digits(r, 2)} {_digits(r, 2)} {_digits(r, 2)} C", lambda t: True),
        (lambda r: f"{_digits(r, 2)}0{r.randrange(1, 9)}1{_digits(r, 1)}-{_digits(r, 4)}", personnummer.is_valid),
        (lambda r: f"{r.choice('23456789')}{_digits(r, 3)} {_digits(r, 4)} {_digits(r, 4)}", aadhaar.is_valid),
    )  # fmt: skip
    make, check = rand.choice(makes)
    return _until(rand, make, check)


def _key(rand: Rand) -> str:
    word = "".join(rand.choice(string.ascii_letters + string.digits) for _ in range(36))
    shapes = (
        f"sk-proj-{word}", f"AKIA{word[:16].upper()}", f"ghp_{word}", f"xoxb-{word[:24]}", f"hf_{word}",
        f"eyJhbGciOi{word[:10]}.{word}.{word}", f"password: {word[:6]}7x{word[6:10]}", f"ym_{word}",
    )  # fmt: skip
    return rand.choice(shapes)


def _address(rand: Rand) -> str:
    number = rand.randrange(1, 990)
    return rand.choice((
        f"{number} Maple Grove Road", f"{number} N. Orchard Street, Apt 4", f"{number} W 42nd Street",
        f"{number} Hill Lane, Springfield, IL 62704", f"Lindenstraße {number}", f"Bahnhofstr. {number}, 10115 Berlin",
        f"{number} rue de la Gare, 75010 Paris", f"Calle de Alcalá, {number}", f"Via Garibaldi {number}",
        f"PO Box {number}", f"{number} Priory Close", f"Keizersgracht {number}",
    ))  # fmt: skip


_MAKERS: dict[str, Callable[[Rand], str]] = {
    "email": _email,
    "phone": _phone,
    "iban": _iban,
    "card": _card,
    "ip": _ip,
    "national_id": _national,
    "key": _key,
    "address": _address,
}
