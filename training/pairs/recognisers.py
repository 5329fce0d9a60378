"""The patterns of personal data, each with its check. Data for `training/pairs/privacy.py`; pure, and linear in the text.

Names of people are not recognised: without a model of names every guess costs as many words as it saves.
"""

# ruff: noqa: E501  # a regex broken over lines reads worse

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from re import Match

from training.pairs import checksums

_SEPARATORS = str.maketrans("", "", " .-/()\u00a0")


@dataclass(frozen=True, slots=True)
class Recogniser:
    """`pattern` finds candidates; `check` decides on what it found without separators. `context` must stand near."""

    kind: str
    pattern: re.Pattern[str]
    check: checksums.Check | None = None
    context: re.Pattern[str] | None = None
    verbatim: bool = False  # the check sees the match as it stands

    def accepts(self, text: str, match: Match[str]) -> bool:
        found = match.group() if self.verbatim else match.group().translate(_SEPARATORS).upper()
        if self.check is not None and not self.check(found):
            return False
        around = text[max(0, match.start() - 60) : match.end() + 20]
        return self.context is None or bool(self.context.search(around))


def _address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.split("%")[0])
    except ValueError:
        return False
    return ":" not in text or text.count(":") >= 2


def _phone(digits: str) -> bool:
    bare = digits.lstrip("+")
    return 8 <= len(bare) <= 15 and len(set(bare)) > 2


# Bare digits pass a checksum of one digit every tenth time, so a word for such numbers must stand near.
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
# What must stand in a text for KEYS, or for NAMED_KEY alone, to find anything.
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
    Recogniser("iban", re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?\b"), checksums.iban),
    Recogniser("card", re.compile(r"(?<![\d.-])\d(?:[ -]?\d){12,18}(?![\d-])"), checksums.card),
    Recogniser("national_id", re.compile(r"\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b"), checksums.codice_fiscale),
    Recogniser("national_id", re.compile(r"\b(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z]\b"), checksums.spanish_dni),
    Recogniser("national_id", re.compile(r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b")),
    Recogniser("national_id", re.compile(r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b"), checksums.brazilian_cpf),
    Recogniser("national_id", re.compile(r"\b[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}\b"), checksums.french_nir),
    Recogniser("national_id", re.compile(r"\b\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}\b"), checksums.belgian_number),
    Recogniser("national_id", re.compile(r"\b(?:\d{2})?\d{6}[-+]\d{4}\b"), checksums.swedish_personnummer),
    Recogniser("national_id", re.compile(r"\b\d{3}-\d{2}-\d{4}\b"), checksums.us_ssn),
    Recogniser("national_id", re.compile(r"\b\d{9}\b"), checksums.us_ssn, _ID),
    Recogniser("national_id", re.compile(r"\b\d{9}\b"), checksums.dutch_bsn, _ID),
    Recogniser("national_id", re.compile(r"\b\d{11}\b"), checksums.polish_pesel, _ID),
    Recogniser("national_id", re.compile(r"\b\d{11}\b"), checksums.brazilian_cpf, _ID),
    Recogniser(
        "national_id",
        re.compile(r"\b\d{2} ?\d{3} ?\d{3} ?\d{3}\b"),
        checksums.german_tax_id,
        _ID,
    ),
    Recogniser("national_id", re.compile(r"\b[2-9]\d{3} ?\d{4} ?\d{4}\b"), checksums.aadhaar, _ID),
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
