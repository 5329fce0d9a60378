"""`manage.py demo`: the loop as far as it goes today, on our own sample text, told step by step."""

from __future__ import annotations

from argparse import ArgumentParser

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from humanize import selectors, services, writing
from humanize.asking import check_options
from humanize.final import final_text
from humanize.models import Edit, Transformation
from humanize.samples import read, samples
from humanize.services import Ask, Made
from youman.core.crypto import new_token
from youman.core.models import Account
from youman.core.services import create_account

WRITER = "demo"


class Command(BaseCommand):
    help = "Walk through the product with a sample text: rewrite, read the edits, decide, take the final text, rate it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sample", choices=[sample.name for sample in samples()], default=samples()[0].name)
        parser.add_argument("--level", type=int, default=3)

    def handle(self, *args: object, **options: object) -> None:
        call_command("migrate", verbosity=0)
        account = _writer()
        sample = read(str(options["sample"]))
        self._step(1, f"A draft of {len(sample.text.split())} words: {sample.title}")
        self._quote(sample.text[:300] + "…")
        made = self._rewrite(account, sample.text, int(str(options["level"])))
        self._edits(made)
        self._decide(account, made)
        self._rate(account, made.row)
        self._step(6, "What is stored")
        self._say(f"{Transformation.objects.filter(owner=account).count()} transformations of the writer {WRITER!r}")
        self._say(f"The same by API: GET {settings.SITE_URL}/api/v1/transformations/{made.row.pk}")

    def _rewrite(self, account: Account, text: str, level: int) -> Made:
        ask = Ask(text=text, options=check_options(level=level), title="Demo")
        made = services.create_transformation(account=account, ask=ask)
        row = made.row
        assert row.scores is not None
        before, after = row.scores["before"], row.scores["after"]
        self._step(2, f"Rewritten at level {level}: {row.edit_count} edits, {row.share_changed:.0%} of the words")
        for step in row.route:
            self._say(f"{step['candidate']}: {step['outcome']}, {step['reason']}")
        self._say(f"language {row.detected_language}, register {row.register}, similarity {row.similarity}")
        for name in ("ai_likeness", "band", "readability", "burstiness", "markers_per_1000"):
            self._say(f"{name:<17} {before[name]} → {after[name]}")
        return made

    def _edits(self, made: Made) -> None:
        self._step(3, "Each edit with its reason")
        for edit in made.edits:
            self._say(f"“{edit.before}” → “{edit.after}”  {edit.reason} [{edit.source}]")

    def _decide(self, account: Account, made: Made) -> None:
        self._step(4, "The writer rejects the first edit and accepts the rest")
        if not made.edits:
            self._say("There is nothing to decide")
            return
        writing.decide(transformation=made.row, everything="accepted")
        one = writing.OneDecision(made.edits[0].pk, "rejected")
        counts = writing.decide(transformation=made.row, decisions=[one])
        row = selectors.transformation_of(account, made.row.pk, whole=True)
        final = final_text(row)
        first = Edit.objects.get(pk=made.edits[0].pk)
        self._say(f"{counts.accepted} accepted, {counts.rejected} rejected, {counts.undecided} undecided")
        self._say(f"“{first.before}” is back in the final text: {'yes' if first.before in final.text else 'no'}")
        self._quote(final.text[:300] + "…")

    def _rate(self, account: Account, row: Transformation) -> None:
        self._step(5, "Feedback")
        given = writing.give_feedback(transformation=row, rating=4, comment="Reads like me now", final_text="")
        self._say(f"{given.rating} of 5: {given.comment}")

    def _step(self, number: int, text: str) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(f"\n{number}. {text}"))

    def _say(self, text: str) -> None:
        self.stdout.write(f"   {text}")

    def _quote(self, text: str) -> None:
        for line in text.splitlines():
            self.stdout.write(f"   | {line}")


def _writer() -> Account:
    found = Account.objects.filter(user__username=WRITER).first()
    return found or create_account(username=WRITER, password=new_token("demo"), tier="PROFESSIONAL")
