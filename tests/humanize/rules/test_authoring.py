"""The commands that make the packs' data: the table of verb forms is complete, counts go into the right rules."""

from __future__ import annotations

from humanize.rules.authoring.corpus_counts import with_evidence
from humanize.rules.authoring.verb_forms import FOLDER, named_verbs


def test_the_table_has_the_forms_of_every_verb_that_the_packs_name() -> None:
    lines = (FOLDER / "forms.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert sorted(set(named_verbs()) - {line.split("\t")[0] for line in lines}) == []


def test_counts_replace_the_evidence_of_their_rule_only() -> None:
    table = {"rules/verbs/use": {"learn_gone": 9, "learn_all": 10, "held_gone": 3, "held_all": 4}}
    rule = '[[rule]]\nid = "use"\nreason = "Plainer."\nevidence = "old"\nmatch = "utilize"\n'
    assert with_evidence(rule, "verbs", table) == (
        '[[rule]]\nid = "use"\nreason = "Plainer."\n'
        'evidence = "pairs: people did without it in 3 of 4 on the held-out half"\nmatch = "utilize"\n'
    )
    other = rule.replace('"use"', '"make"')
    assert with_evidence(other, "verbs", table) == other.replace('evidence = "old"\n', "")
