"""A fake backend: deterministic answers and every failure on demand, without a network or a key.

Options: `answers` maps a prompt, or the SHA-256 of the text to rewrite, to an answer; otherwise `answer` is returned,
or else the text itself. (The hash is there because prompts contain a random key, and texts are long.) `fault` is the
kind of a class in `base.KINDS`, with `wait_s` as its pause; `latency_s` is how long an answer really takes.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping

from serving.backends.base import KINDS, BackendError, RewriteRequest, RewriteResult, Usage
from serving.backends.target import Target

_BY_KIND = {kind.kind: kind for kind in KINDS}
CHARACTERS_A_TOKEN = 4


class RecordedBackend:
    """Gives the same answer to the same prompt and options."""

    name = "recorded"

    def __init__(self, target: Target) -> None:
        self._target = target

    def rewrite(self, request: RewriteRequest) -> RewriteResult:
        """Answer without a network, or fail as the option `fault` says. Raises BackendError."""
        options = self._target.options
        time.sleep(min(_number(options.get("latency_s")) or 0.0, request.deadline_s))
        fault = options.get("fault")
        if fault:
            raise self._failure(str(fault), _number(options.get("wait_s")))
        answer = _answer(options, request)
        return RewriteResult(model=self._target.model, text=answer, usage=counted(request, answer))

    def _failure(self, fault: str, wait_s: float | None) -> BackendError:
        kind = _BY_KIND.get(fault, BackendError)
        return kind(
            f"{self._target.name} was configured to fail like this",
            cool_s=wait_s,
            wait_s=wait_s,
            model=self._target.model,
        )


def counted(request: RewriteRequest, answer: str) -> Usage:
    """Count four characters as a token, so that costs are the same on every machine."""
    sent = len(request.system) + len(request.prompt or request.text)
    usage = {"input": -(-sent // CHARACTERS_A_TOKEN), "output": -(-len(answer) // CHARACTERS_A_TOKEN)}
    return Usage(tokens_in=usage["input"], tokens_out=usage["output"], raw=json.dumps(usage))


def digest(text: str) -> str:
    """Return the key of a text in `answers`."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _answer(options: Mapping[str, object], request: RewriteRequest) -> str:
    asked = request.prompt or request.text
    answers = options.get("answers")
    if isinstance(answers, Mapping):
        for key in (asked, digest(request.text)):
            if key in answers:
                return str(answers[key])
    return str(options.get("answer", request.text))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
