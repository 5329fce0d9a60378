"""Additional recognisers of personal data, from presidio-analyzer on a blank spaCy pipeline. An optional extra.

The project's own recognisers come first and win where both find the same; these add what those do not know, above all
ids of more countries. They need neither a model nor the network. Names of people would need a model, so they are not
recognised here either. Left out on purpose: e-mail addresses and URLs, for which presidio downloads a list of domains,
and IP addresses, for which it mistakes version numbers.
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

# Presidio's names → ours. Only kinds that have a checksum, or a shape that does not occur in prose.
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
_SURE_PHONE = 0.4  # the highest score that the library for phone numbers gives


def is_installed() -> bool:
    return find_spec("presidio_analyzer") is not None and find_spec("spacy") is not None


def findings(text: str) -> tuple[Finding, ...]:
    """Return the findings, the surest first.

    Raises InvalidInput if the extra is not installed, because finding less than was requested must not go unnoticed.
    """
    results = _engine().analyze(text, "en", entities=list(KINDS), score_threshold=_SURE_PHONE)
    return tuple(
        Finding(result.start, result.end, KINDS[result.entity_type], text[result.start : result.end])
        for result in sorted(results, key=lambda result: (-result.score, result.start))
        if (result.score >= _SURE or result.entity_type == "PHONE_NUMBER")
        and _stands_alone(text, result.start, result.end)
    )


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Return whether no digits adjoin: one group of a longer number in ten has a valid checksum by chance."""
    return not (_DIGITS_BEFORE.search(text[:start][-2:]) or _DIGITS_AFTER.match(text, end))


@lru_cache(maxsize=1)
def _engine() -> AnalyzerEngine:
    if not is_installed():
        raise InvalidInput(
            "TRAINING_PRESIDIO is set, but the extra presidio is not installed; run make install-presidio or unset it"
        )
    import spacy
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)  # it warns about every kind that is left out
    language = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "blank"}])
    language.nlp = {"en": spacy.blank("en")}
    classes = [getattr(predefined_recognizers, f"{name}Recognizer") for name in _RECOGNISERS]
    recognizers = [recognizer(supported_language="en") for recognizer in classes]
    registry = RecognizerRegistry(recognizers, supported_languages=["en"])
    return AnalyzerEngine(registry=registry, nlp_engine=language, supported_languages=["en"])
