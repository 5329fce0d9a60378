"""What each vendor is sent: only what the model takes, thinking off, caching as wanted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from serving.backends.anthropic.calls import AnthropicBackend
from serving.backends.base import RewriteRequest
from serving.backends.google.calls import GoogleBackend
from serving.backends.openai.calls import OpenAIBackend
from serving.backends.openai_compatible.calls import OpenAICompatibleBackend
from serving.backends.target import Capabilities, Target
from tests.vendors import VendorServer
from tests.vendors.shapes import Tokens

SCHEMA = json.dumps({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False})
FULL = RewriteRequest(
    "t", prompt="Ask", system="Edit", max_output_tokens=100, response_schema=SCHEMA, temperature=0.3,
    service_tier="flex", cache_prefix=True, deadline_s=60,
)  # fmt: skip
ABLE = Capabilities(
    max_output=500, takes_temperature=True, thinking="off", takes_json_schema=True, takes_cache_options=True,
    has_flex=True,
)  # fmt: skip
KINDS = {"openai": OpenAIBackend, "anthropic": AnthropicBackend, "google": GoogleBackend,
         "openai_compatible": OpenAICompatibleBackend}  # fmt: skip


class Sender:
    def __init__(self, server: VendorServer) -> None:
        self.server, self.made = server, list[Any]()

    def sent(self, backend: str, can: Capabilities, request: RewriteRequest = FULL, **options: object) -> Any:
        vendor = "openai" if backend == "openai_compatible" else backend
        target = Target("d", backend, "m-1", self.server.url(vendor), "sk-test", can, options)
        self.made.append(KINDS[backend](target))
        self.made[-1].rewrite(request)
        return self.server.seen[-1].body


@pytest.fixture
def sender(vendor_server: VendorServer) -> Iterator[Sender]:
    one = Sender(vendor_server)
    yield one
    for backend in one.made:
        backend.close()


def test_openai_gets_all_that_the_model_takes(sender: Sender) -> None:
    body = sender.sent("openai", ABLE)
    assert body == {
        "model": "m-1",
        "messages": [
            {
                "role": "system",
                "content": [{"type": "text", "text": "Edit", "prompt_cache_breakpoint": {"mode": "explicit"}}],
            },
            {"role": "user", "content": "Ask"},
        ],
        "max_completion_tokens": 100,
        "reasoning_effort": "none",
        "temperature": 0.3,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": json.loads(SCHEMA)},
        },
        "prompt_cache_options": {"mode": "explicit"},
        "service_tier": "flex",
    }


def test_a_one_off_text_pays_for_no_cache_write(sender: Sender) -> None:
    once = RewriteRequest("t", prompt="Ask", system="Edit", deadline_s=60)
    body = sender.sent("openai", ABLE, once)
    assert body["prompt_cache_options"] == {"mode": "explicit"}
    assert body["messages"][0] == {"role": "system", "content": "Edit"}
    assert sender.sent("anthropic", ABLE, once)["system"] == [{"type": "text", "text": "Edit"}]


def test_a_model_that_can_little_gets_little(sender: Sender) -> None:
    little = Capabilities(max_output=50)
    messages = [{"role": "system", "content": "Edit"}, {"role": "user", "content": "Ask"}]
    assert sender.sent("openai", little) == {"model": "m-1", "messages": messages, "max_completion_tokens": 50}
    assert sender.sent("openai_compatible", little, extra_body={"top_k": 5}) == {
        "model": "m-1", "messages": messages, "max_tokens": 50, "top_k": 5,
    }  # fmt: skip
    assert sender.sent("anthropic", little) == {
        "model": "m-1",
        "max_tokens": 50,
        "system": [{"type": "text", "text": "Edit", "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": "Ask"}],
    }
    assert sender.sent("google", little) == {
        "contents": [{"parts": [{"text": "Ask"}], "role": "user"}],
        "systemInstruction": {"parts": [{"text": "Edit"}], "role": "user"},
        "generationConfig": {"maxOutputTokens": 50},
    }


def test_anthropic_gets_all_that_the_model_takes(sender: Sender) -> None:
    body = sender.sent("anthropic", ABLE)
    assert (body["thinking"], body["temperature"]) == ({"type": "disabled"}, 0.3)
    assert body["output_config"] == {"format": {"type": "json_schema", "schema": json.loads(SCHEMA)}}


def test_google_gets_all_that_the_model_takes(sender: Sender) -> None:
    body = sender.sent("google", ABLE)
    assert body["serviceTier"] == "flex"
    assert body["generationConfig"] == {
        "temperature": 0.3,
        "maxOutputTokens": 100,
        "responseMimeType": "application/json",
        "responseJsonSchema": json.loads(SCHEMA),
        "thinkingConfig": {"thinking_budget": 0},
    }


@pytest.mark.parametrize("can", [ABLE, Capabilities(), Capabilities(thinking="lowest", thinking_floor="low")])
def test_google_gets_the_same_from_us_for_a_stream_as_from_its_sdk(sender: Sender, can: Capabilities) -> None:
    whole, streamed = (sender.sent("google", can, stream=stream) for stream in (False, True))
    for body in (whole, streamed):  # the SDK writes this one object in the other of the two forms that Google takes
        thinking = body["generationConfig"].get("thinkingConfig", {})
        for name in list(thinking):
            thinking[name.replace("_b", "B").replace("_l", "L")] = thinking.pop(name)
    assert streamed == whole
    first, second = sender.server.seen
    assert second.path == first.path.replace("generateContent", "streamGenerateContent") + "?alt=sse"
    assert second.headers["x-goog-api-key"] == first.headers["x-goog-api-key"] == "sk-test"


def test_thinking_that_cannot_be_switched_off_is_turned_down(sender: Sender) -> None:
    can = Capabilities(thinking="lowest", thinking_floor="low")
    assert sender.sent("openai", can)["reasoning_effort"] == "low"
    assert sender.sent("anthropic", can)["output_config"] == {"effort": "low"}
    assert sender.sent("google", can)["generationConfig"]["thinkingConfig"] == {"thinking_level": "LOW"}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("backend", ["openai", "anthropic", "google"])
def test_the_same_call_counts_the_same_for_every_vendor(sender: Sender, backend: str, stream: bool) -> None:
    written = 0 if backend == "google" else 40
    sender.server.tokens = Tokens(sent=1000, cached=300, written=written, back=50, thinking=20)
    target = Target("d", backend, "m-1", sender.server.url(backend), "sk-test", Capabilities(), {"stream": stream})
    sender.made.append(KINDS[backend](target))
    usage = sender.made[-1].rewrite(FULL).usage
    assert (usage.tokens_in, usage.tokens_cached, usage.tokens_cache_write) == (1000, 300, written)
    assert (usage.tokens_out, usage.tokens_thinking) == (70, 20)
    assert json.loads(usage.raw)


def test_a_slow_drip_does_not_outlive_the_deadline(sender: Sender) -> None:
    """Half an answer within each read's timeout is not an answer."""
    backend = OpenAIBackend(Target("d", "openai", "m-1", sender.server.url("openai"), "sk-test"))
    sender.made.append(backend)
    sender.server.always = "timeout_during"
    with pytest.raises(Exception, match="did not answer within 0 s"):
        backend.rewrite(RewriteRequest("t", deadline_s=0.3))
