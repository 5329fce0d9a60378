"""Four SIMULATED weeks of forty writers, through the real services: `python -m benchmarks.flywheel.month` prints JSON.

`run` starts it with a PostgreSQL, a Redis and a trainer process of its own. Real: texts, prompts, checks, prices,
router, ledger, outcomes, collection, datasets, jobs, gate, registry, deployments, the canary's steps. Simulated: the
calendar, the answers of the LLMs, which edits writers accept (`texts`).
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youman.settings")
django.setup()

from benchmarks.flywheel import ledger, texts  # noqa: E402  # Django first
from benchmarks.flywheel.texts import Draft, Recorded  # noqa: E402
from benchmarks.support.simulated import Engine  # noqa: E402
from humanize.models import Edit, Transformation  # noqa: E402
from humanize.transformations import create  # noqa: E402
from humanize.transformations.decisions import OneDecision, decide, give_feedback  # noqa: E402
from humanize.transformations.row_mapping import edit_from_row  # noqa: E402
from humanize.validation import check_options  # noqa: E402
from serving.backends.recorded.calls import digest  # noqa: E402
from serving.deployments import acceptance_by_band, canary_ramp, lifecycle  # noqa: E402
from serving.gateway import snapshot  # noqa: E402
from serving.models import Deployment, ProviderModel  # noqa: E402
from training.datasets.freezing import DatasetQuery, freeze  # noqa: E402
from training.jobs.lifecycle import JobRequest, create_job  # noqa: E402
from training.models import TrainingJob  # noqa: E402
from training.pairs.collection import collect  # noqa: E402
from training.pairs.file_import import import_pairs  # noqa: E402
from training.states import TERMINAL  # noqa: E402
from youman.core.accounts.lifecycle import create_account, give_consent  # noqa: E402
from youman.core.models import Account  # noqa: E402

WEEKS, DAYS, TEXTS, WRITERS, ARCHIVE = 4, 7, 220, 40, 2_000
CANARY = 34
BEGAN = datetime(2026, 11, 2, tzinfo=UTC)
ACTOR = "month"
MODEL = "house-editor"
LLMS = (
    Recorded(Engine("small", "llm", "small", "openai", "gpt-6-luna", 0.0), 0.30),
    Recorded(Engine("large", "llm", "large", "openai", "gpt-6.1-sol", -3.5), 0.40),
)
# As `manage.py demo` trains: small enough for two minutes on two cores; its gate lets it be a little below the rules.
QUICK = {
    "bits": 18,
    "language_bits": 18,
    "rounds": 10,
    "where_trees": 60,
    "rank_trees": 60,
    "rows": 400_000,
    "least_good": 0.5,
}
LENIENT = {"edit_f05_over_rules": -0.05, "sari_over_rules": -10.0}
JOB_S = 900.0


def main() -> None:
    house, writers = _house(), _writers()
    drafts = texts.drafts(WEEKS * TEXTS, WRITERS)
    tell, weeks, events = _tell(), [], list[str]()
    for number in range(WEEKS):
        started = BEGAN + timedelta(days=DAYS * number)
        some = drafts[TEXTS * number : TEXTS * (number + 1)]
        _record(some)
        for day in range(DAYS):
            _day(some[day::DAYS], writers, started + timedelta(days=day))
            acceptance_by_band.clear_cache()  # half a minute has long passed
            events += [f"week {number + 1}, day {day + 1}: {_said(one)}" for one in canary_ramp.ramp_canaries()]
        weeks.append(ledger.week(number + 1, started, started + timedelta(days=DAYS)))
        tell(f"week {number + 1}: {weeks[-1]}")
        if number + 1 < WEEKS:
            events.append(f"after week {number + 1}: {_retrain(house, number + 1)}")
            tell(events[-1])
    print(json.dumps({"weeks": [one.to_json() for one in weeks], "events": events}, default=str))


def _tell() -> Callable[[str], None]:
    begun = time.monotonic()
    return lambda text: print(f"[{time.monotonic() - begun:4.0f} s] {text}", file=sys.stderr, flush=True)


def _house() -> Account:
    """The account on which jobs run, the two recorded LLMs, and pairs that the house had before."""
    for llm in LLMS:
        model = ProviderModel.objects.get(provider=llm.engine.provider, model_id=llm.engine.model)
        row = Deployment.objects.create(name=_name(llm), kind="llm", backend="recorded", provider_model=model)
        lifecycle.deploy(deployment=row, actor=ACTOR)
    lines = "\n".join(json.dumps(pair) for pair in texts.archive(ARCHIVE)).encode()
    import_pairs(file=io.BytesIO(lines), name="archive", format="jsonl", actor=ACTOR, scored=False)
    return create_account(username="house", password="a long sentence 1", tier="ENTERPRISE", staff=True)


def _writers() -> list[Account]:
    """With consent, and of the tier from which on models of the house may answer."""
    made = [
        create_account(username=f"writer-{number}", password="a long sentence 1", tier="PROFESSIONAL")
        for number in range(WRITERS)
    ]
    for account in made:
        give_consent(account=account, actor=ACTOR)
    return made


def _name(llm: Recorded) -> str:
    return f"recorded-{llm.engine.size}"


def _record(drafts: Sequence[Draft]) -> None:
    for llm in LLMS:
        answers = {digest(draft.text): texts.answer(draft, llm) for draft in drafts}
        Deployment.objects.filter(name=_name(llm)).update(options={"answers": answers})
    snapshot.clear_cache()


def _day(drafts: Sequence[Draft], writers: Sequence[Account], day: datetime) -> None:
    for minute, draft in enumerate(drafts):
        account = writers[draft.writer]
        request = create.CreateRequest(draft.text, check_options(level=texts.LEVEL))
        row = create.create_transformation(account=account, request=request).row
        Transformation.objects.filter(pk=row.pk).update(created_at=day + timedelta(hours=9, minutes=minute))
        edits = list(Edit.objects.filter(transformation=row))
        decisions = [
            OneDecision(edit.pk, "accepted" if texts.accepts(draft, edit_from_row(edit)) else "rejected")
            for edit in edits
        ]
        decide(transformation=row, decisions=decisions)
        give_feedback(transformation=row, rating=None, comment="", final_text=draft.kept)


def _retrain(house: Account, week: int) -> str:
    """What beat and staff do: collect, freeze, a job with a canary; then the router sees what the job deployed."""
    collected = collect()
    dataset = freeze(name=f"week-{week}", query=DatasetQuery(languages=("en",)), actor=ACTOR)
    base = Deployment.objects.filter(kind="model", state="active").order_by("-created_at").first()
    ask = JobRequest(
        MODEL, dataset.pk, "revision_linear", QUICK, LENIENT, canary_share=CANARY,
        base=str(base.version) if base else "",
    )  # fmt: skip
    started = time.monotonic()
    job = _over(create_job(account=house, request=ask, actor=ACTOR), started + JOB_S)
    spent = f"{collected.accepted} pairs collected, job {job.state} in {time.monotonic() - started:.0f} s"
    if job.produced_version is None:
        return f"{spent}, no version: {job.failure_detail or _fell_short(job)}"
    made = Deployment.objects.get(version=job.produced_version)
    while made.name not in snapshot.current().deployments:
        time.sleep(0.1)
    return f"{spent}, gate passed, {made.name} {made.state} with {made.traffic_share} %"


def _fell_short(job: TrainingJob) -> str:
    figures = (job.gate_report or {}).get("figures", [])
    return "; ".join(f"{one['name']} {one['value']:.3g}" for one in figures if one["passed"] is False)


def _over(job: TrainingJob, deadline: float) -> TrainingJob:
    while job.state not in TERMINAL:
        if time.monotonic() > deadline:
            raise RuntimeError(f"the job is {job.state} after {JOB_S:.0f} s")
        time.sleep(0.5)
        job.refresh_from_db()
    return job


def _said(moved: canary_ramp.RampStep) -> str:
    done = f"gets {moved.share} %" if moved.share else "drains"
    return f"{moved.name} {done} ({moved.why})"


if __name__ == "__main__":
    Path(os.environ["YOUMAN_VAR"]).mkdir(parents=True, exist_ok=True)
    main()
