from __future__ import annotations

import os

import pytest

from serving.backends import factory
from serving.backends.base import KINDS, BackendError, RewriteRequest
from serving.backends.factory import rewrite_backend
from serving.backends.recorded.calls import RecordedBackend, digest
from serving.backends.target import Target
from serving.errors import UnknownDeployment

ASK = RewriteRequest("We leverage tools.", system="Edit.", prompt="1: We leverage tools.")


def target(backend: str = "recorded", **options: object) -> Target:
    return Target("d", backend, "m-1", key="sk-test-0123456789", options=options)


def test_a_backend_is_made_once_for_one_configuration() -> None:
    assert rewrite_backend(target()) is rewrite_backend(target())
    assert rewrite_backend(target()) is not rewrite_backend(target(answer="x"))
    kept = rewrite_backend(target())
    factory.close_all()
    assert rewrite_backend(target()) is not kept


def test_a_recording_answers_by_prompt_or_by_the_hash_of_the_text_since_prompts_hold_chance() -> None:
    by_prompt, by_text = {ASK.prompt: "1: We use tools."}, {digest(ASK.text): "[1 w] We use tools."}
    assert RecordedBackend(target(answers=by_text)).rewrite(ASK).text == "[1 w] We use tools."
    assert RecordedBackend(target(answers=by_text | by_prompt)).rewrite(ASK).text == "1: We use tools."
    assert RecordedBackend(target(answers={"other": "x"})).rewrite(ASK).text == ASK.text


def test_another_process_makes_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client built before a fork breaks after it; one was seen to read another child's answer."""
    ours, pid = rewrite_backend(target("openai")), os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: pid + 1)
    assert rewrite_backend(target("openai")) is not ours
    factory.close_all()


def test_the_rules_are_found_by_their_path_and_an_unknown_name_is_refused() -> None:
    assert rewrite_backend(target("rules")).name == "rules"
    with pytest.raises(UnknownDeployment, match="'crystal ball'; use one of openai, anthropic"):
        rewrite_backend(target("crystal ball"))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_the_fake_that_ships_fails_in_every_way_on_demand(kind: type[BackendError]) -> None:
    with pytest.raises(kind) as caught:
        RecordedBackend(target(fault=kind.kind, wait_s=3)).rewrite(ASK)
    assert (caught.value.wait_s, caught.value.model) == (3.0, "m-1")


def test_the_fake_that_ships_answers_the_same_every_time() -> None:
    made = RecordedBackend(target(answers={"1: We leverage tools.": "1: We use tools."}))
    first, second = made.rewrite(ASK), made.rewrite(ASK)
    assert first == second
    assert (first.text, first.usage.tokens_in, first.usage.tokens_out) == ("1: We use tools.", 7, 4)
    assert RecordedBackend(target()).rewrite(ASK).text == "We leverage tools."
