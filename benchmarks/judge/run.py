"""Measures both judges of writing: `python -m benchmarks judge`."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.judge.readers import PREFERENCES, ReaderPair, pairs_read
from benchmarks.support.data import pair_rows
from benchmarks.support.report import Figure, judged, publish, reported
from humanize.judging import Judge, shipped_judge
from humanize.judging.judge import pack
from humanize.judging.reporter import shipped_reporter
from humanize.judging.train.__main__ import ORIGINALS, PROFESSIONALS, half_of
from humanize.judging.train.fit import first_part

Floats = NDArray[np.float64]
_CHUNK = 100  # pairs judged at a time
_DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class Pair:
    """A draft, what a person made of it, and the document that it comes from."""

    draft: str
    edited: str
    group: str


def run(folder: Path) -> Path:
    """Measure and publish. Raises SystemExit without the data set."""
    ranker, reporter = shipped_judge(), shipped_reporter()
    dev = {source: _pairs("dev", source) for source in (PROFESSIONALS, ORIGINALS)}
    train = _pairs("train", PROFESSIONALS)
    figures = [
        *_right("ranker_lamp", ranker, dev[PROFESSIONALS], 92),
        *_right("reporter_lamp", reporter, dev[PROFESSIONALS], 88),
        judged("ranker_l2r", _share(margins(ranker, dev[ORIGINALS]) > 0), "%", "≥", 75),
        judged("reporter_l2r", _share(margins(reporter, dev[ORIGINALS]) > 0), "%", "≥", 75),
        *_other_half(ranker, [pair for pair in train if half_of(pair.group) == 1], "ranker"),
        *_other_half(reporter, [pair for pair in train if half_of(pair.group) == 0], "reporter"),
        *_verdicts(ranker, reporter, dev[PROFESSIONALS]),
        judged("pairs_per_s", _pairs_per_s(ranker, dev), "pairs/s", "≥", 3_000),
        reported("single_pairs_per_s", _pairs_per_s(ranker, dev, one_by_one=True), "pairs/s"),
        reported("reporter_pairs_per_s", _pairs_per_s(reporter, dev), "pairs/s"),
        judged("megabytes", max(len(pack(judge.weights)) for judge in (ranker, reporter)) / 1e6, "MB", "≤", 2),
    ]  # fmt: skip
    agreed, notes = agreement({"agreement": ranker, "agreement_reporter": reporter})
    return publish(
        "judge",
        [*figures, *agreed],
        [
            f"ranker {ranker.version}, reporter {reporter.version}; {len(dev[PROFESSIONALS])} pairs of professional "
            f"editors, {len(dev[ORIGINALS])} of human originals, all of dev; intervals: bootstrap over documents, 95 %",
            f"pairs per second of processor time, {_CHUNK} at a time, and one by one",
            "other half: the editors' train pairs of the documents that taught the other judge and not this one",
            *notes,
        ],
        folder,
    )


def _pairs(split: str, source: str) -> list[Pair]:
    rows = (row for row in pair_rows(split) if row["source"] == source)
    return [Pair(row["ai_text"], row["target_text"], row["group"]) for row in rows]


def margins(judge: Judge, pairs: Sequence[Pair | ReaderPair]) -> Floats:
    """Return the margin of each pair; positive if the judge prefers the rewrite."""
    texts = [(pair.draft, pair.edited if isinstance(pair, Pair) else pair.rewrite) for pair in pairs]
    found = [np.empty(0)]
    for start in range(0, len(texts), _CHUNK):
        values = judge.values([text for pair in texts[start : start + _CHUNK] for text in pair])
        found.append(values[1::2] - values[::2])
    return np.concatenate(found)


def _share(holds: NDArray[np.bool_]) -> float:
    return 100 * float(holds.mean())


def _right(name: str, judge: Judge, pairs: Sequence[Pair], target: float) -> list[Figure]:
    right = margins(judge, pairs) > 0
    low, high = _interval(right, [pair.group for pair in pairs])
    return [
        judged(name, _share(right), "%", "≥", target),
        reported(f"{name}_low", low, "%"),
        reported(f"{name}_high", high, "%"),
    ]


def _interval(holds: NDArray[np.bool_], groups: Sequence[str]) -> tuple[float, float]:
    """Return the 95 % interval of a share over documents, which are drawn as a whole."""
    names, where = np.unique(groups, return_inverse=True)
    sums = np.stack([np.bincount(where, weights=holds), np.bincount(where)])
    drawn = np.random.default_rng(0).multinomial(len(names), np.full(len(names), 1 / len(names)), size=_DRAWS)
    right, all_ = sums @ drawn.T
    low, high = np.quantile(100 * right / all_, [0.025, 0.975])
    return float(low), float(high)


def _other_half(judge: Judge, pairs: Sequence[Pair], name: str) -> list[Figure]:
    """On more unseen pairs than dev has, also by whether the editor shortened the text."""
    right = margins(judge, pairs) > 0
    longer = np.array([len(pair.edited.split()) > len(pair.draft.split()) for pair in pairs])
    return [
        reported(f"{name}_other_half", _share(right), "%"),
        reported(f"{name}_longer", _share(right[longer]), "%"),
        reported(f"{name}_shorter", _share(right[~longer]), "%"),
    ]


def _verdicts(ranker: Judge, reporter: Judge, pairs: Sequence[Pair]) -> list[Figure]:
    found, other = margins(ranker, pairs), margins(reporter, pairs)
    sure = np.abs(found) > ranker.band
    parts = [Pair(part, text, "") for pair in pairs for text in (pair.draft, pair.edited) for part in first_part(text)]
    return [
        reported("ranker_sure", _share(sure), "%"),
        reported("ranker_sure_right", _share(found[sure] > 0), "%"),
        reported("judges_agree", _share((found > 0) == (other > 0)), "%"),
        reported("reporter_whole_over_part", _share(margins(reporter, parts) > 0), "%"),
    ]


def _pairs_per_s(judge: Judge, dev: dict[str, list[Pair]], *, one_by_one: bool = False) -> float:
    """Return the best of three runs over all pairs, in processor time: others may use the machine as well."""
    pairs = [pair for some in dev.values() for pair in some]

    def seconds() -> float:
        started = time.process_time()
        if one_by_one:
            for pair in pairs:
                judge.compare(pair.draft, pair.edited)
        else:
            margins(judge, pairs)
        return time.process_time() - started

    return round(len(pairs) / min(seconds() for _ in range(3)))


def agreement(judges: dict[str, Judge]) -> tuple[list[Figure], list[str]]:
    """Return how often each judge prefers what the readers preferred, and by whom the rewrites are."""
    with PREFERENCES.open(encoding="utf-8") as lines:
        rows = list(map(json.loads, lines))
    known = {(pair.id, pair.digest): pair for pair in pairs_read({row["id"] for row in rows})}
    there = [row for row in rows if (row["id"], row["texts"]) in known]
    decided = [row for row in there if row["prefers"] != "none"]
    pairs = [known[row["id"], row["texts"]] for row in decided]
    wanted = np.array([row["prefers"] == "rewrite" for row in decided])
    figures, notes = list[Figure](), [_reader_note(rows, there, decided)]
    for name, judge in judges.items():
        same = (margins(judge, pairs) > 0) == wanted
        low, high = _interval(same, [pair.id for pair in pairs])
        figures += [
            reported(name, _share(same), "%"), reported(f"{name}_low", low, "%"), reported(f"{name}_high", high, "%"),
        ]  # fmt: skip
        notes.append(f"{name}, by who rewrote: {_by_writer(pairs, same, wanted)}")
    return figures, notes


def _reader_note(rows: Sequence[object], there: Sequence[object], decided: Sequence[object]) -> str:
    return (
        f"readers: {len(rows)} pairs read blind by one reader, a large model; {len(rows) - len(there)} left out since "
        f"their words have changed, {len(there) - len(decided)} without a preference"
    )


def _by_writer(pairs: Sequence[ReaderPair], same: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> str:
    writers = np.array([pair.id.rpartition("/")[2] for pair in pairs])
    return ", ".join(
        f"{writer} {same[writers == writer].sum()} of {(writers == writer).sum()} "
        f"(rewrite preferred {wanted[writers == writer].sum()} times)"
        for writer in sorted(set(writers.tolist()))
    )
