"""More recognisers of personal data, from presidio-analyzer on a blank spaCy pipeline: an extra, beside our own.

Our own come first and win where both see the same; these add what ours do not know, above all ids of more countries. No
model, no network. Names of people would need a model, so none are recognised here either. Left out on purpose: e-mail
and URLs, for which presidio asks the network for a list of domains, and IP addresses, for which it takes versions.
"""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from training.pairs.privacy import Finding
from youman.core.errors import InvalidInput

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine

# By presidio's names. Only what has a checksum, or a shape that prose does not have.
KINDS = {
    "CREDIT_CARD": "card", "IBAN_CODE": "iban", "PHONE_NUMBER": "phone", "CRYPTO": "key",
    "UK_NHS": "national_id", "UK_NINO": "national_id", "US_SSN": "national_id", "US_ITIN": "national_id",
    "MEDICAL_LICENSE": "national_id", "AU_TFN": "national_id", "AU_MEDICARE": "national_id", "CA_SIN": "national_id",
    "DE_TAX_ID": "national_id", "ES_NIF": "national_id", "ES_NIE": "national_id",
    "FI_PERSONAL_IDENTITY_CODE": "national_id",
    "IN_AADHAAR": "national_id", "IN_PAN": "national_id", "IT_FISCAL_CODE": "national_id", "KR_RRN": "national_id",
    "PL_PESEL": "national_id", "SE_PERSONNUMMER": "national_id", "SG_NRIC_FIN": "national_id",
    "TH_TNIN": "national_id", "TR_NATIONAL_ID": "national_id", "ZA_ID_NUMBER": "national_id",
}  # fmt: skip
_RECOGNISERS = (
    "CreditCard Iban Phone Crypto Nhs UkNino UsSsn UsItin MedicalLicense AuTfn AuMedicare CaSin DeTaxId EsNif EsNie "
    "FiPersonalIdentityCode InAadhaar InPan ItFiscalCode KrRrn PlPesel SePersonnummer SgFin ThTnin TrNationalId "
    "ZaIdNumber"
).split()
_SURE = 0.5
_DIGITS_BEFORE, _DIGITS_AFTER = re.compile(r"\d[ .-]?$"), re.compile(r"[ .-]?\d")
_SURE_PHONE = 0.4  # the library that reads phone numbers never says more


def is_installed() -> bool:
    return find_spec("presidio_analyzer") is not None and find_spec("spacy") is not None


def findings(text: str) -> tuple[Finding, ...]:
    """In order. Raises InvalidInput where the extra is not installed: never quietly less than was asked for."""
    seen = _engine().analyze(text, "en", entities=list(KINDS), score_threshold=_SURE_PHONE)
    return tuple(
        Finding(one.start, one.end, KINDS[one.entity_type], text[one.start : one.end])
        for one in sorted(seen, key=lambda one: (-one.score, one.start))
        if (one.score >= _SURE or one.entity_type == "PHONE_NUMBER") and _stands_alone(text, one.start, one.end)
    )


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Three groups of a longer number have a checksum by luck, once in ten times."""
    return not (_DIGITS_BEFORE.search(text[:start][-2:]) or _DIGITS_AFTER.match(text, end))


@lru_cache(maxsize=1)
def _engine() -> AnalyzerEngine:
    if not is_installed():
        raise InvalidInput("TRAINING_PRESIDIO is on, but the extra presidio is not installed; install it, or unset it")
    import spacy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)  # it warns of each kind that it was not given
    language = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "blank"}])
    language.nlp = {"en": spacy.blank("en")}
    known = [getattr(predefined_recognizers, f"{name}Recognizer") for name in _RECOGNISERS]
    registry = RecognizerRegistry([one(supported_language="en") for one in known], supported_languages=["en"])
    return AnalyzerEngine(registry=registry, nlp_engine=language, supported_languages=["en"])
