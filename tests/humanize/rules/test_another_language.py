"""A language that is data alone: nothing of English is done to its texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from humanize.rules.context import build_context
from humanize.rules.finishing import finish
from humanize.rules.pack import load_folder
from humanize.rules.placement import fit
from humanize.rules.register import detect_register
from humanize.rules.scan import Scanner, build_index
from humanize.rules.selection import choose
from humanize.text.segment import segment

PACK = """theme = "plain"
[[rule]]
id = "employ"
match = "utilisé"
replace = "employé"
level = 1
reason = "Shorter."
examples = [["Il a utilisé la clé.", "Il a employé la clé."]]
[[rule]]
id = "emphasis"
match = "évidemment ,"
replace = ""
level = 1
reason = "It adds nothing."
examples = [["Évidemment, écrire est long.", "Écrire est long."]]
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Elle a utilisé le four.", "Elle a employé le four."),  # no "an" before a vowel
        ("Évidemment, élire un chef prend du temps.", "Élire un chef prend du temps."),  # a capital with its accent
        ("Les voisins ont utilisé un pont.", "Les voisins ont employé un pont."),
    ],
)
def test_a_pack_of_another_language_edits_by_its_own_rules_only(tmp_path: Path, before: str, after: str) -> None:
    (tmp_path / "classes.toml").write_text("", encoding="utf-8")
    (tmp_path / "forms.tsv").write_text("", encoding="utf-8")
    (tmp_path / "plain.toml").write_text(PACK, encoding="utf-8")
    language = load_folder(tmp_path)
    context = build_context(segment(before, "text"), (), "professional", "fr")
    scanner = Scanner(language, build_index(language, "professional"), context)
    fitted = (fit(before, context.sentences[p.sentence], p) for p in scanner.proposals())
    result = before
    for edit in reversed(finish(context, choose([p for p in fitted if p is not None], 5, 99))):
        result = result[: edit.start] + edit.after + result[edit.end :]
    assert result == after


def test_english_words_tell_no_register_of_another_language() -> None:
    text = segment("Super! Totally! Hey! Génial!", "text")
    assert detect_register(text, "en") == "casual"
    assert detect_register(text, "fr") == "professional"
