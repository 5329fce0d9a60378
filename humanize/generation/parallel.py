"""Rewrites all parts of a text: one after the other by the rules, or in parallel by engines.

A part that the cache can answer comes from the cache. The caller's thread waits, sends heartbeats and stores results;
engines are called in other threads, so that a slow vendor neither stops the heartbeat nor holds a database connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace

from humanize.generation import cache, fallback
from humanize.generation.connections import call_in_thread, release_connection
from humanize.generation.rewrite_order import PreparedPart, RewriteOrder, prepare_part
from humanize.pipeline import rewrite
from humanize.pipeline.chunks import Stretch
from humanize.pipeline.rewrite import Piece, measured_piece
from humanize.pipeline.trace import AttemptRecord, edits_sentence
from humanize.pipeline.verification import keep_verified
from humanize.prompts.conversation import is_recast
from humanize.text.edits import EditError, check
from serving.backends.base import RewriteRequest
from serving.gateway.outcomes import record_cache_hit
from youman.core.errors import YoumanError

AT_ONCE = 4  # parts of one text; more would only wait for each other at a vendor's limit
BEAT_S = 5.0  # six heartbeats fit in before the reaper considers a row abandoned
Beat = Callable[[], bool]


def rewrite_parts(order: RewriteOrder, stretches: Sequence[Stretch], *, beat: Beat) -> Iterator[Piece]:
    """Yield the pieces as they are done; with engines, in any order.

    With engines, `beat` is called every few seconds; when it returns False, the iterator ends early.
    """
    if order.engines:
        yield from _ask_engines(order, stretches, beat)
        return
    for stretch in stretches:
        yield rewrite.rewrite_stretch(order.text, stretch, order.options, detector=order.detector)


def _ask_engines(order: RewriteOrder, stretches: Sequence[Stretch], beat: Beat) -> Iterator[Piece]:
    in_company = len(stretches) > 1
    pool = ThreadPoolExecutor(max_workers=min(AT_ONCE, max(1, len(stretches))), thread_name_prefix="rewrite")
    try:
        waiting = {pool.submit(call_in_thread, _rewrite_part, order, one, in_company) for one in stretches}
        while waiting:
            release_connection()
            done, waiting = wait(waiting, timeout=BEAT_S, return_when=FIRST_COMPLETED)
            yield from _in_text_order(done)
            if waiting and not beat():
                return
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _in_text_order(done: set[Future[Piece]]) -> list[Piece]:
    return sorted((future.result() for future in done), key=lambda piece: piece.stretch.number)


def _rewrite_part(order: RewriteOrder, stretch: Stretch, in_company: bool) -> Piece:
    part = prepare_part(order, stretch, in_company=in_company)
    return _cached_piece(part) or fallback.rewrite_part(part)


def _cached_piece(part: PreparedPart) -> Piece | None:
    """Return the cached answer after verifying it again; None if there is none or it does not fit."""
    order, document = part.order, part.opened.document
    hit = cache.find(order, part.opened.stretch)
    if hit is None or hit.deployment not in {engine.name for engine in order.engines}:
        return None
    try:
        check(document.text, hit.edits)
        request = RewriteRequest(text=document.text, level=order.options.level, strategy=order.options.strategy)
        booked = record_cache_hit(
            deployment=hit.deployment, request=request, caller=part.caller, original=hit.invocation
        )
    except (EditError, YoumanError):
        return None
    options = order.options
    verified = keep_verified(
        document,
        hit.edits,
        part.opened.protected,
        options.language,
        recast=is_recast(options),
        checked=True,  # with a second opinion, when it was stored
    )
    verified = replace(verified, warnings=(*hit.warnings, *verified.warnings))
    count = len(verified.edits)
    record = AttemptRecord(
        hit.deployment, "answered", edits_sentence(count), "cached", edits=count, invocations=(str(booked),)
    )
    piece = measured_piece(part.opened, verified, order.options)
    # The rules went over the answer without a call.
    origins = tuple(None if edit.source.startswith("rules/") else booked for edit in piece.edits)
    return replace(piece, origins=origins, tries=(record,))
