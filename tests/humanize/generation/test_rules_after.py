"""The rules go over what a model has left: sentences it passed over, words of its own, paragraphs that failed."""

from __future__ import annotations

import pytest

from humanize.models import Edit, Transformation
from serving.models import Invocation
from tests.humanize.deployments import Engines, answer_with, swapped
from tests.writers import DRAFT, Writer, writer

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "\n\n".join(
    f"Part {n} begins here. {'The mill by the river was sold to a young couple. ' * 30}" for n in range(6)
)


@pytest.fixture
def bea(engines: Engines) -> Writer:
    engines.add("small")
    return writer("bea", "BASIC")


def sources() -> list[tuple[str, bool]]:
    """Where each edit comes from, and whether a call stands behind it, in the order of the text."""
    edits = Edit.objects.order_by("start")
    return [(edit.source.split("/")[0], edit.invocation is not None) for edit in edits]


def test_a_sentence_that_the_model_passed_over_is_edited_by_the_rules(engines: Engines, bea: Writer) -> None:
    engines.server.answer = answer_with(lambda line: line if line.startswith("Furthermore") else swapped(line))
    bea.post("transformations", {"text": DRAFT})
    row, call = Transformation.objects.get(), Invocation.objects.get()
    assert row.result.startswith("The team must use robust tools to finish by 12 May. Furthermore, the plan plays ")
    assert "pivotal" not in row.result
    assert sources() == [*[("llm", True)] * 3, ("rules", False)]
    assert {edit.invocation for edit in Edit.objects.filter(source__startswith="llm")} == {call.pk}


def test_stock_words_of_the_model_are_edited_inside_its_own_edit(engines: Engines, bea: Writer) -> None:
    engines.server.answer = answer_with(
        lambda line: "The plan helps us in order to do our work." if line.startswith("Furthermore") else swapped(line)
    )
    bea.post("transformations", {"text": DRAFT})
    row = Transformation.objects.get()
    assert row.result.endswith("The plan helps us to do our work.")
    assert {source for source, _ in sources()} == {"llm"}


def test_a_sentence_that_fails_twice_is_left_to_the_rules(engines: Engines, bea: Writer) -> None:
    engines.server.answer = answer_with(lambda line: swapped(line).replace("⟦1⟧", "13 May"))
    body = bea.post("transformations", {"text": DRAFT}).body
    assert body["result"] == "The team must use robust tools to finish by 12 May. The plan matters in our work."
    assert {source for source, _ in sources()} == {"llm", "rules"}
    assert len(engines.asked) == 2
    assert body["warnings"][0].endswith("the mark ⟦1⟧ is missing")


def test_a_cached_answer_keeps_what_the_rules_added_without_a_call(engines: Engines, bea: Writer) -> None:
    engines.server.answer = answer_with(lambda line: line if line.startswith("Furthermore") else swapped(line))
    first = bea.post("transformations", {"text": DRAFT}).body
    Edit.objects.all().delete()
    again = bea.post("transformations", {"text": f"\n{DRAFT}"}).body
    assert (again["result"], engines.asked) == (f"\n{first['result']}", ["openai"])
    assert sources() == [*[("llm", True)] * 3, ("rules", False)]


def test_each_part_is_told_how_others_begin_and_end(engines: Engines, bea: Writer) -> None:
    engines.server.answer = answer_with(lambda line: line)
    bea.post("transformations", {"text": LONG, "level": 4, "wait": True})
    shown = [seen.prompt.split("<parts-")[1].split("</parts-")[0] for seen in engines.server.seen]
    assert len(shown) > 2
    for prompt, others in zip([seen.prompt for seen in engines.server.seen], shown, strict=True):
        own = next(n for n in range(6) if f"Part {n} begins here." in prompt.split("<text-")[1])
        assert f"begins: Part {own} begins here." not in others
        assert others.count("begins: Part ") == others.count("ends: … ") == len(shown) - 1
