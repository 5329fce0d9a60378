from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from humanize.generation.availability import policy_of
from humanize.models import RoutePolicy
from humanize.routing.policy import DEFAULTS
from tests.humanize.deployments import Engines
from tests.writers import DRAFT, Writer
from youman.core.models import AuditEvent

pytestmark = pytest.mark.django_db
PAGE = "/admin/humanization/routepolicy/"


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


@pytest.fixture
def draft(tmp_path: Path) -> str:
    path = tmp_path / "draft.txt"
    path.write_text(DRAFT, encoding="utf-8")
    return str(path)


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("route", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_the_order_with_a_reason_for_each_in_and_out(engines: Engines, draft: str) -> None:
    engines.add("small")
    engines.add("large", tier_floor="ENTERPRISE")
    lines = printed(draft, "--tier", "BASIC").splitlines()
    assert lines[0].startswith("28 words, simple: 14 words and")
    assert lines[1] == "BASIC: professional register, language en, aim cost"
    assert lines[3].startswith("1. small  the cheapest candidate that is good enough: expected quality 0.80 ± 0.06")
    assert lines[4] == "2. rules  the built-in rules are always available and come last"
    assert lines[5] == "–  large  needs the enterprise tier"
    assert engines.asked == []


def test_the_command_prints_json(engines: Engines, draft: str) -> None:
    engines.add("small")
    body = json.loads(printed(draft, "--tier", "PROFESSIONAL", "--model", "small", "--json"))
    assert (body["calls"], body["aim"], body["complexity"]["band"]) == (["small"], "balance", "simple")
    assert body["steps"][0] == {"candidate": "small", "outcome": "chosen", "reason": "you chose it"}


def test_the_command_says_what_is_wrong(draft: str) -> None:
    with pytest.raises(CommandError, match="There is no model 'gpt'; use one of auto, "):
        printed(draft, "--model", "gpt")
    with pytest.raises(CommandError, match=r"nowhere\.txt cannot be read: No such file"):
        printed("nowhere.txt")


def test_staff_paste_a_text_and_see_who_would_be_asked(engines: Engines, staff: Client) -> None:
    engines.add("small")
    page = staff.post(f"{PAGE}dry-run/", {"text": DRAFT, "tier": "FREE", "model": "auto"})
    assert page.status_code == 200
    rows = [(step.candidate, step.reason) for step in page.context["run"].route.trace]
    assert rows == [
        ("rules", "the built-in rules are always available and come last"),
        ("small", "needs the basic tier"),
    ]
    assert b"needs the basic tier" in page.content
    assert engines.asked == []


def test_the_page_says_what_is_wrong(staff: Client) -> None:
    assert staff.get(f"{PAGE}dry-run/").status_code == 200
    page = staff.post(f"{PAGE}dry-run/", {"text": DRAFT, "tier": "FREE", "model": "gpt"})
    assert b"There is no model" in page.content


def test_a_writer_does_not_get_in(alice: Writer) -> None:
    client = Client()
    client.force_login(alice.account.user)
    assert client.post(f"{PAGE}dry-run/", {"text": DRAFT, "tier": "FREE"}).status_code == 302


def test_staff_find_each_default_and_store_it_as_it_was_shown(staff: Client) -> None:
    page = staff.get(PAGE).content.decode()
    for tier, policy in DEFAULTS.items():
        assert f'{PAGE}add/?tier={tier}"' in page
        shown = staff.get(f"{PAGE}add/?tier={tier}").context["adminform"].form
        form = {name: shown[name].value() for name in shown.fields}
        assert staff.post(f"{PAGE}add/", {name: value for name, value in form.items() if value}).status_code == 302
        assert policy_of(tier) == policy
    assert RoutePolicy.objects.count() == 4
    assert "add/?tier=" not in staff.get(PAGE).content.decode()


def test_a_deleted_policy_leaves_the_default(staff: Client) -> None:
    row = RoutePolicy.objects.create(tier="BASIC", aim="quality")
    assert policy_of("BASIC").aim == "quality"
    assert staff.post(f"{PAGE}{row.pk}/delete/", {"post": "yes"}).status_code == 302
    assert policy_of("BASIC") == DEFAULTS["BASIC"]
    before = AuditEvent.objects.get(verb="delete policy").before
    assert before is not None
    assert before["tier"] == "BASIC"


def test_staff_change_a_policy_and_it_is_on_record(staff: Client) -> None:
    row = RoutePolicy.objects.create(tier="BASIC")
    form = {
        "uses_llms": "on", "aim": "quality", "floor": "0.7", "worth": "0.001", "volume_words": "20000",
        "attempts": "2", "deadline_s": "30", "hedge_after_s": "", "second_look": "never",
        "candidates": "2", "second_opinion": "on", "opinion_by": "large",
    }  # fmt: skip
    assert staff.get(PAGE).status_code == 200
    assert staff.post(f"{PAGE}{row.pk}/change/", form).status_code == 302
    changed = policy_of("BASIC")
    assert (changed.aim, changed.attempts, changed.deadline_s, changed.learns) == ("quality", 2, 30.0, False)
    assert (changed.candidates, changed.second_opinion, changed.opinion_by) == (2, True, "large")
    event = AuditEvent.objects.get(verb="change policy")
    assert event.actor == "root"
    assert event.after is not None
    assert event.after["aim"] == "quality"


@pytest.mark.parametrize("wrong", [{"floor": "2"}, {"attempts": "0"}, {"deadline_s": "-1"}, {"worth": "-1"}])
def test_a_policy_that_makes_no_sense_is_refused(staff: Client, wrong: dict[str, str]) -> None:
    row = RoutePolicy.objects.create(tier="BASIC", aim="cost", uses_own_models=False)
    form = {"aim": "cost", "floor": "0.7", "worth": "0.001", "volume_words": "9", "attempts": "2", "deadline_s": "30"}
    assert staff.post(f"{PAGE}{row.pk}/change/", form | wrong).status_code == 200
    assert policy_of("BASIC") == DEFAULTS["BASIC"]
