"""Rewrites for the command, without database rows of transformations. Uses the API's checks, router and pipeline."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass

from humanize.cli import json_lines
from humanize.generation import parallel
from humanize.generation.availability import Plan, plan_for
from humanize.generation.rewrite_order import RewriteOrder, house_style, outline_of
from humanize.options import RewriteOptions
from humanize.pipeline import champions
from humanize.pipeline.chunks import cut
from humanize.pipeline.rewrite import Piece, Rewrite, join, resolve
from humanize.routing import router
from humanize.routing.policy import DEFAULTS
from humanize.scoring import shipped_detector
from humanize.transformations.row_mapping import route_steps, with_rules_step
from humanize.validation import check_options, check_text, count_words, problem
from youman.core.errors import YoumanError

Progress = Callable[[int, int], None]
NOBODY = 0  # no account has this id
_TIER = "ENTERPRISE"  # a person who can run commands on the machine needs no limit of a tier
_KEYS = frozenset({"id", "text", "level", "strategy", "language", "protected", "format", "model"})


@dataclass(frozen=True, slots=True)
class OfflineRequest:
    """A checked text with options and a model, from the command's arguments or one line of its input."""

    text: str
    options: RewriteOptions
    model: str = router.AUTO


@dataclass(frozen=True, slots=True)
class OfflineAnswer:
    """The rewrite, and the steps of its route."""

    rewrite: Rewrite
    route: list[dict[str, str]]

    @property
    def to_look(self) -> int:
        """The number of edits that are not in the result because somebody has to look at them."""
        return sum(bool(edit.look) for edit in self.rewrite.edits)


@dataclass(frozen=True, slots=True)
class OutputLine:
    """The answer to one line of `--jsonl`, or its error. `id` is the `id` of the input line, of any JSON type."""

    id: object
    answer: OfflineAnswer | None = None
    error: str = ""


def rewrite(request: OfflineRequest, progress: Progress | None = None) -> OfflineAnswer:
    """Rewrite a text. `progress` is called with the number of words done and the total number of words.

    The model `auto` means the rules here, which need no database; the shipped detector then scores the text. Another
    model is looked up in the database and called, and the current detector scores the text. Raises UnknownModel.
    """
    order = _order(request)
    options = order.options
    stretches = cut(order.text, options.format, target=order.part_words, protected=options.protected)
    total, done, pieces = sum(stretch.words for stretch in stretches), 0, list[Piece]()
    for piece in parallel.rewrite_parts(order, stretches, beat=lambda: True):
        pieces.append(piece)
        done += piece.stretch.words
        if progress is not None:
            progress(done, total)
    pieces.sort(key=lambda piece: piece.stretch.number)
    return _answer(order, join(order.text, pieces, options, order.detector), pieces)


def _order(request: OfflineRequest) -> RewriteOrder:
    """Build the order as for a writer of the highest tier. In the ledger its calls belong to no account."""
    text = request.text
    options, words = resolve(text, request.options), count_words(text)
    if request.model in {router.AUTO, router.RULES}:
        features = router.TextFeatures(words, options.language)
        plan = Plan(router.plan(tier=_TIER, model=request.model, features=features), DEFAULTS[_TIER], None)
        return RewriteOrder(text, options, plan, shipped_detector(), account_id=NOBODY, tier=_TIER)
    plan = plan_for(tier=_TIER, model=request.model, text=text, words=words, options=options)
    style = house_style(text, options.dictionary)
    return RewriteOrder(
        text,
        options,
        plan,
        champions.DETECTOR.current(),
        account_id=NOBODY,
        tier=_TIER,
        style=style,
        outline=outline_of(text, options) if plan.engines else (),
    )


def _answer(order: RewriteOrder, whole: Rewrite, pieces: list[Piece]) -> OfflineAnswer:
    records = [record for piece in pieces for record in piece.tries]
    if not records:
        return OfflineAnswer(
            whole, with_rules_step([asdict(step) for step in order.plan.route.trace], len(whole.edits))
        )
    return OfflineAnswer(whole, route_steps(order.plan.route, records, len(pieces)))


def rewrite_lines(lines: Iterable[bytes], defaults: OfflineRequest) -> Iterator[OutputLine]:
    """Answer each line of JSON in order as it arrives. A line that cannot be rewritten gives an error, not an end."""
    for raw in lines:
        if raw.strip():
            yield _line(raw, defaults)


def _line(raw: bytes, defaults: OfflineRequest) -> OutputLine:
    name: object = None
    try:
        fields = json_lines.read_object(raw, '{"id": 1, "text": "…"}')
        name = fields.get("id")
        return OutputLine(name, rewrite(_request(fields, defaults)))
    except YoumanError as error:
        return OutputLine(name, error=error.detail)
    except RecursionError:
        return OutputLine(None, error="the line is nested too deeply; send a flat JSON object")


def _request(fields: dict[str, object], defaults: OfflineRequest) -> OfflineRequest:
    """Build the request from the line's options, with the command's as defaults. Raises InvalidInput naming the key."""
    json_lines.check_keys(fields, _KEYS)
    base = defaults.options
    options = check_options(
        level=_whole(fields, base.level),
        strategy=json_lines.text_in(fields, "strategy", base.strategy),
        language=json_lines.text_in(fields, "language", base.language),
        format=json_lines.text_in(fields, "format", base.format),
        protected=json_lines.phrases_in(fields, "protected", base.protected),
    )
    return OfflineRequest(
        check_text(json_lines.text_in(fields, "text", "")), options, json_lines.text_in(fields, "model", defaults.model)
    )


def _whole(fields: dict[str, object], default: int) -> int:
    value = fields.get("level", default)
    if not isinstance(value, int):
        raise problem("level", "must be a whole number from 1 (least) to 5 (most)")
    return value
