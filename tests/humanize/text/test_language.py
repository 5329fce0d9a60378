from __future__ import annotations

import pytest

from humanize.text.language import detect_language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The garden behind the house was quiet and green in the morning.", "en"),
        ("Der Garten hinter dem Haus war am Morgen still und grün.", "de"),
        ("Le jardin derrière la maison était calme et vert le matin.", "fr"),
        ("El jardín detrás de la casa estaba tranquilo y verde por la mañana.", "es"),
        ("Сад за домом утром был тихим и зелёным, и никто не шумел.", "ru"),
        ("hi", "und"),
        ("", "und"),
        ("12345 67890 !!! ??? 123", "und"),
    ],
)
def test_languages_are_told_apart(text: str, code: str) -> None:
    assert detect_language(text).code == code


def test_the_confidence_is_a_probability() -> None:
    assert 0.9 < detect_language("The garden behind the house was quiet and green.").confidence <= 1.0
