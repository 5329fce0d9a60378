"""Clients that want each of their requests done once: they send it again with the same key until it is answered."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

PATIENCE_S = 20.0  # of one try; a client that gives up tries again
AGAIN = 0.3  # the share of requests that are sent again although they were answered
_WORDS = "team plan bridge report garden price letter winter harbour answer record window market school".split()


@dataclass
class Wish:
    """What one client wants done once. `marks` are words of its texts, one for each text."""

    path: str
    body: dict[str, object]
    key: str
    marks: tuple[str, ...] = ()
    ids: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)


@dataclass
class Load:
    """`problems` are sentences on answers that break a promise by themselves."""

    addresses: Sequence[str]
    api_key: str
    seed: int
    end: threading.Event = field(default_factory=threading.Event)
    wishes: list[Wish] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    tries: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, number: int) -> None:
        """Be one client until `end` is set, and then until the last wish is answered."""
        draw = random.Random(f"{self.seed} {number}")
        with httpx.Client(timeout=PATIENCE_S, headers={"Authorization": f"Bearer {self.api_key}"}) as client:
            count = 0
            while not self.end.is_set():
                wish = _wish(draw, f"{number}-{count}", number * 100_000 + count)
                count += 1
                with self.lock:
                    self.wishes.append(wish)
                self._fulfil(client, wish, draw)
                if draw.random() < AGAIN:
                    self._fulfil(client, wish, draw)

    def _fulfil(self, client: httpx.Client, wish: Wish, draw: random.Random) -> None:
        while True:
            pause = self._try(client, wish, draw)
            if pause is None:
                return
            time.sleep(pause)

    def _try(self, client: httpx.Client, wish: Wish, draw: random.Random) -> float | None:
        """Seconds until the next try; None when it is answered."""
        self.tries += 1
        address = f"{draw.choice(self.addresses)}/api/v1/{wish.path}"
        try:
            reply = client.post(address, json=wish.body, headers={"Idempotency-Key": wish.key})
        except httpx.TransportError:
            return 0.2
        wish.statuses.append(reply.status_code)
        if reply.is_success:
            wish.ids.append(str(reply.json()["id"]))
            return None
        if reply.status_code in {409, 503}:
            if "Retry-After" not in reply.headers:
                self._complain(wish, f"{reply.status_code} without Retry-After: {reply.text[:200]}")
            return min(0.5, float(reply.headers.get("Retry-After", 0.5)))
        if reply.status_code >= 500:
            self._complain(wish, f"{reply.status_code}: {reply.text[:200]}")
            return 0.5
        self._complain(wish, f"refused with {reply.status_code}: {reply.text[:200]}")
        return None

    def _complain(self, wish: Wish, sentence: str) -> None:
        with self.lock:
            self.problems.append(f"{wish.path} {wish.key}: {sentence}")


def _wish(draw: random.Random, key: str, number: int) -> Wish:
    kind = draw.choices(("short", "queued", "batch", "model"), (7, 2, 1, 1))[0]
    if kind == "model":
        return Wish("registered-models", {"name": f"model-{key}", "task": "humanize"}, key)
    marks = tuple(_mark(number * 10 + place) for place in range(3 if kind == "batch" else 1))
    texts = [_text(draw, mark) for mark in marks]
    if kind == "batch":
        return Wish("batches", {"documents": [{"text": text} for text in texts]}, key, marks)
    more = {"wait": False} if kind == "queued" else {}
    return Wish("transformations", {"text": texts[0], **more}, key, marks)


def _mark(number: int) -> str:
    """A made-up word."""
    letters = ""
    while number:
        number, digit = divmod(number, 26)
        letters += chr(ord("a") + digit)
    return f"zq{letters}x"


def _text(draw: random.Random, mark: str) -> str:
    sentences = [f"It is important to note that the {mark} must leverage tools in order to finish."]
    for _ in range(draw.randrange(1, 4)):
        a, b, c = draw.sample(_WORDS, 3)
        sentences.append(f"Furthermore, the {a} of the {b} is there in order to leverage the {c}.")
    return " ".join(sentences)
