"""The first half: a draft is rewritten, the writer decides on the edits, gives feedback and consents to training."""

from __future__ import annotations

from dataclasses import dataclass

from humanize import selectors
from humanize.models import Edit, Transformation
from humanize.samples import Sample
from humanize.transformations import create, decisions
from humanize.transformations.create import CreatedTransformation, CreateRequest
from humanize.transformations.final_text import final_text
from humanize.validation import check_options
from training.demo.narration import Narrator
from youman.core.accounts import lifecycle as core
from youman.core.models import Account
from youman.core.security.crypto import new_token

WRITER = "demo"


@dataclass(frozen=True, slots=True)
class RewritingDemo:
    account: Account
    sample: Sample
    level: int
    voice: Narrator

    def tell(self) -> Transformation:
        made = self.rewrite()
        self._edits(made)
        self._decide(made)
        self._rate(made.row)
        return made.row

    def rewrite(self) -> CreatedTransformation:
        self.voice.step(f"A writer has a draft of {len(self.sample.text.split())} words: {self.sample.title}")
        self.voice.quote(self.sample.text[:300] + "…")
        request = CreateRequest(text=self.sample.text, options=check_options(level=self.level), title="Demo")
        made = create.create_transformation(account=self.account, request=request)
        row = made.row
        assert row.scores is not None
        self.voice.step(
            f"It is rewritten at level {self.level}: {row.edit_count} edits in {row.share_changed:.0%} of the words"
        )
        for step in row.route:
            self.voice.say(f"{step['candidate']}: {step['outcome']}, {step['reason']}")
        self.voice.say(f"language {row.detected_language}, register {row.register}, similarity {row.similarity}")
        before, after = row.scores["before"], row.scores["after"]
        for name in ("ai_likeness", "band", "readability", "burstiness", "markers_per_1000"):
            self.voice.say(f"{name:<17} {before[name]} → {after[name]}")
        return made

    def _edits(self, made: CreatedTransformation) -> None:
        self.voice.step("Each edit has a reason")
        for edit in made.edits:
            self.voice.say(f"“{edit.before}” → “{edit.after}”  {edit.reason} [{edit.source}]")

    def _decide(self, made: CreatedTransformation) -> None:
        self.voice.step("The writer rejects the first edit and accepts the rest")
        if not made.edits:
            self.voice.say("There are no edits to decide on")
            return
        decisions.decide(transformation=made.row, everything="accepted")
        one = decisions.OneDecision(made.edits[0].pk, "rejected")
        counts = decisions.decide(transformation=made.row, decisions=[one]).counts
        final = final_text(selectors.transformation_of(self.account, made.row.pk, whole=True))
        first = Edit.objects.get(pk=made.edits[0].pk)
        self.voice.say(f"{counts.accepted} accepted, {counts.rejected} rejected, {counts.undecided} undecided")
        self.voice.say(f"“{first.before}” is back in the final text: {'yes' if first.before in final.text else 'no'}")
        self.voice.quote(final.text[:300] + "…")

    def _rate(self, row: Transformation) -> None:
        self.voice.step("The writer gives feedback and consents to training")
        core.give_consent(account=self.account, actor=WRITER)
        given = decisions.give_feedback(transformation=row, rating=4, comment="Reads like me now", final_text="")
        self.voice.say(f"{given.rating} of 5: {given.comment}")
        self.voice.say(
            f"the consent covers version {core.CONSENT_VERSION} of the policy and can be withdrawn in one click"
        )


def writer() -> Account:
    found = Account.objects.filter(user__username=WRITER).first()
    return found or core.create_account(username=WRITER, password=new_token(WRITER), tier="PROFESSIONAL")
