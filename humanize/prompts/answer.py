"""Reads a model's answer: numbered lines or a JSON object with the changed sentences, and nothing else.

Any other answer raises UnusableAnswer with a kind for statistics and a reason for the one retry.
Kinds: empty preamble refused fence broken_json bad_shape unknown_number repeated_number empty_sentence truncated stray.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_LINE = re.compile(r"\[\s*(\d{1,5})(?:\s*[-–]\s*(\d{1,5}))?(?:\s+([a-z]))?\s*\]\s?(.*)", re.DOTALL)
_LINE_END = re.compile(r"\r\n?")
_CODE_FENCE = re.compile(r"\A```[a-z]*\n(.*?)\n?```\Z", re.DOTALL)
REFUSAL = re.compile(
    r"\b(?:i(?:'m| am|’m) (?:sorry|unable|not able)|i (?:cannot|can't|can’t|won't|won’t|will not)"
    r"|as an ai\b|against (?:my|the) (?:policy|policies|guidelines))",
    re.I,
)
_STOPPED = re.compile(r"[.!?…。！？:;][\"'”’»)\]*_`⟧]*$|⟧$")
_MOST = 200_000  # characters; no proper answer to one stretch is longer


class UnusableAnswer(ValueError):
    """An answer of which nothing can be used. `reason` completes the sentence “Your answer could not be read: …”."""

    def __init__(self, kind: str, reason: str):
        self.kind = kind
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Change:
    """The units `first` to `last` become `text`. `code` is the model's code for the reason, if it gave one."""

    first: int
    last: int
    text: str
    code: str = ""


def read_answer(raw: str, *, allowed: Sequence[int], key: str, cut: bool = False) -> tuple[Change, ...]:
    """Return the changes, ordered by number; none if the model found nothing to change.

    `allowed` holds the numbers that it may use, and `key` is the key of the fence. `cut` means that the vendor reported
    a truncated answer. Raises UnusableAnswer.
    """
    text = bare_text(raw, key)
    if cut:
        raise UnusableAnswer("truncated", "it was cut off")
    found = list(_json_changes(text) if text[0] == "{" else _line_changes(text))
    _check(found, allowed)
    return tuple(sorted(found, key=lambda change: change.first))


def read_lines(raw: str, key: str) -> list[str]:
    """Return the lines of an answer that are not blank, stripped. Raises UnusableAnswer."""
    return [line.strip() for line in bare_text(raw, key).split("\n") if line.strip()]


def is_ended(lines: Sequence[str]) -> bool:
    """Return whether the last line is END."""
    return bool(lines) and lines[-1].upper() == "END"


def says_none(lines: Sequence[str]) -> bool:
    """Return whether the lines before END say that nothing needs a change."""
    return not lines or (len(lines) == 1 and lines[0].upper().rstrip(".") == "NONE")


def bare_text(raw: str, key: str) -> str:
    """Return an answer without what models put around it: white space, a code fence. Raises UnusableAnswer."""
    text = _LINE_END.sub("\n", raw.replace("\ufeff", "")).strip()
    fence = _CODE_FENCE.match(text)
    text = fence.group(1).strip() if fence else text
    if not text:
        raise UnusableAnswer("empty", "it was empty")
    if len(text) > _MOST:
        raise UnusableAnswer("stray", "it was far too long")
    if key.casefold() in text.casefold():
        raise UnusableAnswer("fence", "it repeated the fence around the text")
    return text


def _line_changes(text: str) -> Iterator[Change]:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    ended = is_ended(lines)
    lines = lines[:-1] if ended else lines
    if says_none(lines):
        return
    for place, line in enumerate(lines):
        match = _LINE.fullmatch(line)
        if match is None:
            raise _stray(line, first=place == 0)
        first = int(match[1])
        yield Change(first, int(match[2] or first), match[4].strip(), match[3] or "")
    if not ended and not _STOPPED.search(lines[-1]):
        raise UnusableAnswer("truncated", "it stops inside a sentence and has no END")


def _stray(line: str, *, first: bool) -> UnusableAnswer:
    if REFUSAL.search(line):
        return UnusableAnswer("refused", "it declined instead of editing")
    if first:
        return UnusableAnswer("preamble", "it began with words of its own")
    return UnusableAnswer("stray", "it had a line without a number")


def _json_changes(text: str) -> Iterator[Change]:
    for one in json_entries(text, "changed", '{"changed": [{"n": 3, "text": "…"}]}'):
        words, code = one.get("text"), one.get("code", "")
        if not isinstance(words, str) or not isinstance(code, str):
            raise UnusableAnswer("bad_shape", "an entry of its JSON lacked the text")
        number = whole_number(one.get("n"))
        yield Change(number, whole_number(one.get("to", number)), " ".join(words.split()), code)


def json_entries(text: str, name: str, example: str) -> Iterator[dict[str, object]]:
    """Yield the objects in the list `name` of a JSON object that looks like `example`. Raises UnusableAnswer."""
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise UnusableAnswer("broken_json", "its JSON was broken") from error
    entries = data.get(name) if isinstance(data, dict) else None
    if not isinstance(entries, list):
        raise UnusableAnswer("bad_shape", f"its JSON was not {example}")
    for one in entries:
        if not isinstance(one, dict):
            raise UnusableAnswer("bad_shape", "an entry of its JSON was not an object")
        yield one


def whole_number(value: object) -> int:
    """Return the number n of an entry. Raises UnusableAnswer."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise UnusableAnswer("bad_shape", "an entry of its JSON lacked the number n")
    return value


def _check(found: Sequence[Change], asked: Sequence[int]) -> None:
    known, seen = set(asked), set[int]()
    for change in found:
        if change.last < change.first or change.last - change.first > 3:
            raise UnusableAnswer(
                "bad_shape", f"[{change.first}-{change.last}] is not a range of neighbouring sentences"
            )
        for number in range(change.first, change.last + 1):
            if number not in known:
                raise UnusableAnswer("unknown_number", f"there is no sentence {number} to change")
            if number in seen:
                raise UnusableAnswer("repeated_number", f"sentence {number} came twice")
            seen.add(number)
        if not change.text:
            raise UnusableAnswer("empty_sentence", f"sentence {change.first} came back empty")
