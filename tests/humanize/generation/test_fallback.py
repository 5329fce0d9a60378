"""A text through a real HTTP call to each vendor's protocol and back: verified, traced, in the ledger."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from humanize.models import Chunk, Edit, RoutePolicy, Transformation
from serving.gateway import snapshot
from serving.models import Budget, Invocation, ProviderModel
from tests.humanize.deployments import Engines, answer_with, swapped
from tests.writers import DRAFT, Writer, writer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bea(engines: Engines) -> Writer:
    """On the basic tier, whose policy takes the cheapest that is good enough."""
    return writer("bea", "BASIC")


def make(writer: Writer, text: str = DRAFT, **options: object) -> dict[str, object]:
    reply = writer.post("transformations", {"text": text, **options})
    assert reply.status == 201, reply.body
    assert isinstance(reply.body, dict)
    return reply.body


def outcomes(body: dict[str, object]) -> list[tuple[str, str]]:
    route = body["route"]
    assert isinstance(route, list)
    return [(step["candidate"], step["outcome"]) for step in route if step["outcome"] != "chosen"]


def test_an_answer_becomes_edits_with_its_call_its_cost_and_a_sentence(engines: Engines, bea: Writer) -> None:
    engines.add("small")
    body = make(bea)
    row = Transformation.objects.get(pk=str(body["id"]))
    (call,) = Invocation.objects.all()
    assert body["result"] == swapped(DRAFT)
    assert outcomes(body) == [("small", "answered")]
    assert {edit.source for edit in Edit.objects.all()} == {"llm/small"}
    assert {edit.invocation for edit in Edit.objects.all()} == {call.pk}
    assert Chunk.objects.get().invocation == call.pk
    assert (call.transformation, call.account, call.chunk, call.error) == (row.pk, bea.account.pk, 0, "")
    assert row.cost == call.cost > 0
    assert Decimal(str(body["cost"])) == call.cost
    assert body["route_sentence"] == "small rewrote this for less than $0.0001."
    assert body["summary"] == f"Small made {len(Edit.objects.all())} edits"
    assert bea.get(f"transformations/{row.pk}").body["route_sentence"] == body["route_sentence"]
    assert "[1] It is important to note" in engines.server.seen[0].prompt
    assert "12 May" not in engines.server.seen[0].prompt.split("<marks-")[0]


def test_no_deployment_means_the_rules_and_no_call(bea: Writer) -> None:
    body = make(bea)
    assert outcomes(body) == [("rules", "answered")]
    assert body["route_sentence"] == "The built-in rules rewrote this."
    assert Invocation.objects.count() == 0


def test_the_free_tier_gets_the_rules_whatever_is_live(engines: Engines) -> None:
    engines.add("small")
    body = make(writer("fred", "FREE"))
    assert outcomes(body) == [("small", "excluded"), ("rules", "answered")]
    assert engines.asked == []


def test_a_failing_vendor_falls_to_the_next_and_the_writer_learns_it(engines: Engines, bea: Writer) -> None:
    engines.add("small")
    engines.add("large")
    engines.server.faults.append("quota")
    body = make(bea)
    assert outcomes(body) == [("small", "failed"), ("large", "answered")]
    assert engines.asked == ["openai", "anthropic"]
    assert body["result"] == swapped(DRAFT)
    assert str(body["route_sentence"]).endswith("; before that, small was asked: the quota at its vendor is used up.")
    assert [(one.deployment.name, one.error) for one in Invocation.objects.order_by("created_at")] == [
        ("small", "quota"),
        ("large", ""),
    ]


def test_when_all_fail_the_rules_are_last(engines: Engines, bea: Writer) -> None:
    engines.add("small")
    engines.server.always = "quota"
    body = make(bea)
    assert outcomes(body) == [("small", "failed"), ("rules", "answered")]
    assert body["result"] != DRAFT
    assert {edit.invocation for edit in Edit.objects.all()} == {None}


def test_what_nobody_could_improve_stays_and_says_so(engines: Engines, bea: Writer) -> None:
    engines.add("small")
    engines.server.always = "quota"
    plain = "The boat came home before dark. We ate soup and went to bed."
    body = make(bea, plain)
    assert (body["result"], body["edits"]) == (plain, [])
    assert body["warnings"] == [
        "A part was left unchanged: no model could be used, and the rules found nothing to change"
    ]


def test_a_sentence_that_fails_is_asked_for_once_more_by_name(engines: Engines, bea: Writer) -> None:
    engines.add("small")
    wrong = answer_with(lambda line: swapped(line).replace("⟦1⟧", "13 May"))
    right = engines.server.answer
    engines.server.answer = lambda seen: right(seen) if "problem:" in seen.prompt else wrong(seen)
    body = make(bea)
    assert body["result"] == swapped(DRAFT)
    assert engines.asked == ["openai", "openai"]
    assert "problem: the mark ⟦1⟧ is missing" in engines.server.seen[1].prompt
    assert str(body["route"][-1]["reason"]).endswith("(after a second question)")  # type: ignore[index]
    first, second = Invocation.objects.order_by("created_at")
    assert (first.attempt, second.attempt) == (1, 2)
    by_call = {edit.invocation for edit in Edit.objects.all()}
    assert by_call == {first.pk, second.pk}


def test_what_the_small_one_cannot_do_is_asked_of_the_better_one_and_the_rest_is_kept(
    engines: Engines, bea: Writer
) -> None:
    engines.add("small")
    engines.add("large")
    right = engines.server.answer
    wrong = answer_with(lambda line: swapped(line).replace("⟦1⟧", "13 May"))
    engines.server.answer = lambda seen: (right if seen.vendor == "anthropic" else wrong)(seen)
    body = make(bea)
    assert body["result"] == swapped(DRAFT)
    assert engines.asked == ["openai", "openai", "anthropic"]
    assert outcomes(body) == [("small", "answered"), ("large", "answered")]
    assert "[2]" not in engines.server.seen[2].prompt
    first, _, third = Invocation.objects.order_by("created_at")
    assert [edit.invocation for edit in Edit.objects.order_by("start")] == [third.pk] * 3 + [first.pk]
    assert {edit.source for edit in Edit.objects.all()} == {"llm/small", "llm/large"}
    assert str(body["route_sentence"]).startswith("small and large rewrote this for $0.00")
    assert [call.attempt for call in Invocation.objects.order_by("created_at")] == [1, 2, 3]


def test_a_policy_may_have_a_better_one_look_over_what_the_small_one_left_alone(engines: Engines, bea: Writer) -> None:
    engines.add("small")
    engines.add("large")
    RoutePolicy.objects.update_or_create(tier="BASIC", defaults={"aim": "cost", "second_look": "simple"})
    right = engines.server.answer
    lazy = answer_with(lambda line: swapped(line) if line.startswith("Furthermore") else line)
    engines.server.answer = lambda seen: (right if seen.vendor == "anthropic" else lazy)(seen)
    body = make(bea)
    assert body["result"] == swapped(DRAFT)
    assert engines.asked == ["openai", "anthropic"]
    assert "[1]" in engines.server.seen[1].prompt
    assert "[2]" not in engines.server.seen[1].prompt
    assert outcomes(body) == [("small", "answered"), ("large", "answered")]
    assert body["route"][-1]["reason"] == "made 3 edits where small had made none"  # type: ignore[index]
    RoutePolicy.objects.update(second_look="complex")
    make(bea, f"{DRAFT} So.")
    assert engines.asked[2:] == ["openai"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("Sure! Here is your text.", "it began with words of its own, twice"),
        ("[77 c] Nobody asked for this.\nEND", "there is no sentence 77 to change, twice"),
        ("I'm sorry, I can't help with that.", "it declined instead of editing"),
        ("[1 c] The team must", "it stops inside a sentence and has no END"),
    ],
)
def test_an_unreadable_answer_never_reaches_the_writer(engines: Engines, bea: Writer, answer: str, why: str) -> None:
    engines.add("small")
    engines.server.answer = lambda seen: answer
    body = make(bea)
    assert outcomes(body) == [("small", "failed"), ("rules", "answered")]
    failed = next(step for step in body["route"] if step["outcome"] == "failed")  # type: ignore[attr-defined]
    assert failed["reason"] == f"its answer could not be used: {why}"
    last = Invocation.objects.order_by("created_at").last()
    assert last is not None
    assert [outcome.verified for outcome in last.outcomes.all()] == [False]


def test_the_chosen_model_is_the_only_one_asked(engines: Engines, bea: Writer) -> None:
    engines.add("small")
    engines.add("large")
    body = make(bea, model="large")
    assert engines.asked == ["anthropic"]
    assert outcomes(body) == [("small", "excluded"), ("large", "answered")]
    assert bea.get("models").body["results"][1]["available"] is True


def test_a_budget_that_is_used_up_is_the_next_ones_turn_and_the_writer_learns_why(
    engines: Engines, bea: Writer
) -> None:
    engines.add("small")
    engines.add("large")
    Budget.objects.create(scope="deployment", subject="small", span="day", money=Decimal("0.000001"))
    snapshot.clear_cache()
    body = make(bea)
    assert outcomes(body) == [("small", "failed"), ("large", "answered")]
    assert engines.asked == ["anthropic"]
    assert "budget" in str(body["route_sentence"])


def test_a_writer_who_chose_a_model_that_has_ended_reads_who_answered_in_its_place(
    engines: Engines, bea: Writer
) -> None:
    engines.add("small")
    sol = ProviderModel.objects.create(
        provider="openai", model_id="gpt-5-mini", name="Follower", context_window=200_000, max_output=32_000
    )
    ended = {"name": "Leader", "ends_on": date(2026, 1, 5), "successor": sol}
    ProviderModel.objects.filter(model_id="gpt-6-luna").update(**ended)
    snapshot.clear_cache()
    body = make(bea, model="small")
    said = "Leader ended on 2026-01-05; Follower answers in its place"
    assert body["warnings"] == [said]
    assert body["route"][0]["reason"] == f"you chose it; {said}"  # type: ignore[index]
    assert engines.server.seen[0].model == "gpt-5-mini"


def test_the_writers_own_words_reach_the_model_and_their_untouchables_do_not(engines: Engines, bea: Writer) -> None:
    engines.add("small")
    words = {"prefer": [["tools", "means"]], "avoid": ["pivotal"], "never_touch": ["robust tools"]}
    assert bea.send("PUT", "dictionary", words).status == 200
    make(bea)
    prompt = engines.server.seen[0].prompt
    assert "- Write “means”, not “tools”\n- Avoid: pivotal" in prompt
    assert "robust tools" not in prompt.split("<marks-")[0]


def test_a_model_of_our_own_answers_with_replacements_at_no_cost(engines: Engines) -> None:
    engines.add_own("own")
    paula = writer("paula", "PROFESSIONAL")
    body = make(paula)
    assert outcomes(body) == [("own", "answered")]
    assert body["result"] != DRAFT
    (call,) = Invocation.objects.all()
    assert (call.cost, call.deployment.name) == (Decimal(0), "own")
    assert (call.baseline_estimated, call.estimated, call.baseline_cost > 0) == (True, False, True)
    assert {(edit.source, edit.invocation) for edit in Edit.objects.all()} == {("model/own", call.pk)}
    assert body["route_sentence"] == "own rewrote this, at no cost."
    assert outcomes(make(writer("bea", "BASIC"))) == [("own", "excluded"), ("rules", "answered")]


def test_a_long_text_goes_in_parts_side_by_side_and_comes_back_in_order(engines: Engines, bea: Writer) -> None:
    engines.add("small")
    text = "\n\n".join(f"Paragraph number {n} stands here. {DRAFT}" for n in range(60))
    body = make(bea, text, wait=True)
    parts = Chunk.objects.count()
    assert parts == len(engines.asked) == Invocation.objects.count() > 2
    assert body["result"] == "\n\n".join(f"Paragraph number {n} stands here. {swapped(DRAFT)}" for n in range(60))
    assert outcomes(body) == [("small", "answered")]
    assert str(body["route"][-1]["reason"]).endswith(f", in {parts} of {parts} parts")  # type: ignore[index]
    assert sum("What comes before, only to read:" in seen.prompt for seen in engines.server.seen) == parts - 1
    assert "House style of the whole text:" in engines.server.seen[0].prompt
    assert {call.chunk for call in Invocation.objects.all()} == set(range(parts))


def test_an_account_that_may_not_use_it_does_not_see_it_offered(engines: Engines) -> None:
    engines.add("small")
    models = writer("fred", "FREE").get("models").body["results"]
    assert [(one["id"], one["available"], one["reason"]) for one in models] == [
        ("auto", True, ""),
        ("small", False, "needs the basic tier"),
        ("rules", True, ""),
    ]
