"""The figures as JSON for programs and tests, and as Markdown tables for the model card."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from humanize.scoring.detector import FEWEST_TEXTS
from humanize.scoring.train.figures import DetectorQuality, LeftOut, LengthFigures
from humanize.scoring.train.human_rates import MeasuredRate


@dataclass(frozen=True, slots=True)
class Report:
    """All figures. `cross_validated` is over training texts by models that did not see their documents; `dev` over the
    dev split."""

    version: str
    cross_validated: DetectorQuality
    dev: DetectorQuality
    cross_validated_by_length: list[LengthFigures]
    dev_by_length: list[LengthFigures]
    domains: list[LeftOut]
    sources: list[LeftOut]
    models: list[LeftOut]
    human_rates: tuple[MeasuredRate, ...]
    dev_human_rates: tuple[MeasuredRate, ...]

    @property
    def domain_mean(self) -> float:
        return sum(found.auroc for found in self.domains) / len(self.domains)

    @property
    def domain_worst(self) -> LeftOut:
        return min(self.domains, key=lambda found: found.auroc)

    def as_json(self) -> str:
        worst = self.domain_worst
        summary = {"domain_mean_auroc": self.domain_mean, "worst_domain": worst.name, "worst_auroc": worst.auroc}
        return json.dumps(_rounded(asdict(self) | summary), indent=1) + "\n"

    def as_markdown(self) -> str:
        worst = self.domain_worst
        parts = [
            _quality_table(self.cross_validated, self.dev),
            "By length, cross-validated:\n\n" + _length_table(self.cross_validated_by_length),
            "By length, dev split:\n\n" + _length_table(self.dev_by_length),
            f"Left-out domains: mean AUROC {self.domain_mean:.3f}, worst {worst.auroc:.3f} ({worst.name})\n\n"
            + _left_out_table(self.domains),
            "Human texts that reach a band, by kind:\n\n" + _rate_table(self.human_rates, self.dev_human_rates),
            "Left-out sources:\n\n" + _left_out_table(self.sources),
            "Left-out models:\n\n" + _left_out_table(self.models),
        ]
        return "\n\n".join(parts) + "\n"


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return [_rounded(inner) for inner in value] if isinstance(value, list | tuple) else value


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _quality_table(cross: DetectorQuality, dev: DetectorQuality) -> str:
    names = {
        "auroc_all": "AUROC, all texts (from 30 words)",
        "auroc": "AUROC, from 60 words",
        "brier": "Brier score",
        "calibration_error": "Expected calibration error",
        "fpr_flag": "Human texts flagged",
        "tpr_flag": "AI texts flagged",
    }
    rows = [[label, f"{getattr(cross, key):.4f}", f"{getattr(dev, key):.4f}"] for key, label in names.items()]
    return _table(["figure", "cross-validated", "dev"], rows)


def _length_table(rows: list[LengthFigures]) -> str:
    head = ["words", "human", "AI", "AUROC", "TPR at 1 % FPR", "TPR at 5 % FPR", "FPR medium", "FPR high"]
    return _table(head, [_length_row(row) for row in rows])


def _length_row(row: LengthFigures) -> list[str]:
    words = f"{row.low}–{row.high}" if row.high < 10_000 else f"{row.low}+"
    rates = (row.tpr_at_1, row.tpr_at_5, row.fpr_medium, row.fpr_high)
    return [words, str(row.human), str(row.ai), f"{row.auroc:.3f}", *map(_percent, rates)]


def _left_out_table(rows: list[LeftOut]) -> str:
    head = ["left out", "human", "AI", "AUROC", "human flagged", "AI flagged"]
    body = [
        [r.name, str(r.human), str(r.ai), f"{r.auroc:.3f}", _percent(r.fpr_flag), _percent(r.tpr_flag)] for r in rows
    ]
    return _table(head, body)


def _rate_table(rates: Sequence[MeasuredRate], dev: Sequence[MeasuredRate]) -> str:
    """Return the rates, highest upper figure of the flag first and small samples last, next to those of dev."""
    flag = next(iter(rates[0].reached))
    other = {rate.name: rate for rate in dev}
    ordered = sorted(rates, key=lambda rate: (rate.texts < FEWEST_TEXTS, -rate.share(flag)[2], rate.name))
    head = ["human texts", "genre", "texts", f"{flag} or higher", "95 % interval", "high", "95 % interval", "dev"]
    return _table(head, [_rate_row(rate, other.get(rate.name)) for rate in ordered])


def _rate_row(rate: MeasuredRate, dev: MeasuredRate | None) -> list[str]:
    cells = [rate.name, rate.genre, str(rate.texts)]
    for band in rate.reached:
        share, low, high = rate.share(band)
        cells += [_percent(share), f"{100 * low:.1f}–{100 * high:.1f}"]
    flagged = f"{next(iter(dev.reached.values()))} of {dev.texts}" if dev else "–"
    return [*cells, flagged]
