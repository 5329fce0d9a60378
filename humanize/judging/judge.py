"""A judge: a linear model over a design, its calibration, and its verdict on two versions of a text."""

from __future__ import annotations

import hashlib
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from humanize.judging.design import Design
from humanize.scoring.tokens import count_words

Verdict = Literal["better", "worse", "the same"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
LEAST_WORDS = 20
LANGUAGE = "en"
_STEEPEST = 30.0


class JudgeError(RuntimeError):
    """The files of a judge are missing, damaged, or of a kind that this version cannot read."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge says of a rewrite, compared with its source.

    `probability` (0 to 1) is the chance that an editor prefers the rewrite; 0.5 means that it cannot tell. `margin` is
    its logit, and the margin of the two texts the other way round is exactly its negative. `verdict` is "the same"
    within the band where the judge is not sure enough. `version` is that of the judge.
    """

    margin: float
    probability: float
    verdict: Verdict
    version: str


@dataclass(frozen=True, slots=True)
class Judge:
    """A linear judge: a text has a value, and the difference of two values says which text reads better.

    `weights` has one entry per column of the design. `slope` turns differences into logits; within `band` logits of
    zero two texts read the same. Immutable, and may be called from several threads at once.
    """

    design: Design
    weights: NDArray[np.float32]
    version: str
    slope: float
    band: float

    def values(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return the value of each text, in logits; only differences mean anything. Never raises on any text."""
        if not texts:
            return np.empty(0)
        rows = self.design.rows(texts)
        evidence = rows.value * self.weights[rows.column]
        return np.asarray(self.slope * np.bincount(rows.row, weights=evidence, minlength=len(texts)), np.float64)

    def compare(self, before: str, after: str) -> Judgement:
        """Judge a rewrite. Equal texts have the margin 0. Never raises on any text."""
        first, second = self.values((before, after)).tolist()
        return self.judgement(second - first)

    def judgement(self, margin: float) -> Judgement:
        probability = round(1.0 / (1.0 + math.exp(-min(max(margin, -_STEEPEST), _STEEPEST))), 4)
        verdict: Verdict = "the same"
        if abs(margin) > self.band:
            verdict = "better" if margin > 0 else "worse"
        return Judgement(margin, probability, verdict, self.version)


def is_judged(texts: Sequence[str], language: str) -> bool:
    """Return whether texts can be judged: they are English and each has 20 words or more."""
    code = language.lower().replace("_", "-").partition("-")[0]
    return code == LANGUAGE and all(count_words(text) >= LEAST_WORDS for text in texts)


def pack(weights: NDArray[np.float32]) -> bytes:
    """Return the weights as an uncompressed .npz in half precision. Equal weights give equal bytes."""
    target = io.BytesIO()
    np.savez(target, allow_pickle=False, weights=weights.astype(np.float16))
    return target.getvalue()


def unpack(raw: bytes, manifest: bytes, design: Design, *, version: str = "") -> Judge:
    """Read a judge from its two files. `version` replaces the one in the manifest, unless it is empty.

    Raises JudgeError if they are damaged, do not belong together, or belong to another kind of judge.
    """
    try:
        about = json.loads(manifest)
        kind, digest, own = str(about["kind"]), str(about["sha256"]), str(about["version"])
        slope, band = float(about["slope"]), float(about["band"])
    except (ValueError, KeyError, TypeError) as error:
        raise JudgeError(f"The manifest of the judge cannot be read: {error!r}") from error
    if kind != design.kind:
        raise JudgeError(f"The judge has the kind {kind!r}; this place reads {design.kind!r}")
    if hashlib.sha256(raw).hexdigest() != digest:
        raise JudgeError("The judge's weights do not match their manifest; reinstall the package or train it again.")
    try:
        with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
            weights = arrays["weights"].astype(np.float32)
    except (ValueError, KeyError, TypeError, BadZipFile) as error:
        raise JudgeError(f"The weights of the judge cannot be read: {error!r}") from error
    if weights.shape != (design.columns,) or not (np.isfinite(weights).all() and slope > 0.0 <= band):
        raise JudgeError(f"The weights of the judge must be {design.columns} finite numbers, its slope positive")
    return Judge(design, weights, version or own, slope, band)
