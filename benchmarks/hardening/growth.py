"""How the time of every pattern and every pass over a text grows with the text, on texts made to be slow.

The figure is the largest exponent: 1 is linear, 2 quadratic. Times are of the process, not of the clock, the least of
several; a growth above the bound is measured again, since noise only ever adds.
"""

from __future__ import annotations

import gc
import math
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType

from benchmarks.hardening.atoms import atoms, near_matches
from benchmarks.hardening.passes import Pass, passes
from benchmarks.hardening.patterns import NamedPattern, patterns

BOUND = 1.15
TOP = 200_000  # characters
_QUICK_S = 0.1  # what a text of the full length takes and needs no second look
_PART = 16  # of the full length is measured first
_SLOW_PART_S = 1.0
_NOTABLE_S = 0.002  # shorter times say more about the machine than about the text
_STOP_S = 20.0
_ENDS = ("!", " ", "_")  # what may make a long match fail; that which takes longest is measured on
_ENDLESS = 9.0  # the exponent of what did not end


@dataclass(frozen=True, slots=True)
class Growth:
    """The growth of one pattern or pass on one atom."""

    exponent: float
    name: str
    atom: str
    seconds: float  # for the longest text measured

    def __str__(self) -> str:
        return f"{self.exponent:.2f}  {self.seconds:6.2f} s  {self.name}  {self.atom!r}"


class _Stopped(Exception):
    """The pass takes too long."""


def measure(*, share: int = 1) -> Growth:
    """Return the largest growth of all patterns and passes; `share` n measures each n-th combination only."""
    return max(growths(share=share), key=lambda one: one.exponent)


def growths(*, share: int = 1) -> Iterator[Growth]:
    """Yield the growth of each pattern and each pass on each atom that takes notable time."""
    for number, found in enumerate(patterns()):
        yield from pattern_growths(found, share=share, first=number)
    for number, one in enumerate(passes()):
        yield from pass_growths(one, share=share, first=number)


def pattern_growths(found: NamedPattern, *, share: int = 1, first: int = 0) -> Iterator[Growth]:
    """Yield the growth of one pattern, from the atom `first` on each one of `share`."""
    texts = (*near_matches(found.pattern), *atoms())
    for atom in texts[first % share :: share]:
        yield growth(found.name, _search(found), atom)


def pass_growths(one: Pass, *, share: int = 1, first: int = 0) -> Iterator[Growth]:
    """Yield the growth of one pass, from the atom `first` on each one of `share`."""
    for atom in atoms()[first % share :: share]:
        yield growth(one.name, one.run, atom, one.top)


def _search(found: NamedPattern) -> Callable[[str], object]:
    def run(text: str) -> object:
        return sum(1 for _ in found.pattern.finditer(text))

    return run


def growth(name: str, run: Callable[[str], object], atom: str, top: int = TOP) -> Growth:
    """Return how the time of `run` grows over texts of up to `top` characters that repeat the atom."""
    first, end = max((_seconds(run, atom, top // _PART, end), end) for end in _ENDS)
    if first * _PART**2 < _QUICK_S:  # even if it were quadratic
        return Growth(1.0, name, atom, first)
    if first > _SLOW_PART_S:
        return _fit(name, run, (atom, end), top // _PART, 1)
    whole = _seconds(run, atom, top, end)
    if whole < _QUICK_S:
        return Growth(1.0, name, atom, whole)
    quarter = _seconds(run, atom, top // 4, end, 1)
    if whole == math.inf:
        return Growth(_ENDLESS, name, atom, whole)
    if whole <= quarter * 4**BOUND:
        return Growth(math.log(whole / max(quarter, 1e-9), 4), name, atom, whole)
    for repeats in (2, 5, 9):
        found = _fit(name, run, (atom, end), top, repeats)
        if found.seconds < _QUICK_S:
            return replace(found, exponent=1.0)
        if found.exponent <= BOUND:
            break
    return found


def _fit(name: str, run: Callable[[str], object], text: tuple[str, str], top: int, repeats: int) -> Growth:
    """The growth over four sizes; `text` is the atom and what the text ends in."""
    atom, end = text
    points: list[tuple[float, float]] = []
    for size in (top // 8, top // 4, top // 2, top):
        seconds = min(_seconds(run, atom, size, end, number) for number in range(repeats))
        if seconds == math.inf:
            return Growth(_ENDLESS, name, atom, seconds)
        if seconds >= _NOTABLE_S:
            points.append((math.log(size), math.log(seconds)))
    last = math.exp(points[-1][1]) if points else 0.0
    return Growth(_slope(points), name, atom, last)


def _slope(points: list[tuple[float, float]]) -> float:
    if len(points) < 2:
        return 1.0
    x_mean, y_mean = (sum(values) / len(points) for values in zip(*points, strict=True))
    together = sum((x - x_mean) * (y - y_mean) for x, y in points)
    return float(together / sum((x - x_mean) ** 2 for x, _ in points))


def _seconds(run: Callable[[str], object], atom: str, size: int, end: str, salt: int = 0) -> float:
    """The time of the process for one text; infinite where it does not end. `salt` keeps caches from answering."""
    text = (atom * (size // len(atom) + 1))[: size - 2] + end + str(salt)
    gc.disable()  # what it takes grows with all objects of the process, not with the text
    try:
        with _stopped_after(_STOP_S):
            start = time.process_time()
            run(text)
            return time.process_time() - start
    except _Stopped:
        return math.inf
    finally:
        gc.enable()


@contextmanager
def _stopped_after(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise _Stopped

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def worst(found: Iterable[Growth], count: int = 10) -> list[Growth]:
    """Return the largest growths, the largest first, each pattern and pass once."""
    by_name: dict[str, Growth] = {}
    for one in found:
        if one.name not in by_name or by_name[one.name].exponent < one.exponent:
            by_name[one.name] = one
    return sorted(by_name.values(), key=lambda one: -one.exponent)[:count]
