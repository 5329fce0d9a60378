"""Checksums that tell a real number from one that looks like it. Pure functions over strings of digits and letters.

Each takes the number without separators and answers whether it could have been issued.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20, "LU": 20,
    "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24,
    "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
    "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
_VERHOEFF_D = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_VERHOEFF_P = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip
_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
_CF_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16,
         10, 22, 25, 24, 23),
        strict=True,
    )
)  # fmt: skip
_CARD_STARTS = ("4", "51", "52", "53", "54", "55", "2", "34", "37", "36", "38", "30", "6", "35")


def luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def card(digits: str) -> bool:
    """A payment card: a known beginning, 13 to 19 digits, Luhn; not one digit over and over."""
    return 13 <= len(digits) <= 19 and digits.startswith(_CARD_STARTS) and len(set(digits)) > 1 and luhn(digits)


def iban(text: str) -> bool:
    if _IBAN_LENGTHS.get(text[:2]) != len(text) or not text[2:4].isdigit():
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1


def us_ssn(digits: str) -> bool:
    """No checksum exists; these parts are never issued."""
    return len(digits) == 9 and digits[:3] not in {"000", "666"} and digits[0] != "9" and digits[3:5] != "00" and (
        digits[5:] != "0000"
    )  # fmt: skip


def spanish_dni(text: str) -> bool:
    """DNI, or NIE with X, Y or Z in front."""
    number = text[:-1].replace("X", "0").replace("Y", "1").replace("Z", "2")
    return number.isdigit() and _DNI[int(number) % 23] == text[-1]


def codice_fiscale(text: str) -> bool:
    even = sum(int(sign, 36) - 10 if sign.isalpha() else int(sign) for sign in text[1:15:2])
    odd = sum(_CF_ODD[sign] for sign in text[0:15:2])
    return chr(65 + (even + odd) % 26) == text[15]


def french_nir(digits: str) -> bool:
    return len(digits) == 15 and 97 - int(digits[:13]) % 97 == int(digits[13:])


def german_tax_id(digits: str) -> bool:
    """ISO 7064, mod 11, 10; one digit stands twice or three times among the first ten."""
    if len(digits) != 11 or digits[0] == "0" or len(set(digits[:10])) not in {8, 9}:
        return False
    rest = 10
    for digit in digits[:10]:
        total = (int(digit) + rest) % 10 or 10
        rest = total * 2 % 11
    return (11 - rest) % 10 == int(digits[10])


def dutch_bsn(digits: str) -> bool:
    return len(digits) == 9 and _weighed(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0 and int(digits) > 0


def polish_pesel(digits: str) -> bool:
    return len(digits) == 11 and _weighed(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def brazilian_cpf(digits: str) -> bool:
    if len(digits) != 11 or len(set(digits)) == 1:
        return False
    first = _weighed(digits[:9], range(10, 1, -1)) * 10 % 11 % 10
    second = _weighed(digits[:10], range(11, 1, -1)) * 10 % 11 % 10
    return digits[9:] == f"{first}{second}"


def aadhaar(digits: str) -> bool:
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_VERHOEFF_D[check][int(_VERHOEFF_P[place % 8][int(digit)])])
    return len(digits) == 12 and digits[0] not in "01" and check == 0


def swedish_personnummer(digits: str) -> bool:
    return len(digits) in {10, 12} and luhn(digits[-10:])


def belgian_number(digits: str) -> bool:
    """Born before 2000, or after with a 2 in front for the check."""
    if len(digits) != 11:
        return False
    return any(97 - int(front + digits[:9]) % 97 == int(digits[9:]) for front in ("", "2"))


def _weighed(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


Check = Callable[[str], bool]
