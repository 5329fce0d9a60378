"""The form of a new job: the fields of every job, and the trainer's hyperparameters as fields from its schema."""

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
    model = forms.CharField(
        max_length=100, help_text="The registered model that gets the new version; created if it does not exist"
    )
    dataset = forms.ModelChoiceField(Dataset.objects.filter(withdrawn=0))
    base = forms.CharField(
        required=False,
        max_length=200,
        help_text="The version to continue training from: model/3 or model@champion; empty to train from scratch",
    )
    executor = forms.ChoiceField(choices=_executors, required=False, help_text="Where the job runs")
    priority = forms.IntegerField(
        initial=0, min_value=-10, max_value=10, help_text="From -10 to 10; a higher priority starts first"
    )
    cpus = forms.IntegerField(min_value=1, label="CPUs")
    memory_mib = forms.IntegerField(min_value=64, label="Memory, MiB")
    gpus = forms.IntegerField(min_value=0, label="GPUs")
    canary_share = forms.IntegerField(
        initial=0,
        min_value=0,
        max_value=100,
        label="Canary share, %",
        help_text="Percentage of traffic for a model that passes the gate; 0 does not deploy it",
    )
    deadline_s = forms.IntegerField(
        initial=86_400, min_value=1, label="Deadline, seconds", help_text="A job that runs longer is stopped and fails"
    )

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

    def job_request(self) -> JobRequest:
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


def usable_trainers() -> list[Trainer]:
    return [trainer for trainer in trainer_catalogue.trainers().values() if trainer.is_usable]


def _field(parameter: Parameter) -> forms.Field:
    common: dict[str, Any] = {
        "label": parameter.title or parameter.name,
        "help_text": parameter.description,
        "initial": parameter.default,
    }
    low = parameter.minimum if parameter.minimum is not None else parameter.exclusive_minimum
    match parameter.type:
        case "integer":
            low, high = (None if edge is None else int(edge) for edge in (low, parameter.maximum))
            return forms.IntegerField(min_value=low, max_value=high, **common)
        case "number":
            return forms.FloatField(min_value=low, max_value=parameter.maximum, **common)
        case "boolean":
            return forms.BooleanField(required=False, **common)
    if parameter.choices:
        return forms.ChoiceField(choices=[(choice, choice) for choice in parameter.choices], **common)
    return forms.CharField(required=False, max_length=parameter.max_length, **common)
