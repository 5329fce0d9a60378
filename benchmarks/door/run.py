"""Replays a large model's rewrites through prompts, checks and second opinions: `python -m benchmarks door`.

The answers come from the recorded backend. Opinions follow the labels of a reader who had seen none of our verdicts:
"the same" for a faithful paragraph, a difference for a doubtful or a false one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.support.data import folder as data_folder
from benchmarks.support.report import Figure, judged, publish, reported
from humanize.facts.opinions import Opinion, OpinionDifference, with_opinion
from humanize.judging.reporter.gain import gain
from humanize.options import RewriteOptions, TextFormat
from humanize.pipeline.rewrite import resolve
from humanize.pipeline.verification import VerifiedEdits, settle_doubts
from humanize.prompts import conversation, version
from humanize.prompts.opinion import ask_opinion
from humanize.prompts.question import Question
from humanize.routing.policy import DEFAULTS
from humanize.scoring import score
from humanize.text.edits import apply
from humanize.text.protect import protected_spans
from humanize.text.segment import segment
from serving.backends.base import RewriteRequest
from serving.backends.recorded.calls import CHARACTERS_A_TOKEN, RecordedBackend
from serving.backends.target import Target
from training.trainers.language_model.recast_answer import answer_of

HERE = Path(__file__).parent
KEY = "kqz7vtw3mxpd"  # of the fence that the recorded answers know
IN_PRICE, OUT_PRICE = 2.5, 10.0  # US dollars per million tokens: a large model's list prices, as in the catalogue
SMALL_SHARE = 0.06  # of these prices, what a small model of the same vendor costs
FLAGGED = 0.5


@dataclass(frozen=True, slots=True)
class Label:
    """What a reader said of the paragraph at `source` of the draft: faithful, doubtful or false."""

    source: tuple[int, int]
    rewrite: tuple[int, int]
    label: str


@dataclass(frozen=True, slots=True)
class Replay:
    """One draft, its free rewrite, and what came through: with opinions, and without."""

    id: str
    draft: str
    rewrite: str
    labels: tuple[Label, ...]
    question: Question
    answer: str
    without: VerifiedEdits
    settled: VerifiedEdits

    @property
    def accepted(self) -> str:
        """The text when the writer accepts every edit to be looked at by itself."""
        return apply(self.draft, self.settled.edits)


def run(folder: Path) -> Path:
    """Measure and publish. Raises SystemExit without the data set."""
    large = [_replayed(*one) for one in _model_rewrites()]
    drafts = [_replayed(*one) for one in _draft_rewrites()]
    outcomes, without = _outcomes(large, settled=True), _outcomes(large, settled=False)
    others = _outcomes(drafts, settled=True)
    faithful, false = outcomes["faithful"], outcomes["false"] + others["false"]
    figures = [
        judged("kept", _share(faithful, "kept"), "%", "≥", 85),
        judged("refused_faithful", _share(faithful, "refused"), "%", "≤", 8),
        judged("false_kept", false["kept"], "paragraphs", "=", 0),
        reported("doubtful_kept", outcomes["doubtful"]["kept"], "paragraphs"),
        reported("kept_without_opinions", _share(without["faithful"], "kept"), "%"),
        reported("faithful_to_look_without_opinions", _share(without["faithful"], "look"), "%"),
        *_gains(large),
        *_costs(large),
        reported("drafts_kept", _share(others["faithful"], "kept"), "%"),
        reported("drafts_refused_faithful", _share(others["faithful"], "refused"), "%"),
    ]
    notes = [
        f"{len(large)} drafts with {sum(faithful.values())} faithful, {sum(outcomes['doubtful'].values())} doubtful and"
        f" {sum(outcomes['false'].values())} false paragraphs that changed; of {len(drafts)} drafts of 2026"
        f" {sum(others['faithful'].values())}, {sum(others['doubtful'].values())} and {sum(others['false'].values())}.",
        "The drafts of 2026 were rewritten by the model that wrote them, and labelled in one pass.",
        "Which sentences a line carries was paired by the benchmark, since the recorded answers did not say it.",
        *_misses(large),
    ]
    return publish("door", figures, notes, folder)


def _model_rewrites() -> Iterator[tuple[str, str, str, TextFormat, tuple[Label, ...]]]:
    labels = _labels("labels")
    for row in _rows("llm/answers.jsonl"):
        yield row["id"], row["draft"], row["free_rewrite"], row["format"], labels.get(row["id"], ())


def _draft_rewrites() -> Iterator[tuple[str, str, str, TextFormat, tuple[Label, ...]]]:
    labels = _labels("draft_labels")
    for row in _rows("drafts2026/pairs.jsonl"):
        name = f"draft-{row['n']}"
        if name in labels:
            yield name, row["draft"], row["rewrite"], "auto", labels[name]


def _rows(name: str) -> Iterator[dict[str, Any]]:
    with (data_folder() / name).open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _labels(name: str) -> dict[str, tuple[Label, ...]]:
    found: dict[str, list[Label]] = {}
    for row in map(json.loads, (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()):
        label = Label(tuple(row["source"]), tuple(row["rewrite"]), row["label"])
        found.setdefault(row["id"], []).append(label)
    return {name: tuple(labels) for name, labels in found.items()}


def _replayed(name: str, draft: str, rewrite: str, format: TextFormat, labels: tuple[Label, ...]) -> Replay:
    question = _question(draft, format, level=5)
    answer = _recorded(question, answer_of(question, rewrite))
    verified = conversation.verify_draft(question, conversation.read_draft(question, answer, origin="llm/recorded"))
    verdicts = [
        with_opinion(one.verdict, _opinion(labels, one.start, one.end), source=one.source, rewrite=one.rewrite)
        for one in verified.doubts
    ]
    settled = settle_doubts(question.document, verified, verdicts)
    return Replay(name, draft, rewrite, labels, question, answer, verified, settled)


def _question(draft: str, format: TextFormat, *, level: int, number: str = version.CURRENT) -> Question:
    document = segment(draft, format)
    asked = RewriteOptions(level=level, format=document.format, language="en")
    return conversation.write_question(
        document,
        protected_spans(document),
        resolve(draft, asked),
        nonce=lambda: KEY,
        version=version.load(number),
    )


def _recorded(question: Question, answer: str) -> str:
    options = {"answers": {question.prompt: answer}}
    backend = RecordedBackend(Target("recorded", "recorded", "recorded", options=options))
    request = RewriteRequest(text=question.document.text, system=question.system, prompt=question.prompt)
    return backend.rewrite(request).text or ""


def _opinion(labels: Sequence[Label], start: int, end: int) -> Opinion:
    """Return the opinion that the labels give on this stretch: the same only if all of it is faithful."""
    here = [one.label for one in labels if one.source[0] < end and start < one.source[1]]
    if here and set(here) == {"faithful"}:
        return Opinion(is_same=True)
    return Opinion(is_same=False, differences=(OpinionDifference("label", "", ""),))


def _outcomes(replays: Sequence[Replay], *, settled: bool) -> dict[str, Counter[str]]:
    """Count what became of the changed paragraphs, by label."""
    found: dict[str, Counter[str]] = {"faithful": Counter(), "doubtful": Counter(), "false": Counter()}
    for replay in replays:
        for label in replay.labels:
            outcome = _outcome(replay, label, settled=settled)
            if outcome:
                found[label.label][outcome] += 1
    return found


def _outcome(replay: Replay, label: Label, *, settled: bool) -> str:
    """Return kept, look or refused; empty for a paragraph that the rewrite left unchanged."""
    before, after = replay.draft[slice(*label.source)], replay.rewrite[slice(*label.rewrite)]
    if before.split() == after.split() or not before.strip():
        return ""
    edits = (replay.settled if settled else replay.without).edits
    here = [edit for edit in edits if edit.start < label.source[1] and label.source[0] < edit.end + 1]
    if not here:
        return "refused"
    return "look" if any(edit.look for edit in here) else "kept"


def _share(outcomes: Counter[str], name: str) -> float:
    return round(100 * outcomes[name] / max(1, sum(outcomes.values())), 1)


def _gains(replays: Sequence[Replay]) -> Iterator[Figure]:
    """Yield the share of the answers' own gain that reaches the writer, by the judge that never ranks."""
    drafts = [one.draft for one in replays]
    own = gain(drafts, [one.rewrite for one in replays])
    ways = {
        "gain_kept": [one.accepted for one in replays],
        "gain_kept_without_look": [one.settled.result for one in replays],
        "gain_kept_without_opinions": [one.without.result for one in replays],
        "gain_kept_by_version_1": [_by_version_1(row) for row in _rows("llm/answers.jsonl")],
    }
    for name, texts in ways.items():
        share = round(100 * gain(drafts, texts).share_of(own), 1)
        yield judged(name, share, "%", "≥", 90) if name == "gain_kept" else reported(name, share, "%")
    likely = {
        name: [score(text, language="en").ai_likeness or 0.0 for text in texts]
        for name, texts in (
            ("drafts", drafts), ("answers", [one.rewrite for one in replays]), ("results", ways["gain_kept"]),
        )
    }  # fmt: skip
    difference = abs(sum(likely["results"]) - sum(likely["answers"])) / max(1, len(replays))
    yield judged("likelihood_difference", round(difference, 3), "of 1", "≤", 0.05)
    for name, values in likely.items():
        flagged = sum(value >= FLAGGED for value in values)
        yield reported(f"flagged_{name}", round(100 * flagged / max(1, len(values)), 1), "%")


def _by_version_1(row: dict[str, Any]) -> str:
    """Return what the first prompts brought, with today's checks and everything accepted."""
    question = _question(row["draft"], row["format"], level=row["level"], number="1")
    try:
        draft = conversation.read_draft(question, row["answer_to_prompt_1"], origin="llm/recorded")
    except ValueError:
        return str(row["draft"])
    return apply(row["draft"], conversation.verify_draft(question, draft).edits)


def _costs(replays: Sequence[Replay]) -> Iterator[Figure]:
    """Yield the cost of 1,000 words: by paragraphs, by version 1, and of the second opinions."""
    words = sum(len(one.draft.split()) for one in replays) / 1000
    recast = sum(_price(one.question.system + one.question.prompt, one.answer) for one in replays)
    first = sum(
        _price(question.system + question.prompt, row["answer_to_prompt_1"])
        for row in _rows("llm/answers.jsonl")
        for question in [_question(row["draft"], row["format"], level=5, number="1")]
    )
    opinions = 0.0
    for one in replays:
        if one.without.doubts:
            asked = ask_opinion([(doubt.source, doubt.rewrite) for doubt in one.without.doubts], nonce=lambda: KEY)
            reply = {"pairs": [{"n": number, "differences": []} for number in range(1, asked.pairs + 1)]}
            opinions += _price(asked.system + asked.prompt, json.dumps(reply))
    yield reported("cost_ratio", round(recast / first, 2), "× version 1")
    yield reported("cost_paragraphs", round(recast / words, 4), "$/1,000 words")
    yield reported("cost_version_1", round(first / words, 4), "$/1,000 words")
    yield reported("cost_opinions", round(opinions / words, 4), "$/1,000 words")
    sentences = sum(
        _price(question.system + question.prompt, row["answer_to_prompt_1"])
        for row in _rows("llm/answers.jsonl")
        for question in [_question(row["draft"], row["format"], level=3)]
    )
    yield reported("cost_level_3", round(sentences / words, 4), "$/1,000 words")
    # BASIC goes to the cheapest model, ENTERPRISE asks for several answers. Opinions come from the cheapest.
    small = SMALL_SHARE * (recast + opinions)
    yield reported("cost_level_5_basic", round(small / words, 4), "$/1,000 words")
    yield reported("cost_level_5_professional", round((recast + SMALL_SHARE * opinions) / words, 4), "$/1,000 words")
    enterprise = DEFAULTS["ENTERPRISE"].candidates * recast + SMALL_SHARE * opinions
    yield reported("cost_level_5_enterprise", round(enterprise / words, 4), "$/1,000 words")


def _price(sent: str, answer: str) -> float:
    return (IN_PRICE * len(sent) + OUT_PRICE * len(answer)) / CHARACTERS_A_TOKEN / 1_000_000


def _misses(replays: Sequence[Replay]) -> Iterator[str]:
    """Name what was refused of the faithful paragraphs, without a word of them."""
    for replay in replays:
        refused = [one for one in replay.labels if _outcome(replay, one, settled=True) == "refused"]
        for label in refused:
            yield f"refused: {replay.id} {label.source[0]}–{label.source[1]}, labelled {label.label}"
