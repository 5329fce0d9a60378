"""Every rule's own examples: what it makes of a sentence, and what it must leave."""

from __future__ import annotations

import pytest

from humanize.options import RewriteOptions
from humanize.rules.context import build_context
from humanize.rules.engine import rewrite
from humanize.rules.finishing import finish
from humanize.rules.offers import language as offered
from humanize.rules.pack import Language, load_language
from humanize.rules.placement import fit
from humanize.rules.rule import Example, Rule
from humanize.rules.scan import Scanner
from humanize.rules.selection import choose
from humanize.text.segment import segment

ENGLISH = load_language("en")
assert ENGLISH is not None
RULES = (*ENGLISH.rules, *offered().rules)
CASES = [pytest.param(rule, example, id=f"{rule.id}-{n}") for rule in RULES for n, example in enumerate(rule.examples)]


def apply_alone(rule: Rule, language: Language, text: str) -> str:
    """What one rule alone makes of a text, with the engine's own fitting and mending."""
    document = segment(text, "text")
    context = build_context(document, (), next(iter(sorted(rule.strategies))))
    index: dict[str, tuple[Rule, ...]] = dict.fromkeys(rule.firsts, (rule,))
    fitted = (fit(text, context.sentences[p.sentence], p) for p in Scanner(language, index, context).proposals())
    steps = choose([p for p in fitted if p is not None], 5, 99)
    for edit in reversed(finish(context, steps)):
        text = text[: edit.start] + edit.after + text[edit.end :]
    return text


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_rule_does_to_its_examples_what_the_pack_says(rule: Rule, example: Example) -> None:
    assert ENGLISH is not None
    assert apply_alone(rule, ENGLISH, example.before) == example.after


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.source)
def test_rule_has_a_reason_for_the_writer(rule: Rule) -> None:
    assert rule.reason.endswith(".")
    assert len(rule.reason) <= 90


def test_a_text_without_anything_to_mend_comes_back_without_edits() -> None:
    text = "The bus was late. We walked home in the rain and made tea."
    assert rewrite(segment(text, "text"), (), RewriteOptions(level=5)).edits == ()
