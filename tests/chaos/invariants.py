"""What must hold when all is quiet after the kills. A check returns a sentence for each case in which it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.apps import apps
from django.db.models import Count, F, Sum

from humanize.models import Batch, Chunk, Document, Edit, Transformation
from humanize.states import TERMINAL, State
from humanize.text.edits import apply
from humanize.transformations.row_mapping import edit_from_row
from registry.models import ModelVersion, RegisteredModel, VersionCounter
from serving.models import Budget, BudgetPeriod, Invocation, InvocationOutcome, Reservation
from tests.chaos.installation import MARK, Answer
from tests.chaos.load import Load, Wish
from youman.core.models import AuditEvent, IdempotencyRecord, WebhookDelivery, WordUsage

MTOK = Decimal(1_000_000)


@dataclass(frozen=True)
class Evidence:
    """What the clients wanted and were told, and what the vendor would bill."""

    load: Load
    answers: list[Answer]
    var: Path

    @property
    def texts(self) -> Iterator[tuple[Wish, str]]:
        return ((wish, mark) for wish in self.load.wishes for mark in wish.marks)


Check = Callable[[Evidence], Iterable[str]]
CHECKS: dict[str, Check] = {}


def invariant(check: Check) -> Check:
    """Its name is the sentence that is shown."""
    CHECKS[check.__name__.replace("_", " ")] = check
    return check


def by_mark() -> dict[str, list[Transformation]]:
    found: dict[str, list[Transformation]] = {}
    for row in Transformation.objects.all():
        mark = MARK.search(row.source)
        found.setdefault(mark[0] if mark else "", []).append(row)
    return found


def doubles(evidence: Evidence) -> list[str]:
    """The texts that are there more than once."""
    rows = by_mark()
    return [f"{wish.key}: {len(rows[mark])} texts" for wish, mark in evidence.texts if len(rows.get(mark, ())) > 1]


def answers_without_row(evidence: Evidence) -> list[str]:
    """Answers of the vendor that the ledger has neither exactly nor as an estimate for their text."""
    rows = by_mark()
    exact = set(Invocation.objects.filter(estimated=False).values_list("tokens_in", flat=True))
    lost = Counter(Invocation.objects.filter(estimated=True).values_list("transformation", flat=True))
    missing: list[str] = []
    for answer in evidence.answers:
        if answer.tokens_in in exact:
            continue
        covering = next((row.pk for row in rows.get(answer.mark, ()) if lost[row.pk]), None)
        if covering is None:
            missing.append(f"answer {answer.tokens_in} to {answer.mark}")
        else:
            lost[covering] -= 1
    return missing


@invariant
def every_request_is_answered_and_none_refused(evidence: Evidence) -> Iterator[str]:
    yield from (f"{wish.key}: {wish.statuses}" for wish in evidence.load.wishes if not wish.ids)
    yield from evidence.load.problems


@invariant
def one_key_is_answered_with_one_thing(evidence: Evidence) -> Iterator[str]:
    yield from (f"{wish.key}: {set(wish.ids)}" for wish in evidence.load.wishes if len(set(wish.ids)) > 1)


@invariant
def one_key_makes_one_text(evidence: Evidence) -> Iterator[str]:
    yield from doubles(evidence)
    rows = by_mark()
    yield from (f"{wish.key}: no text" for wish, mark in evidence.texts if mark not in rows)


@invariant
def one_key_makes_one_model(evidence: Evidence) -> Iterator[str]:
    wanted = {str(wish.body["name"]) for wish in evidence.load.wishes if wish.path == "registered-models"}
    yield from sorted(wanted ^ set(RegisteredModel.objects.values_list("name", flat=True)))


@invariant
def every_model_has_its_counter_and_its_audit_event(_: Evidence) -> Iterator[str]:
    models = RegisteredModel.objects.count()
    counts = {
        "counters": VersionCounter.objects.count(),
        "audit events": AuditEvent.objects.filter(verb="register").count(),
    }
    yield from (f"{count} {name} for {models} models" for name, count in counts.items() if count != models)
    if ModelVersion.objects.exists():
        yield "there are versions that nobody made"


@invariant
def every_key_has_a_record_and_every_record_its_row(evidence: Evidence) -> Iterator[str]:
    records = {one.key: one for one in IdempotencyRecord.objects.all()}
    yield from sorted({wish.key for wish in evidence.load.wishes} ^ set(records))
    made = {wish.key: wish.ids[0] for wish in evidence.load.wishes if wish.ids}
    for key, record in records.items():
        if not apps.get_model(record.made_kind).objects.filter(pk=record.made_id).exists():
            yield f"{key}: {record.made_kind} {record.made_id} is missing"
        if made.get(key, record.made_id) != record.made_id:
            yield f"{key}: the record names {record.made_id}, the client was told {made[key]}"


@invariant
def words_are_charged_once_for_each_text(_: Evidence) -> Iterator[str]:
    used = WordUsage.objects.aggregate(words=Sum("words", default=0), requests=Sum("requests", default=0))
    texts = Transformation.objects.aggregate(words=Sum("charged", default=0), requests=Count("pk"))
    if used != texts:
        yield f"charged {used}, texts {texts}"
    yield from (
        f"{pk} has {words} words, charged {charged}"
        for pk, words, charged in Transformation.objects.exclude(words=F("charged")).values_list(
            "pk", "words", "charged"
        )
    )


@invariant
def every_text_is_completed(_: Evidence) -> Iterator[str]:
    rows = Transformation.objects.exclude(state=State.COMPLETED)
    yield from (f"{pk} is {state} ({error})" for pk, state, error in rows.values_list("pk", "state", "error_code"))


@invariant
def every_chunk_is_done_and_counted(_: Evidence) -> Iterator[str]:
    for row in Transformation.objects.filter(attempt__gt=0).annotate(chunks_=Count("chunks")):
        if not row.done_chunks == row.total_chunks == row.chunks_:
            yield f"{row.pk}: {row.done_chunks} done of {row.total_chunks}"
    yield from (f"chunk {pk}" for pk in Chunk.objects.exclude(state="done").values_list("pk", flat=True))


@invariant
def the_edits_of_a_text_give_its_result(_: Evidence) -> Iterator[str]:
    for row in Transformation.objects.filter(state=State.COMPLETED):
        edits = [edit_from_row(edit) for edit in Edit.objects.filter(transformation=row).order_by("start", "end")]
        if apply(row.source, edits) != row.result or len(edits) != row.edit_count:
            yield f"{row.pk}: {len(edits)} edits, {row.edit_count} counted"


@invariant
def every_edit_names_a_call_of_its_own_text(_: Evidence) -> Iterator[str]:
    calls = dict(Invocation.objects.values_list("pk", "transformation"))
    for edit in Edit.objects.filter(invocation__isnull=False):
        if edit.invocation not in calls or calls[edit.invocation] != edit.transformation_id:
            yield f"edit {edit.pk} of {edit.transformation_id}: call {edit.invocation}"


@invariant
def every_text_has_a_document_and_every_document_a_text(_: Evidence) -> Iterator[str]:
    for pk, count in Document.objects.annotate(n=Count("transformations")).exclude(n=1).values_list("pk", "n"):
        yield f"document {pk} has {count} texts"


@invariant
def every_batch_has_its_documents(evidence: Evidence) -> Iterator[str]:
    wanted = sum(wish.path == "batches" for wish in evidence.load.wishes)
    if Batch.objects.count() != wanted:
        yield f"{Batch.objects.count()} batches for {wanted} keys"
    for batch in Batch.objects.prefetch_related("items"):
        items = sorted((one.number, one.transformation_id is None) for one in batch.items.all())
        if items != [(number, False) for number in range(3)]:
            yield f"batch {batch.pk}: {items}"


@invariant
def every_answer_is_in_the_ledger(evidence: Evidence) -> Iterator[str]:
    yield from answers_without_row(evidence)


@invariant
def no_answer_is_in_the_ledger_twice(_: Evidence) -> Iterator[str]:
    rows = (
        Invocation.objects.filter(estimated=False, error="", cached_hit=False)
        .values("tokens_in")
        .annotate(n=Count("pk"))
    )
    yield from (f"answer {row['tokens_in']}: {row['n']} rows" for row in rows.filter(n__gt=1).order_by())


@invariant
def the_ledger_says_what_the_vendor_counted(evidence: Evidence) -> Iterator[str]:
    counted = {one.tokens_in: one.tokens_out for one in evidence.answers}
    for row in Invocation.objects.filter(estimated=False, tokens_in__gt=0):
        if counted.get(row.tokens_in) != row.tokens_out:
            yield f"{row.pk}: {row.tokens_in} in and {row.tokens_out} out, which the vendor never counted"


@invariant
def every_row_of_the_ledger_costs_what_its_tokens_cost(_: Evidence) -> Iterator[str]:
    for row in Invocation.objects.exclude(unit_prices={}).filter(cached_hit=False):
        prices = {name: Decimal(value) for name, value in row.unit_prices.items()}
        cost = (row.tokens_in * prices["input"] + row.tokens_out * prices["output"]) / MTOK
        if row.cost != cost:
            yield f"{row.pk}: ${row.cost} for {row.tokens_in} and {row.tokens_out} tokens"


@invariant
def what_nobody_read_is_marked_and_not_free(_: Evidence) -> Iterator[str]:
    for row in Invocation.objects.filter(estimated=True):
        if row.cost <= 0 or not row.error:
            yield f"{row.pk}: ${row.cost}, {row.error!r}"


@invariant
def a_text_costs_what_the_ledger_says(_: Evidence) -> Iterator[str]:
    spent = dict(
        Invocation.objects.filter(transformation__isnull=False).values("transformation").annotate(n=Sum("cost"))
        .order_by().values_list("transformation", "n")
    )  # fmt: skip
    for pk, cost in Transformation.objects.values_list("pk", "cost"):
        if cost != spent.get(pk, 0):
            yield f"{pk}: ${cost}, in the ledger ${spent.get(pk, 0)}"


@invariant
def a_budget_has_spent_what_the_ledger_says(_: Evidence) -> Iterator[str]:
    total = Invocation.objects.filter(cached_hit=False).aggregate(
        money=Sum("cost", default=Decimal(0)), tokens=Sum(F("tokens_in") + F("tokens_out"), default=0)
    )
    for budget in Budget.objects.all():
        periods = BudgetPeriod.objects.filter(budget=budget)
        spent = periods.aggregate(money=Sum("money_spent", default=Decimal(0)), tokens=Sum("tokens_spent", default=0))
        if spent != total:
            yield f"{budget}: spent {spent}, in the ledger {total}"


@invariant
def nothing_stays_reserved(_: Evidence) -> Iterator[str]:
    yield from (f"reservation of {pk}" for pk in Reservation.objects.values_list("invocation", flat=True))
    for period in BudgetPeriod.objects.exclude(money_reserved=0, tokens_reserved=0):
        yield f"{period}: ${period.money_reserved} and {period.tokens_reserved} tokens"


@invariant
def outcomes_belong_to_the_calls_of_texts(_: Evidence) -> Iterator[str]:
    rows = InvocationOutcome.objects.filter(invocation__transformation=None)
    yield from (f"outcome {pk}" for pk in rows.values_list("pk", flat=True))


@invariant
def each_deed_is_announced_once(_: Evidence) -> Iterator[str]:
    rows = WebhookDelivery.objects.values_list("event", "payload")
    told = Counter((event, _subject(payload["data"])) for event, payload in rows)
    texts = Transformation.objects.filter(state=State.COMPLETED).values_list("pk", flat=True)
    models = RegisteredModel.objects.values_list("name", flat=True)
    wanted = Counter(("transformation.completed", str(pk)) for pk in texts)
    wanted += Counter(("model.registered", name) for name in models)
    yield from (
        f"{event} of {subject}: {told[event, subject]} times" for event, subject in (told | wanted) - (told & wanted)
    )


def _subject(data: dict[str, str]) -> str:
    return str(data.get("transformation_id") or data.get("model") or data.get("name"))


@invariant
def a_finished_text_has_its_times_in_order(_: Evidence) -> Iterator[str]:
    for row in Transformation.objects.filter(state__in=TERMINAL):
        if not row.started_at or not row.finished_at or row.finished_at < row.started_at:
            yield f"{row.pk}: from {row.started_at} to {row.finished_at}"


@invariant
def no_journal_is_left_and_no_row_set_aside(evidence: Evidence) -> Iterator[str]:
    yield from (path.name for path in (evidence.var / "ledger").glob("*"))
