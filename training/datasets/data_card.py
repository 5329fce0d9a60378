"""The data card of an exported dataset: what it holds, where it comes from, what may be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from training.models import DataImport, Dataset, DatasetPoint, TrainingDataPoint


def data_card(dataset: Dataset, files: Sequence[str]) -> str:
    """README.md with the front matter by which Hugging Face `datasets` finds the splits. The same for the same rows."""
    splits = "".join(f"      - split: {_hf(name)}\n        path: data/{name}\n" for name in files)
    counts = "\n".join(
        f"| {kind} | {value or '–'} | {count:,} |"
        for kind, values in sorted(dataset.counts.items())
        for value, count in sorted(values.items())
    )
    query = "\n".join(f"* `{name}`: {value}" for name, value in sorted(dataset.query.items()))
    return (
        f"---\npretty_name: {dataset.name}\ntask_categories: [text2text-generation]\nconfigs:\n"
        f"  - config_name: default\n    data_files:\n{splits}---\n\n# {dataset.name}\n\n"
        f"{dataset.points:,} pairs of a text as it was drafted (`original`) and as its author kept it (`humanized`), "
        f"frozen on {dataset.created_at:%Y-%m-%d}.\n\n* root: `{dataset.root}`\n"
        f"{query}\n\n| | | pairs |\n|---|---|---|\n{counts}\n\n"
        "## Where it comes from\n\n"
        f"{_sources(dataset)}\n\n"
        "## What was done\n\n"
        "E-mail addresses, phone numbers, IBANs, cards, IP addresses, national ids, keys and street addresses were\n"
        "replaced by placeholders before storage; names of people were not. Near duplicates share a cluster, and no\n"
        "cluster and no author stands in two splits. Splits are fixed by a hash and never change.\n"
    )


def _sources(dataset: Dataset) -> str:
    ids = DatasetPoint.objects.filter(dataset=dataset).values("point_id")
    imports = TrainingDataPoint.objects.filter(pk__in=ids).exclude(data_import=None).values("data_import")
    rows = DataImport.objects.filter(pk__in=imports).order_by("name", "id")
    lines = [f"* {one.name}: {one.licence or 'no licence given'}" for one in rows]
    if dataset.counts["source"].get("rewrites"):
        lines.append("* rewrites of accounts that consented to training; withdrawn pairs are removed")
    return "\n".join(lines)


def _hf(name: str) -> str:
    split = name.partition(".")[0]
    return "validation" if split == "dev" else split
