"""Measures how often human texts of each kind reach the bands, which is what the pages promise to writers.

Each rate is measured on texts whose subject the model had not seen, since a writer's subject is new to it as well.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from humanize.scoring.detector import Band
from humanize.scoring.linear import MIN_WORDS
from humanize.scoring.prose import prose_of
from humanize.scoring.train.matrix import Floats

_Z = 1.959964  # of a 95 % interval
_GENRES = {
    "AcademicResearch": "paper",
    "LegalDocument": "law",
    "LiteratureCreativeWriting": "fiction",
    "MedicalText": "medicine",
    "OnlineContent": "post",
    "PersonalCommunication": "e-mail",
    "ProductReview": "post",
    "TechnicalWriting": "documentation",
    "essay": "essay",
}
_OTHER_GENRE = "article"
UNSEEN = {
    "CS224N_real_145": ("abstracts of student papers", "paper"),
    "CollegeEssay_real_70": ("application essays", "essay"),
    "HewlettStudentEssay_real_88": ("essays of the eighth grade", "essay"),
    "TOEFL_real_91": ("TOEFL essays by non-native writers", "essay"),
}
"""Human texts of github.com/Weixin-Liang/ChatGPT-Detector-Bias (MIT): folder, name, genre. They train nothing."""


@dataclass(frozen=True, slots=True)
class MeasuredRate:
    """How many of the human `texts` of one kind (60 words of prose or more) reach each band but the lowest."""

    name: str
    genre: str
    texts: int
    reached: Mapping[str, int]

    def share(self, band: str) -> tuple[float, float, float]:
        """Return the share (0 to 1) that reaches the band, and the lower and upper end of its 95 % interval."""
        return self.reached[band] / max(self.texts, 1), *wilson(self.reached[band], self.texts)

    def as_json(self) -> dict[str, object]:
        bands: dict[str, object] = {}
        for band, count in self.reached.items():
            rate, low, high = (round(value, 4) for value in self.share(band))
            bands[band] = {"reached": count, "rate": rate, "interval": [low, high]}
        return {"name": self.name, "genre": self.genre, "texts": self.texts, "bands": bands}


def wilson(reached: int, texts: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share (Wilson 1927); from 0 to 1 without texts."""
    if not texts:
        return 0.0, 1.0
    share, square = reached / texts, _Z**2 / texts
    middle = (share + square / 2) / (1 + square)
    half = _Z * math.sqrt(share * (1 - share) / texts + square / (4 * texts)) / (1 + square)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def genre_of(domain: str) -> str:
    return _GENRES.get(domain, _OTHER_GENRE)


def count_reached(name: str, genre: str, likeness: Floats, bands: Sequence[Band]) -> MeasuredRate:
    reached = {band.name: int((likeness >= band.threshold).sum()) for band in bands if band.threshold > 0.0}
    return MeasuredRate(name, genre, len(likeness), reached)


def rates_by_domain(
    likeness: Floats,
    labels: NDArray[np.int64],
    lengths: NDArray[np.int64],
    places: Sequence[tuple[str, str]],
    bands: Sequence[Band],
) -> list[MeasuredRate]:
    """Return the rate of each pair of source and domain, of which `places` has one per text; texts under 60 words and
    those of machines do not count.
    """
    names = np.array([f"{source}/{domain}" for source, domain in places])
    human = (labels == 0) & (lengths >= MIN_WORDS)
    return [
        count_reached(str(name), genre_of(str(name).partition("/")[2]), likeness[human & (names == name)], bands)
        for name in np.unique(names[human])
    ]


def unseen_texts(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Yield name, genre and prose of the human texts in a copy of the repository. Raises FileNotFoundError."""
    for part, (name, genre) in UNSEEN.items():
        rows = json.loads((folder / "Data_and_Results" / "Human_Data" / part / "data.json").read_text("utf-8"))
        yield name, genre, [prose_of(row["document"]).text for row in rows]


def rates_in(manifest: Path, sha256: str) -> list[MeasuredRate]:
    """Return the rates of the unseen texts in an existing manifest, if it belongs to the same weights; else none."""
    if not manifest.exists() or (found := json.loads(manifest.read_text("utf-8")))["sha256"] != sha256:
        return []
    names = {name for name, _ in UNSEEN.values()}
    return [
        MeasuredRate(
            one["name"],
            one["genre"],
            one["texts"],
            {band: share["reached"] for band, share in one["bands"].items()},
        )
        for one in found.get("human_rates", ())
        if one["name"] in names
    ]
