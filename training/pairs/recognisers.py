"""The patterns of personal data, each with its check. Data for `training/pairs/privacy.py`; pure, and linear in the text.

python-stdnum verifies check digits; the functions here say where and why the project decides differently.
Names of people are not recognised: without a model of names, a guess removes as many other words as names.
"""

# ruff: noqa: E501  # a regex broken over lines reads worse

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from re import Match

from stdnum import iban, luhn
from stdnum.be import ssn as belgian_number
from stdnum.br import cpf
from stdnum.de import idnr as german_tax_id
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.in_ import aadhaar
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.us import ssn

_SEPARATORS = str.maketrans("", "", " .-/()\u00a0")
_CARD_STARTS = ("4", "51", "52", "53", "54", "55", "2", "34", "37", "36", "38", "30", "6", "35")


@dataclass(frozen=True, slots=True)
class Recogniser:
    """One pattern of personal data.

    `pattern` finds candidates. `check` decides on a candidate, which it gets without separators, in capitals and ASCII
    digits, or unchanged if `verbatim` is set. `context` must match near the candidate.
    """

    kind: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool] | None = None
    context: re.Pattern[str] | None = None
    verbatim: bool = False

    def accepts(self, text: str, match: Match[str]) -> bool:
        """Return whether a match of the pattern in the text is personal data."""
        candidate = match.group() if self.verbatim else _compact(match.group())
        if self.check is not None and not self.check(candidate):
            return False
        around = text[max(0, match.start() - 60) : match.end() + 20]
        return self.context is None or bool(self.context.search(around))


def _compact(candidate: str) -> str:
    bare = candidate.translate(_SEPARATORS).upper()
    if bare.isascii():
        return bare
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in bare)


def _card(digits: str) -> bool:
    """Accept a payment card: a known beginning, 13 to 19 digits, a valid Luhn digit, and not one digit repeated."""
    known = 13 <= len(digits) <= 19 and digits.startswith(_CARD_STARTS)
    return known and len(set(digits)) > 1 and luhn.is_valid(digits)


def _iban(text: str) -> bool:
    """Accept an IBAN without checking national check digits: a number with a slip in those still identifies its owner."""
    return iban.is_valid(text, check_country=False)


def _spanish_id(text: str) -> bool:
    return dni.is_valid(text) or nie.is_valid(text)


def _brazilian_cpf(digits: str) -> bool:
    """Reject one digit repeated: it passes the arithmetic but is never issued."""
    return len(set(digits)) > 1 and cpf.is_valid(digits)


def _swedish_number(digits: str) -> bool:
    """Check only the Luhn digit: the day of a coordination number is above 60, which stdnum's check of the date refuses."""
    return luhn.is_valid(digits[-10:])


def _address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.split("%")[0])
    except ValueError:
        return False
    return ":" not in text or text.count(":") >= 2


def _phone(digits: str) -> bool:
    bare = digits.lstrip("+")
    return 8 <= len(bare) <= 15 and len(set(bare)) > 2


# One bare number in ten passes a checksum of one digit by chance, so a word for such numbers must be near.
_ID = re.compile(
    r"(?i)\b(?:SSN|social security|BSN|burgerservicenummer|PESEL|CPF|Steuer\w{0,20}|IdNr|TIN|tax|Aadhaar|UIDAI|ID|"
    r"identity|national (?:number|insurance)|citizen)\b"
)
_STREET = (
    "Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Square|Terrace|Way|Parkway|Pkwy|"
    "Close|Crescent|Gardens|Mews|Highway|Hwy"
)
_CAPS = r"[A-ZÀ-Þ][\w'’.-]{1,30}"
_UNIT = r"(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|#)\.? ?[\w-]{1,6})?"
_US_TOWN = rf"(?:, {_CAPS}(?: {_CAPS}){{0,2}}(?:, [A-Z]{{2}})? \d{{5}}(?:-\d{{4}})?)?"
_UK_CODE = r"\b[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}\b"

EMAIL = Recogniser(
    "email",
    re.compile(r"(?<![\w.+-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}\b"),
)
NAMED_KEY = Recogniser(
    "key",
    re.compile(
        r"(?i)\b(?:api[ _-]?key|secret|token|password|passwd|pwd|bearer)\b(?:\s{0,2}(?:is|=|:)\s{0,2}|\s)[\"'“]?"
        r"(?=[\w+/.!@#$%^&*-]{0,80}\d)(?=[\w+/.!@#$%^&*-]{0,80}[A-Za-z])[\w+/!@#$%^&*-]{8,200}"
    ),
)
# A text must contain one of these for KEYS, or for NAMED_KEY alone, to find anything.
KEY_BEGINNINGS = (
    "-----BEGIN", "eyJ", "sk-", "sk_", "pk-", "pk_", "rk-", "rk_", "AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_",
    "github_pat_", "glpat-", "xox", "AIza", "hf_", "ym_", "SG.", "npm_",
)  # fmt: skip
KEY_WORDS = ("key", "secret", "token", "passw", "pwd", "bearer")
KEYS = (
    Recogniser(
        "key", re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:[^-]{0,8000}-----END [A-Z ]{0,30}-----)?")
    ),
    Recogniser("key", re.compile(r"\beyJ[\w-]{8,2000}\.[\w-]{8,4000}\.[\w-]{8,1000}")),
    Recogniser(
        "key",
        re.compile(
            r"\b(?:sk|pk|rk)[-_](?:live|test|proj|ant|or)?[-_]?[\w-]{16,200}\b|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|"
            r"\bgh[pousr]_[A-Za-z0-9]{30,80}\b|\bgithub_pat_\w{30,100}\b|\bglpat-[\w-]{16,60}\b|\bxox[abprs]-[\w-]{10,100}\b|"
            r"\bAIza[\w-]{35}\b|\bhf_[A-Za-z0-9]{30,60}\b|\bym_[\w-]{20,80}\b|\bSG\.[\w-]{16,40}\.[\w-]{16,60}\b|"
            r"\bnpm_[A-Za-z0-9]{30,60}\b"
        ),
    ),
    NAMED_KEY,
)
IPV4 = Recogniser(
    "ip", re.compile(r"(?<![\w.])(?<!v )(?<!ersion )(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)"), _address, verbatim=True
)
IPV6 = Recogniser(
    "ip",
    re.compile(
        r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){7}|(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}|::(?:[0-9A-Fa-f]{1,4}:){0,6}[0-9A-Fa-f]{1,4}|(?:[0-9A-Fa-f]{1,4}:){1,7}:)(?![\w:])"
    ),
    _address,
    verbatim=True,
)
NUMBERED = (
    Recogniser("iban", re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?\b"), _iban),
    Recogniser("card", re.compile(r"(?<![\d.-])\d(?:[ -]?\d){12,18}(?![\d-])"), _card),
    Recogniser("national_id", re.compile(r"\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b"), codicefiscale.is_valid),
    Recogniser("national_id", re.compile(r"\b(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z]\b"), _spanish_id),
    Recogniser("national_id", re.compile(r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b")),
    Recogniser("national_id", re.compile(r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b"), _brazilian_cpf),
    Recogniser("national_id", re.compile(r"\b[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}\b"), nir.is_valid),
    Recogniser("national_id", re.compile(r"\b\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}\b"), belgian_number.is_valid),
    Recogniser("national_id", re.compile(r"\b(?:\d{2})?\d{6}[-+]\d{4}\b"), _swedish_number),
    Recogniser("national_id", re.compile(r"\b\d{3}-\d{2}-\d{4}\b"), ssn.is_valid),
    Recogniser("national_id", re.compile(r"\b\d{9}\b"), ssn.is_valid, _ID),
    Recogniser("national_id", re.compile(r"\b\d{9}\b"), bsn.is_valid, _ID),
    Recogniser("national_id", re.compile(r"\b\d{11}\b"), pesel.is_valid, _ID),
    Recogniser("national_id", re.compile(r"\b\d{11}\b"), _brazilian_cpf, _ID),
    Recogniser(
        "national_id",
        re.compile(r"\b\d{2} ?\d{3} ?\d{3} ?\d{3}\b"),
        german_tax_id.is_valid,
        _ID,
    ),
    Recogniser("national_id", re.compile(r"\b[2-9]\d{3} ?\d{4} ?\d{4}\b"), aadhaar.is_valid, _ID),
    IPV4,
    IPV6,
    Recogniser("phone", re.compile(r"(?<![\w+])(?:\+|00)[1-9]\d{0,2}(?:[ .-]?\(?\d{1,5}\)?){2,6}(?!\d|[.,]\d)"), _phone),
    Recogniser("phone", re.compile(r"(?<![\w(.-])(?:1[ .-])?\(\d{3}\) ?\d{3}[ .-]?\d{4}(?!\w)"), _phone),
    Recogniser("phone", re.compile(r"(?<![\w.-])(?:1[.-])?[2-9]\d{2}([.-])\d{3}\1\d{4}(?![\w-])"), _phone),
    Recogniser("phone", re.compile(r"(?<![\w(.,-])(?<!\d )\(?0[1-9]\d{1,4}\)?(?:[ /-]\d{2,8}){1,4}(?![\w-]|[.,]\d)"), _phone),
    Recogniser(
        "phone",
        re.compile(r"(?<![\w.,-])\d{3,4}[ -]?\d{3,4}(?:[ -]?\d{2,4})?(?!\w|[.,]\d|-\d)"),
        lambda digits: 7 <= len(digits) <= 12,
        re.compile(r"(?i)(?:\bphone|\btel\b|\bcell\b|\bmobile\b|\bfax\b|\bwhatsapp|\bcall (?:me|us|him|her)|\bring (?:me|us)|\breached at|\btext me)[^.]{0,40}\d"),
    ),
)  # fmt: skip
ADDRESSES = (
    Recogniser("address", re.compile(rf"\b\d{{1,5}}[A-Za-z]? (?:[NSEW]\.? )?(?:{_CAPS} ){{1,3}}(?:{_STREET})\b{_UNIT}{_US_TOWN}")),
    Recogniser("address", re.compile(rf"\b\d{{1,5}} (?:[NSEW]\.? )?(?:{_CAPS} ){{0,2}}\d{{1,3}}(?:st|nd|rd|th) (?:{_STREET})\b{_UNIT}{_US_TOWN}")),
    Recogniser("address", re.compile(_UK_CODE)),
    Recogniser("address", re.compile(r"\bP\.? ?O\.? Box \d{1,6}\b")),
    Recogniser(
        "address",
        re.compile(
            r"\b[A-ZÄÖÜ][\wäöüß-]{2,30}(?:straße|strasse|str\.|weg|platz|allee|gasse|straat|laan|plein|gracht|vägen|gatan) "
            r"\d{1,4}(?: ?[a-z]\b)?(?:, \d{4,5} [A-ZÄÖÜ][\wäöüß-]{2,30})?"
        ),
    ),
    Recogniser(
        "address",
        re.compile(
            r"\b\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|place|allée|chemin|quai) (?:(?:de|du|des|la|le|les) |[dl]['’]){0,3}"
            r"[A-ZÀ-Þ][\w'’-]{1,30}(?: [A-ZÀ-Þ][\w'’-]{1,30}){0,2}(?:, \d{5} [A-ZÀ-Þ][\w'’-]{1,30})?"
        ),
    ),
    Recogniser("address", re.compile(r"\b(?:Calle|Avenida|Avda\.|Plaza|Via|Viale|Corso|Piazza|Rua) (?:(?:de|del|la|los|di|della|da|do) ){0,2}[A-ZÀ-Þ][\w'’-]{1,30}(?: [A-ZÀ-Þ][\w'’-]{1,30}){0,2},? \d{1,4}\b")),
)  # fmt: skip
