"""Every rule's own examples: what it makes of a sentence, and what it must leave."""

from __future__ import annotations

import pytest

from humanize.options import RewriteOptions
from humanize.rules.context import build_context
from humanize.rules.engine import rewrite
from humanize.rules.english.offers import language as offered
from humanize.rules.finishing import finish
from humanize.rules.pack import PACKS as FOLDER
from humanize.rules.pack import Language, languages, load_language
from humanize.rules.placement import fit
from humanize.rules.rule import Rule, RuleExample
from humanize.rules.scan import Scanner
from humanize.rules.selection import choose
from humanize.text.segment import segment

PACKS = [(code, pack) for code in languages() if (pack := load_language(code)) is not None]
RULES = [(pack, rule, code) for code, pack in [*PACKS, ("en", offered())] for rule in pack.rules]
CASES = [
    pytest.param(pack, rule, example, code, id=f"{code}-{rule.id}-{n}")
    for pack, rule, code in RULES
    for n, example in enumerate(rule.examples)
]


def apply_alone(rule: Rule, language: Language, text: str, code: str = "en") -> str:
    """What one rule alone makes of a text, with the engine's own fitting and mending."""
    document = segment(text, "text")
    context = build_context(document, (), next(iter(sorted(rule.strategies))), code)
    index: dict[str, tuple[Rule, ...]] = dict.fromkeys(rule.firsts, (rule,))
    fitted = (fit(text, context.sentences[p.sentence], p) for p in Scanner(language, index, context).proposals())
    steps = choose([p for p in fitted if p is not None], 5, 99)
    for edit in reversed(finish(context, steps)):
        text = text[: edit.start] + edit.after + text[edit.end :]
    return text


def test_every_folder_of_packs_is_a_language() -> None:
    assert sorted(path.name for path in FOLDER.iterdir() if path.is_dir()) == [code for code, _ in PACKS]
    assert "en" in languages()


@pytest.mark.parametrize(("pack", "rule", "example", "code"), CASES)
def test_rule_does_to_its_examples_what_the_pack_says(
    pack: Language, rule: Rule, example: RuleExample, code: str
) -> None:
    assert apply_alone(rule, pack, example.before, code) == example.after


@pytest.mark.parametrize("rule", [rule for _, rule, _ in RULES], ids=lambda rule: rule.source)
def test_rule_has_a_reason_for_the_writer(rule: Rule) -> None:
    assert rule.reason.endswith(".")
    assert len(rule.reason) <= 90


def test_a_text_without_anything_to_mend_comes_back_without_edits() -> None:
    text = "The bus was late. We walked home in the rain and made tea."
    assert rewrite(segment(text, "text"), (), RewriteOptions(level=5)).edits == ()
