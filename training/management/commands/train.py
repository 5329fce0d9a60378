"""`manage.py train DATASET TRAINER MODEL`: starts a job; `--follow` stays with it, `--here` also does the work."""

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
        parser.add_argument("dataset", help="a dataset's name (manage.py make_dataset)")
        parser.add_argument("trainer", help=f"one of {', '.join(trainer_catalogue.trainers()) or 'those installed'}")
        parser.add_argument("model", help="the registered model that gets the version; made when it is new")
        parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a hyperparameter")
        parser.add_argument(
            "--threshold", action="append", default=[], metavar="FIGURE=VALUE", help="the gate's; over the trainer's"
        )
        parser.add_argument("--base", default="", help="go on from this version: model/3 or model@champion")
        parser.add_argument("--executor", default="local", help="local, or kubernetes where KUBERNETES_API is set")
        parser.add_argument("--priority", type=int, default=0)
        parser.add_argument("--canary", type=int, default=0, metavar="PERCENT", help="deploy what passes the gate")
        parser.add_argument("--user", default="", help="on whose account; the first superuser when left out")
        parser.add_argument("--follow", action="store_true", help="show progress until it is over")
        parser.add_argument(
            "--here", action="store_true", help="do the work in this process, without a trainer process"
        )

    def handle(self, *args: object, **options: object) -> None:
        try:
            job = self._make(options)
        except YoumanError as error:
            raise CommandError(error.detail) from error
        self.stdout.write(f"job {job.pk}")
        if options["here"]:
            self._here(job.pk)
        elif options["follow"]:
            self._end(self._teller(job.pk).follow())

    def _make(self, options: dict[str, object]) -> TrainingJob:
        given, bounds = options["set"], options["threshold"]
        assert isinstance(given, list)
        assert isinstance(bounds, list)
        ask = JobRequest(
            model=str(options["model"]),
            dataset=selectors.dataset_named(str(options["dataset"])).pk,
            trainer=str(options["trainer"]),
            hyperparameters=dict(_value(one) for one in given),
            thresholds=dict(_bound(one) for one in bounds),
            base=str(options["base"]),
            executor=str(options["executor"]),
            priority=int(str(options["priority"])),
            canary_share=int(str(options["canary"])),
        )
        return create_job(account=_account(str(options["user"])), request=ask, actor="manage.py")

    def _here(self, job_id: UUID) -> None:
        """The supervisor wants the main thread, so that the trainer dies with it; another one tells."""
        teller, over = self._teller(job_id), threading.Event()

        def tell() -> None:
            while not over.wait(0.5):
                teller.tell()
            connection.close()

        thread = threading.Thread(target=tell)
        thread.start()
        try:
            # A trainer process that runs beside may have taken it: then this one only looks on.
            while (state := selectors.state_of(job_id)) not in TERMINAL:
                if state in {JobState.PENDING, JobState.QUEUED}:
                    schedule()
                    supervise(job_id)
                over.wait(0.2)
        finally:
            over.set()
            thread.join()
        self._end(teller.tell())

    def _teller(self, job_id: UUID) -> JobFollower:
        show = (lambda text: self.stderr.write(f"\r{text}\x1b[K", ending="")) if sys.stderr.isatty() else None
        return JobFollower(job_id, self.stdout.write, show)

    def _end(self, job: TrainingJob) -> None:
        if job.state != JobState.COMPLETED:
            raise CommandError(f"The job {job.state}: {job.failure_detail or 'it was stopped'}")
        for figure in (job.gate_report or {}).get("figures", []):
            holds = {True: "holds", False: "FELL SHORT", None: ""}[figure["passed"]]
            self.stdout.write(f"  {figure['name']:24} {figure['value']:.4g} {holds}")
        self.stdout.write(f"{(job.gate_report or {}).get('verdict', '')}. {job.produced or 'No version was made'}")


def _value(given: str) -> tuple[str, object]:
    name, mark, text = given.partition("=")
    if not mark:
        raise CommandError(f"--set takes NAME=VALUE, not {given!r}")
    try:
        return name, json.loads(text)
    except ValueError:
        return name, text


def _bound(given: str) -> tuple[str, float]:
    name, value = _value(given)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CommandError(f"--threshold takes FIGURE=NUMBER, not {given!r}")
    return name, float(value)


def _account(username: str) -> Account:
    users = User.objects.filter(is_active=True)
    user = users.filter(username=username).first() if username else users.filter(is_superuser=True).first()
    if user is None:
        raise CommandError(f"There is no user {username!r}" if username else "There is no superuser yet; name --user")
    return account_of(user)
