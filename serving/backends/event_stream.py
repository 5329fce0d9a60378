"""Reads server-sent events as JSON objects, the same way for every vendor.

The vendors' SDKs differ in what they do to an event that they do not expect: one drops it silently, another fails
with a TypeError. What a vendor says about an error or about its bill may be in just that event.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping


def read_events(body: Iterable[bytes]) -> Iterator[Mapping[str, object]]:
    """Yield the object of each event, up to the end or `[DONE]`; an event named `error` always has the key `error`.

    A body that holds no event, such as the plain JSON of a server that cannot stream, is one event. An event that the
    end of the body cuts in half is left out. Raises ValueError where the data of an event is not a JSON object.
    """
    name, data, plain = "", list[str](), list[str]()
    for line in _lines(body):
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data and "\n".join(data).strip() == "[DONE]":
                return
            if data:
                yield _event(name, "\n".join(data))
                plain = []
            name, data = "", []
        elif field == "data":
            data.append(value)
        elif field == "event":
            name = value.strip()
        elif line.lstrip()[:1] in {"{", "["} or plain:
            plain.append(line)
    if plain and not data:
        yield _event("", "\n".join(plain))


def _event(name: str, data: str) -> Mapping[str, object]:
    """Read the lines of one event. Raises ValueError."""
    try:
        found = json.loads(data)
    except RecursionError as error:
        raise ValueError("The JSON of an event is nested too deeply") from error
    if isinstance(found, list) and len(found) == 1:  # Google wraps an error so
        found = found[0]
    if name == "error" and not (isinstance(found, dict) and found.get("error")):
        found = {"error": found}
    if not isinstance(found, dict):
        raise ValueError("The data of an event is not a JSON object")  # of what came, not of an argument
    return found


def _lines(body: Iterable[bytes]) -> Iterator[str]:
    """Yield complete lines, then an empty one if the body ended with a whole event but without the line after it."""
    rest = b""
    for chunk in body:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.removesuffix(b"\r").decode("utf-8", "replace")
    if rest:
        yield rest.decode("utf-8", "replace")
