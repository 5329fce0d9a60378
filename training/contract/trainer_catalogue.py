"""The available trainers, read from their schema files, and the check of hyperparameters against them.

A schema is data (`<name>.schema.json`). The trainer itself is never imported here, because it runs in its own process.
"""

from __future__ import annotations

import importlib.util
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from training.contract.executor import Resources
from training.errors import InvalidHyperparameters, UnknownTrainer
from youman.core.errors import FieldProblem

Value = int | float | bool | str
DEFAULT_EVALUATOR = "training.evaluation.revision.evaluate"
_OWN = Path(__file__).resolve().parent.parent / "trainers"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One hyperparameter. A bound is None if the parameter has none."""

    name: str
    type: str
    default: Value
    title: str = ""
    description: str = ""
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = None
    choices: tuple[str, ...] = ()
    max_length: int = 200
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Trainer:
    """A trainer as its schema describes it. `missing_modules` names required modules that are not installed."""

    name: str
    title: str
    description: str
    task: str
    module: str
    evaluator: str
    resources: Resources
    parameters: tuple[Parameter, ...]
    thresholds: tuple[tuple[str, float], ...]
    missing_modules: tuple[str, ...] = ()

    @property
    def is_usable(self) -> bool:
        return not self.missing_modules


def trainers() -> dict[str, Trainer]:
    """Return the trainers by name, those of the project first. Reads the files each time, which takes a millisecond."""
    catalogue: dict[str, Trainer] = {}
    for folder in (_OWN, *map(Path, settings.TRAINER_FOLDERS)):
        for path in sorted(folder.glob("*.schema.json")):
            trainer = _read(path)
            catalogue.setdefault(trainer.name, trainer)
    return catalogue


def trainer_named(name: str) -> Trainer:
    """Return a trainer. Raises UnknownTrainer, also for a trainer whose modules are not installed."""
    catalogue = trainers()
    if name not in catalogue:
        advice = f"use one of {', '.join(catalogue)}" if catalogue else "no trainer is installed"
        raise UnknownTrainer(f"There is no trainer {name!r}; {advice}")
    trainer = catalogue[name]
    if trainer.missing_modules:
        missing = ", ".join(trainer.missing_modules)
        raise UnknownTrainer(f"{name} needs Python modules that are not installed: {missing}")
    return trainer


def check_hyperparameters(trainer: Trainer, values: Mapping[str, object]) -> dict[str, Value]:
    """Return all of the trainer's parameters, with defaults filled in.

    Raises InvalidHyperparameters, which names every mistake.
    """
    unknown = values.keys() - {parameter.name for parameter in trainer.parameters}
    problems = [FieldProblem(name, f"{trainer.name} has no such parameter") for name in unknown]
    checked: dict[str, Value] = {}
    for parameter in trainer.parameters:
        try:
            checked[parameter.name] = _checked(parameter, values.get(parameter.name, parameter.default))
        except ValueError as error:
            problems.append(FieldProblem(parameter.name, str(error)))
    if problems:
        problems.sort(key=lambda problem: problem.field)
        detail = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
        raise InvalidHyperparameters(detail, problems=tuple(problems))
    return checked


def hyperparameter_strings(values: Mapping[str, Value]) -> tuple[tuple[str, str], ...]:
    """Return the values as SageMaker passes them, every value as a string."""
    return tuple((name, value if isinstance(value, str) else json.dumps(value)) for name, value in values.items())


def _checked(parameter: Parameter, value: object) -> Value:
    match parameter.type:
        case "integer" | "number":
            return _number(parameter, value)
        case "boolean":
            if isinstance(value, bool):
                return value
            raise ValueError("must be true or false")
        case _:
            return _string(parameter, value)


def _number(parameter: Parameter, value: object) -> int | float:
    whole = parameter.type == "integer"
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)) or not _is_finite(value):
        raise ValueError("must be a whole number" if whole else "must be a number")
    assert isinstance(value, int | float)
    if parameter.minimum is not None and value < parameter.minimum:
        raise ValueError(f"must be {parameter.minimum:g} or more")
    if parameter.exclusive_minimum is not None and value <= parameter.exclusive_minimum:
        raise ValueError(f"must be more than {parameter.exclusive_minimum:g}")
    if parameter.maximum is not None and value > parameter.maximum:
        raise ValueError(f"must be {parameter.maximum:g} or less")
    return value


def _is_finite(value: object) -> bool:
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def _string(parameter: Parameter, value: object) -> str:
    if not isinstance(value, str) or len(value) > parameter.max_length or "\x00" in value:
        raise ValueError(f"must be a string of up to {parameter.max_length} characters")
    if parameter.choices and value not in parameter.choices:
        raise ValueError(f"must be one of {', '.join(parameter.choices)}")
    if parameter.pattern and not re.fullmatch(parameter.pattern, value):
        raise ValueError(f"must match {parameter.pattern}")
    return value


def _read(path: Path) -> Trainer:
    raw = json.loads(path.read_text(encoding="utf-8"))
    needs = raw.get("needs", [])
    return Trainer(
        name=raw["name"],
        title=raw.get("title", raw["name"]),
        description=raw.get("description", ""),
        task=raw["task"],
        module=raw["module"],
        evaluator=raw.get("evaluator", DEFAULT_EVALUATOR),
        resources=Resources(**raw.get("resources", {})),
        parameters=tuple(_parameter(name, schema) for name, schema in raw.get("properties", {}).items()),
        thresholds=tuple(sorted((name, float(value)) for name, value in raw.get("thresholds", {}).items())),
        missing_modules=tuple(name for name in needs if importlib.util.find_spec(name) is None),
    )


def _parameter(name: str, raw: Mapping[str, object]) -> Parameter:
    renamed = {"exclusiveMinimum": "exclusive_minimum", "maxLength": "max_length", "enum": "choices"}
    fields = {renamed.get(key, key): value for key, value in raw.items()}
    if isinstance(fields.get("choices"), list):
        fields["choices"] = tuple(fields["choices"])  # type: ignore[arg-type]  # a list, as the line above checks
    return Parameter(name=name, **fields)  # type: ignore[arg-type]  # the project's files; a wrong key fails the tests
