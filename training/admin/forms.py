"""The form of a new job: what every job has, and the trainer's own hyperparameters as fields from its schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField

from training.contract import trainer_catalogue
from training.contract.executor import Resources
from training.contract.trainer_catalogue import Parameter, Trainer
from training.executors.factory import executor_names
from training.jobs.lifecycle import JobRequest
from training.models import Dataset

PREFIX = "hp-"


def _executors() -> list[tuple[str, str]]:
    return [(name, name) for name in executor_names()]


class JobForm(forms.Form):
    model = forms.CharField(max_length=100, help_text="The registered model that gets the version; made when it is new")
    dataset = forms.ModelChoiceField(Dataset.objects.filter(withdrawn=0))
    base = forms.CharField(required=False, max_length=200, help_text="Go on from a version: model/3 or model@champion")
    executor = forms.ChoiceField(choices=_executors, required=False, help_text="Where it runs")
    priority = forms.IntegerField(initial=0, min_value=-10, max_value=10)
    cpus = forms.IntegerField(min_value=1, label="CPUs")
    memory_mib = forms.IntegerField(min_value=64, label="Memory, MiB")
    gpus = forms.IntegerField(min_value=0, label="GPUs")
    canary_share = forms.IntegerField(
        initial=0,
        min_value=0,
        max_value=100,
        label="Canary, per cent",
        help_text="Deploy what passes the gate; 0: do not",
    )
    deadline_s = forms.IntegerField(initial=86_400, min_value=1, label="Deadline, seconds")

    def __init__(self, trainer: Trainer, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a request's POST
        self._trainer = trainer
        for name in ("cpus", "memory_mib", "gpus"):
            self.fields[name].initial = getattr(trainer.resources, name)
        for parameter in trainer.parameters:
            self.fields[PREFIX + parameter.name] = _field(parameter)

    def hyperparameters(self) -> Iterator[BoundField]:
        return (self[name] for name in self.fields if name.startswith(PREFIX))

    def common(self) -> Iterator[BoundField]:
        return (self[name] for name in self.fields if not name.startswith(PREFIX))

    def ask(self) -> JobRequest:
        data = self.cleaned_data
        values = {name.removeprefix(PREFIX): value for name, value in data.items() if name.startswith(PREFIX)}
        return JobRequest(
            model=data["model"],
            dataset=data["dataset"].pk,
            trainer=self._trainer.name,
            hyperparameters=values,
            base=data["base"],
            executor=data["executor"] or "local",
            priority=data["priority"],
            resources=Resources(data["cpus"], data["memory_mib"], data["gpus"]),
            deadline_s=data["deadline_s"],
            canary_share=data["canary_share"],
        )


def usable() -> list[Trainer]:
    return [one for one in trainer_catalogue.trainers().values() if one.is_usable]


def _field(one: Parameter) -> forms.Field:
    common: dict[str, Any] = {"label": one.title or one.name, "help_text": one.description, "initial": one.default}
    low = one.minimum if one.minimum is not None else one.exclusive_minimum
    match one.type:
        case "integer":
            low, high = (None if edge is None else int(edge) for edge in (low, one.maximum))
            return forms.IntegerField(min_value=low, max_value=high, **common)
        case "number":
            return forms.FloatField(min_value=low, max_value=one.maximum, **common)
        case "boolean":
            return forms.BooleanField(required=False, **common)
    if one.choices:
        return forms.ChoiceField(choices=[(choice, choice) for choice in one.choices], **common)
    return forms.CharField(required=False, max_length=one.max_length, **common)
