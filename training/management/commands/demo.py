"""`manage.py demo`: explains the loop from draft to routed rewrite step by step. `make demo` starts what it needs."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from humanize.samples import read, samples
from training.demo.learning import MODEL, TRAINER, LearningDemo
from training.demo.narration import Narrator
from training.demo.rewriting import RewritingDemo, writer

DATA = Path(settings.BASE_DIR).parent / "shared" / "data"
# Small enough to train in minutes on two cores; the defaults of the trainer are for real work.
# Such a small model need not beat the rules here, although the trainer's own thresholds demand it.
LENIENT = ("edit_f05_over_rules=-0.05", "sari_over_rules=-10", "reads_worse=0.2")
QUICK = ("bits=18", "language_bits=18", "rounds=10", "where_trees=60", "rank_trees=60", "rows=200000")


class Command(BaseCommand):
    help = "Explain the whole loop: rewrite, feedback, dataset, job, gate, version, deployment, routed rewrite, ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--sample", choices=[sample.name for sample in samples()], default=samples()[0].name, help="the draft"
        )
        parser.add_argument("--level", type=int, default=3, help="how much may change, 1 to 5")
        parser.add_argument("--pairs", type=int, default=1_500, help="number of pairs to train on")
        parser.add_argument(
            "--data", type=Path, default=Path(os.environ.get("YOUMAN_DATA", DATA)), help="folder of the shared data set"
        )
        parser.add_argument("--short", action="store_true", help="run only the first half, without training")

    def handle(self, *args: object, **options: object) -> None:
        voice = Narrator(self.stdout.write, self.style.MIGRATE_HEADING)
        account, sample = writer(), read(str(options["sample"]))
        RewritingDemo(account, sample, int(str(options["level"])), voice).tell()
        if not options["short"]:
            pairs, data = int(str(options["pairs"])), Path(str(options["data"]))
            LearningDemo(account, voice, self._train, pairs, data).tell(samples()[1].text)
        self.stdout.write(f"\nYou can see everything in the admin: {settings.SITE_URL}/admin/")

    def _train(self, dataset: str) -> None:
        sets = [part for one in QUICK for part in ("--set", one)]
        sets += [part for one in LENIENT for part in ("--threshold", one)]
        call_command("train", dataset, TRAINER, MODEL, "--here", *sets, stdout=self.stdout, stderr=self.stderr)
