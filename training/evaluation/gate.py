"""`python -m training.evaluation.gate`: the gate as a process of its own, under the trainers' container contract.

Reads the channels `model`, `train`, `dev`, `test` and, if they exist, `base` and `champion`; calls the evaluator;
writes `model/gate.json`. Imports no Django.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path

from training.contract.executor import EvaluationRequest, Evaluator, report_to_json

GATE_FILE = "gate.json"


def main(base: Path) -> int:
    config = json.loads((base / "input" / "config" / "hyperparameters.json").read_text(encoding="utf-8"))
    report = _evaluator(config["evaluator"])(_request(base, config))
    (base / "model" / GATE_FILE).write_text(json.dumps(report_to_json(report), ensure_ascii=False), encoding="utf-8")
    return 0


def _evaluator(dotted: str) -> Evaluator:
    module, _, name = dotted.rpartition(".")
    evaluator: Evaluator = getattr(importlib.import_module(module), name)
    return evaluator


def _request(base: Path, config: dict[str, str]) -> EvaluationRequest:
    data = base / "input" / "data"
    thresholds = json.loads(config["thresholds"])
    return EvaluationRequest(
        task=config["task"],
        trainer=config["trainer"],
        model=data / "model",
        data=data,
        base=data / "base" if (data / "base").exists() else None,
        champion=data / "champion" if (data / "champion").exists() else None,
        thresholds=tuple((name, float(value)) for name, value in sorted(thresholds.items())),
        seed=int(config.get("seed", "0")),
    )


if __name__ == "__main__":
    sys.exit(main(Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))))
