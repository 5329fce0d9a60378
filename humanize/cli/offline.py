"""A rewrite without rows of ours: for the command. The same checks, router and pipeline as behind the API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace

from humanize.generation import parallel
from humanize.generation.availability import plan_for
from humanize.generation.parallel import Part
from humanize.options import RewriteOptions
from humanize.pipeline import detectors
from humanize.pipeline.chunks import cut
from humanize.pipeline.rewrite import Piece, Rewrite, join, resolve, rewrite_stretch, strip
from humanize.routing import router
from humanize.transformations.row_mapping import answered, trace_of
from humanize.uploads.decode import decode
from humanize.validation import check_options, check_text, count_words, problem
from youman.core.errors import YoumanError

Progress = Callable[[int, int], None]
NOBODY = 0  # no account has this id
_TIER = "ENTERPRISE"  # whoever runs commands on the machine has its limits only
_KEYS = frozenset({"id", "text", "level", "strategy", "language", "protected", "format", "model"})


@dataclass(frozen=True, slots=True)
class Request:
    text: str
    options: RewriteOptions
    model: str = router.AUTO

    def with_text(self, text: str) -> Request:
        return replace(self, text=text)


@dataclass(frozen=True, slots=True)
class Answer:
    rewrite: Rewrite
    route: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one line of `--jsonl`: an answer, or an error. `id` is the line's own, whatever it is."""

    id: object
    answer: Answer | None = None
    error: str = ""


def rewrite(request: Request, progress: Progress | None = None) -> Answer:
    """Raises UnknownModel. `progress` is called with the words done and the words in all.

    `auto` means the rules here, which need no database, so the shipped detector scores; a model by name is looked up
    there and asked, and the detector in use scores.
    """
    if request.model not in {router.AUTO, router.RULES}:
        return _by_model(request, progress)
    features = router.TextFeatures(count_words(request.text), request.options.language)
    route = router.plan(tier=_TIER, model=request.model, features=features)
    text, options = strip(request.text, request.options)
    resolved = resolve(text, options)
    stretches = cut(text, resolved.format)
    total, done, pieces = sum(stretch.words for stretch in stretches), 0, []
    for stretch in stretches:
        pieces.append(rewrite_stretch(text, stretch, resolved))
        done += stretch.words
        if progress is not None:
            progress(done, total)
    whole = join(text, pieces, resolved)
    return Answer(whole, answered([asdict(step) for step in route.trace], len(whole.edits)))


def _by_model(request: Request, progress: Progress | None) -> Answer:
    """As for a writer of the highest tier; in the ledger it stands for no account."""
    text, options = strip(request.text, request.options)
    resolved, words = resolve(text, options), count_words(text)
    planned = plan_for(tier=_TIER, model=request.model, text=text, words=words, options=resolved)
    parts = [Part(n, stretch) for n, stretch in enumerate(cut(text, resolved.format, target=parallel.ENGINE_WORDS))]
    weights = detectors.current()
    order = parallel.Order(text, resolved, planned, account_id=NOBODY, tier=_TIER, weights=weights)
    pieces: list[Piece] = []
    for done in parallel.rewrite(order, parts, beat=lambda: True):
        pieces.append(done.piece)
        if progress is not None:
            progress(sum(piece.measures.words for piece in pieces), max(words, 1))
    pieces.sort(key=lambda piece: piece.stretch.start)
    tries = [one for piece in pieces for one in piece.tries]
    return Answer(join(text, pieces, resolved, weights), trace_of(planned.route, tries, len(parts)))


def rewrite_lines(lines: Iterable[bytes], defaults: Request) -> Iterator[Line]:
    """Each line of JSON answered in order, as it comes; a bad one answers its error and the next goes on."""
    for raw in lines:
        if raw.strip():
            yield _line(raw, defaults)


def _line(raw: bytes, defaults: Request) -> Line:
    name: object = None
    try:
        given = _object(raw)
        name = given.get("id")
        return Line(name, rewrite(_asked(given, defaults)))
    except YoumanError as error:
        return Line(name, error=error.detail)
    except RecursionError:
        return Line(None, error="the line is nested too deeply; send plain text")


def _object(raw: bytes) -> dict[str, object]:
    try:
        given = json.loads(decode(raw, "the line"), parse_constant=int)
    except json.JSONDecodeError as error:
        raise problem("the line", f"is not JSON: {error.msg} at character {error.pos}") from error
    except ValueError as error:  # a number of thousands of digits, or NaN, which JSON does not know
        raise problem("the line", "holds a number that cannot be read") from error
    if not isinstance(given, dict):
        raise problem("the line", 'must be an object such as {"id": 1, "text": "…"}')
    return given


def _asked(given: dict[str, object], defaults: Request) -> Request:
    """The line's own options before those of the command. Raises InvalidInput naming the key."""
    unknown = sorted(set(given) - _KEYS)
    if unknown:
        raise problem(unknown[0], f"is no key of a line; use {', '.join(sorted(_KEYS))}")
    base = defaults.options
    options = check_options(
        level=_whole(given, base.level),
        strategy=_text(given, "strategy", base.strategy),
        language=_text(given, "language", base.language),
        format=_text(given, "format", base.format),
        protected=_texts(given, base.protected),
    )
    return Request(check_text(_text(given, "text", "")), options, _text(given, "model", defaults.model))


def _whole(given: dict[str, object], default: int) -> int:
    value = given.get("level", default)
    if not isinstance(value, int):
        raise problem("level", "must be a whole number from 1 (least) to 5 (most)")
    return value


def _text(given: dict[str, object], key: str, default: str) -> str:
    value = given.get(key, default)
    if not isinstance(value, str):
        raise problem(key, "must be text")
    return value


def _texts(given: dict[str, object], default: tuple[str, ...]) -> list[str]:
    value = given.get("protected", list(default))
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise problem("protected", "must be a list of phrases")
    return value
