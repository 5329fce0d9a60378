"""Closed kinds: numbers, dates, names, quotations and literals stay the same in any form, and no change passes."""

from __future__ import annotations

import pytest

from humanize.facts.closed import closed_facts, closed_findings
from humanize.facts.findings import Answer

SAME = [
    # numbers in words and figures, fractions, percentages, ratios
    ("Four hours later the lamp went out.", "The lamp went out 4 hours later."),
    ("It holds twenty-five thousand litres.", "It holds 25,000 litres."),
    ("Two-thirds of the members voted.", "Of the members, 2/3 voted."),
    ("Half of the crew was ill.", "Of the crew, 50% was ill."),
    ("One in five boats sank.", "Twenty percent of the boats sank."),
    ("Sales rose by 1.5 million.", "Sales were 1,500,000 higher."),
    ("The room holds a dozen chairs.", "The room holds 12 chairs."),
    ("He won 30 of 60 seats.", "He won half of the 60 seats (30)."),
    ("It doubled in size.", "It became twice as large."),
    # units and money
    ("The walk took 90 minutes.", "The walk took an hour and a half."),
    ("They fast for two consecutive months.", "They fast for two months in a row."),
    ("The stay was 14 days.", "The stay was two weeks."),
    ("It cost £38.9m.", "It cost 38.9 million pounds."),
    ("We need 10 to 15 minutes.", "We need between ten and fifteen minutes."),
    ("The rope is 100 cm long.", "The rope is one metre long."),
    ("A 60-year-old man sang.", "A man aged 60 sang."),
    # dates and times
    ("It opened on 3 May 2019.", "It opened on May 3rd, 2019."),
    ("It opened on 2019-05-03.", "It opened on 3 May 2019."),
    ("She left at 5:30 pm.", "She left at 17:30."),
    ("A 17th-century clock stood there.", "A clock of the 1600s stood there."),
    ("From 1990 to 2010 it grew.", "In the two decades from 1990 to 2010 it grew."),
    ("After the Second World War they moved.", "They moved after World War II."),
    ("Between 1841 and 1843 he wrote.", "He wrote (1841–43)."),
    # names
    ("Yesterday Dr. Smith spoke; Smith was late.", "Yesterday Dr. Smith spoke. She was late."),
    ("He works for the World Health Organization.", "He works for the WHO."),
    ("We moved to Spain and ate there.", "We moved to the Spanish coast and ate there."),
    ("The council thanked Labour's Ann Gray.", "Ann Gray of Labour was thanked by the council."),
    # quotations, links, code, citations
    ("She said, \u201cI will not go there again.\u201d", 'According to her, "I will not go there again."'),
    ('"I will go," he said, "when it rains."', 'He said, "I will go when it rains."'),
    ("Run `make run` and wait.", "Wait after you run `make run`."),
    ("Trust matters (Klein, 2022).", "Klein (2022) says that trust matters."),
    # what only numbers a list
    ("1. Open the box.\n2. Take the cup.", "Open the box, then take the cup."),
]
CHANGED = [
    ("number", "Four hours later the lamp went out.", "Five hours later the lamp went out."),
    ("number", "It holds 25,000 litres.", "It holds 250,000 litres."),
    ("number", "It grew by 3.5 percent.", "It grew by 5.3 percent."),
    ("number", "The dose is 5 mg.", "The dose is 5 mcg."),
    ("number", "The dose is 5 mg.", "The dose is 50 mg."),
    ("number", "Take it for seven days.", "Take it for seven weeks."),
    ("number", "One in five boats sank.", "One in four boats sank."),
    ("number", "Two-thirds of the members voted.", "Three-quarters of the members voted."),
    ("money", "It cost a million crowns.", "It cost a billion crowns."),
    ("number", "The third floor burned.", "The fourth floor burned."),
    ("number", "It was twice as large.", "It was three times as large."),
    ("money", "It cost £38.9m.", "It cost $38.9m."),
    ("money", "The fee is €40.", "The fee is €400."),
    ("number", "It grew 15 percent.", "It grew 15 percentage points."),
    ("date", "We meet on Friday.", "We meet on Thursday."),
    ("date", "We met in June.", "We met in July."),
    ("number", "It opened in 1998.", "It opened in 1989."),
    ("time", "She left at 5:30 pm.", "She left at 5:30 am."),
    ("date", "The fair is in summer.", "The fair is in winter."),
    ("name", "The prize went to Mary Okafor.", "The prize went to Ruth Okafor."),
    ("name", "We flew from Oslo.", "We flew from Bergen."),
    ("name", "The Bank of England said no.", "The Bank of Scotland said no."),
    ("quotation", '"We will pay the rent," she said.', '"We will not pay the rent," she said.'),
    ("quotation", 'He said, "It was a cold day in spring."', "He said that it was a cold day in spring."),
    ("code", "Run `make run` first.", "Run `make test` first."),
    ("url", "See https://example.org/a/b.", "See https://example.org/a/c."),
    ("email", "Write to ann@example.org.", "Write to anna@example.org."),
    ("citation", "Trust matters (Klein, 2022).", "Trust matters (Klein, 2021)."),
]


@pytest.mark.parametrize(("source", "rewrite"), SAME)
def test_the_same_fact_in_another_form_is_no_conflict(source: str, rewrite: str) -> None:
    for one, other in ((source, rewrite), (rewrite, source)):
        found = closed_findings(closed_facts(one), closed_facts(other))
        assert [finding for finding in found if finding.answer == Answer.REFUSED] == []


@pytest.mark.parametrize(("kind", "source", "rewrite"), CHANGED)
def test_a_changed_fact_is_refused_and_both_places_are_named(kind: str, source: str, rewrite: str) -> None:
    found = list(closed_findings(closed_facts(source), closed_facts(rewrite)))
    assert kind in {finding.kind for finding in found if finding.answer == Answer.REFUSED}
    for finding in found:
        text, place = (rewrite, finding.rewrite) if finding.source == (0, 0) else (source, finding.source)
        assert text[slice(*place)] in finding.detail


def test_a_small_count_that_only_came_is_to_be_looked_at() -> None:
    source, rewrite = "It has a lid and a handle.", "It has two parts, a lid and a handle."
    (finding,) = closed_findings(closed_facts(source), closed_facts(rewrite))
    assert (finding.kind, finding.answer) == ("count", Answer.LOOK)


def test_a_first_name_may_go_but_none_may_come() -> None:
    source, rewrite = "Yesterday we met Jane Smith.", "Yesterday we met Smith."
    assert list(closed_findings(closed_facts(source), closed_facts(rewrite))) == []
    assert [one.kind for one in closed_findings(closed_facts(rewrite), closed_facts(source))] == ["name"]
