"""How the imported pairs were clustered, by the file that they came from."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

from training.models import TrainingDataPoint


def shares(path: str) -> str:
    """Return the share of near duplicates in the cluster of their original, and the clusters for each original."""
    clusters = dict(TrainingDataPoint.objects.values_list("original", "cluster"))
    lines = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
    near = [
        (clusters.get(one["original"]), clusters.get(other["original"]))
        for one, other in pairwise(lines)
        if other["near"]
    ]
    both = [(one, other) for one, other in near if one and other]  # where personal data was redacted, the text differs
    together = sum(one == other for one, other in both) / len(both)
    return f"{together} {len(set(clusters.values())) / (len(lines) - len(near))}"
