"""`manage.py train DATASET TRAINER MODEL`: starts a job; `--follow` shows its progress, `--here` also runs it."""

from __future__ import annotations

import json
import sys
import threading
from argparse import ArgumentParser
from uuid import UUID

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from training import selectors
from training.contract import trainer_catalogue
from training.jobs.dispatcher import schedule
from training.jobs.lifecycle import JobRequest, create_job
from training.jobs.supervisor import supervise
from training.management.terminal import JobFollower
from training.models import TrainingJob
from training.states import TERMINAL, JobState
from youman.core.accounts.lifecycle import account_of
from youman.core.errors import YoumanError
from youman.core.models import Account


class Command(BaseCommand):
    help = "Train a model on a frozen dataset."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="name of a dataset (see manage.py make_dataset)")
        parser.add_argument("trainer", help=f"one of {', '.join(trainer_catalogue.trainers()) or 'the installed ones'}")
        parser.add_argument(
            "model", help="the registered model that gets the new version; created if it does not exist"
        )
        parser.add_argument(
            "--set", action="append", default=[], metavar="NAME=VALUE", help="set a hyperparameter; repeatable"
        )
        parser.add_argument(
            "--threshold",
            action="append",
            default=[],
            metavar="FIGURE=VALUE",
            help="override a gate threshold of the trainer; repeatable",
        )
        parser.add_argument("--base", default="", help="continue from this version: model/3 or model@champion")
        parser.add_argument("--executor", default="local", help="local, or kubernetes if KUBERNETES_API is set")
        parser.add_argument(
            "--priority", type=int, default=0, help="from -10 to 10; a higher priority starts first (default: 0)"
        )
        parser.add_argument(
            "--canary",
            type=int,
            default=0,
            metavar="PERCENT",
            help="deploy a model that passes the gate with this share of the traffic",
        )
        parser.add_argument("--user", default="", help="the user that requests the job (default: the first superuser)")
        parser.add_argument("--follow", action="store_true", help="show the progress until the job has ended")
        parser.add_argument(
            "--here", action="store_true", help="run the job in this process, without a training worker"
        )

    def handle(self, *args: object, **options: object) -> None:
        try:
            job = self._create(options)
        except YoumanError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"job {job.pk}")
        if options["here"]:
            self._run_here(job.pk)
        elif options["follow"]:
            self._end(self._follower(job.pk).follow())

    def _create(self, options: dict[str, object]) -> TrainingJob:
        settings, bounds = options["set"], options["threshold"]
        assert isinstance(settings, list)
        assert isinstance(bounds, list)
        request = JobRequest(
            model=str(options["model"]),
            dataset=selectors.dataset_named(str(options["dataset"])).pk,
            trainer=str(options["trainer"]),
            hyperparameters=dict(_value(setting) for setting in settings),
            thresholds=dict(_bound(bound) for bound in bounds),
            base=str(options["base"]),
            executor=str(options["executor"]),
            priority=int(str(options["priority"])),
            canary_share=int(str(options["canary"])),
        )
        return create_job(account=_account(str(options["user"])), request=request, actor="manage.py")

    def _run_here(self, job_id: UUID) -> None:
        """Run the job in the main thread, so that the trainer ends with it; another thread shows the progress."""
        follower, over = self._follower(job_id), threading.Event()

        def tell() -> None:
            while not over.wait(0.5):
                follower.tell()
            connection.close()

        thread = threading.Thread(target=tell)
        thread.start()
        try:
            # A training worker may have claimed the job; then this process only waits.
            while (state := selectors.state_of(job_id)) not in TERMINAL:
                if state in {JobState.PENDING, JobState.QUEUED}:
                    schedule()
                    supervise(job_id)
                over.wait(0.2)
        finally:
            over.set()
            thread.join()
        self._end(follower.tell())

    def _follower(self, job_id: UUID) -> JobFollower:
        show = (lambda text: self.stderr.write(f"\r{text}\x1b[K", ending="")) if sys.stderr.isatty() else None
        return JobFollower(job_id, self.stdout.write, show)

    def _end(self, job: TrainingJob) -> None:
        if job.state != JobState.COMPLETED:
            raise CommandError(f"The job {job.state}: {job.failure_detail or 'it was stopped on request'}")
        for figure in (job.gate_report or {}).get("figures", []):
            verdict = {True: "passed", False: "FAILED", None: ""}[figure["passed"]]
            self.stdout.write(f"  {figure['name']:24} {figure['value']:.4g} {verdict}")
        result = f"Produced {job.produced}" if job.produced else "No version was created"
        self.stdout.write(f"{(job.gate_report or {}).get('verdict', '')}. {result}")


def _value(setting: str) -> tuple[str, object]:
    name, mark, text = setting.partition("=")
    if not mark:
        raise CommandError(f"--set must be NAME=VALUE, not {setting!r}")
    try:
        return name, json.loads(text)
    except ValueError:
        return name, text


def _bound(setting: str) -> tuple[str, float]:
    name, value = _value(setting)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CommandError(f"--threshold must be FIGURE=NUMBER, not {setting!r}")
    return name, float(value)


def _account(username: str) -> Account:
    users = User.objects.filter(is_active=True)
    user = users.filter(username=username).first() if username else users.filter(is_superuser=True).first()
    if user is None:
        raise CommandError(
            f"There is no active user {username!r}" if username else "There is no superuser yet; set --user"
        )
    return account_of(user)
