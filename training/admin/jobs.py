"""Training jobs: started with a form, watched live, cancelled and retried."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from training import presenters, selectors
from training.admin.forms import JobForm, usable_trainers
from training.jobs import lifecycle
from training.models import ExecutorPool, HandledAlert, RetrainRule, TrainingJob
from training.states import TERMINAL
from youman.core.accounts.lifecycle import account_of
from youman.core.admin.actions import permitted_view
from youman.core.admin.audited import Audited
from youman.core.admin.keyset_list import KeysetAdmin, ReadOnly
from youman.core.errors import InvalidInput, YoumanError


@admin.register(ExecutorPool)
class ExecutorPoolAdmin(Audited[ExecutorPool]):
    list_display = ["name", "max_jobs", "max_jobs_per_account", "cpus", "memory_mib", "gpus", "is_paused"]


@admin.register(TrainingJob)
class TrainingJobAdmin(KeysetAdmin[TrainingJob]):
    list_display = ["model_name", "trainer", "dataset", "state", "progress", "gate", "produced_version", "created_at"]
    list_filter = ["state", "gate"]
    list_select_related = ["dataset", "produced_version__model"]
    search_fields = ["^model_name", "=id"]
    actions = ["cancel", "retry"]

    @admin.display(description="progress")
    def progress(self, row: TrainingJob) -> str:
        return f"{presenters.percent(row)} % – {presenters.summary(row)}"[:120]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @admin.action(description="Cancel the selected jobs", permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[TrainingJob]) -> None:
        for row in queryset:
            self._do(request, row, "will stop", lifecycle.cancel_job)

    @admin.action(description="Retry the selected jobs", permissions=["change"])
    def retry(self, request: HttpRequest, queryset: QuerySet[TrainingJob]) -> None:
        for row in queryset:
            self._do(request, row, "will be tried again", lifecycle.retry_job)

    def _do(self, request: HttpRequest, row: TrainingJob, result: str, verb: Callable[..., None]) -> None:
        try:
            verb(job_id=row.pk, actor=request.user)
        except YoumanError as error:
            messages.error(request, f"{row}: {error.detail}")
        else:
            messages.success(request, f"{row} {result}")

    def get_urls(self) -> list[URLPattern]:
        own = [
            self._action_path("cancel", "will stop", lifecycle.cancel_job),
            self._action_path("retry", "will be tried again", lifecycle.retry_job),
        ]
        return [*own, *super().get_urls()]

    def _action_path(self, name: str, result: str, verb: Callable[..., None]) -> URLPattern:
        view = require_POST(self._action_view(result, verb))
        view = permitted_view(self.admin_site, view, "training.change_trainingjob")
        return path(f"<uuid:job_id>/{name}/", view, name=f"training_job_{name}")

    def _action_view(self, result: str, verb: Callable[..., None]) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest, job_id: UUID) -> HttpResponse:
            row = TrainingJob.objects.filter(pk=job_id).first()
            if row is None:
                raise Http404
            self._do(request, row, result, verb)
            return HttpResponseRedirect(reverse("admin:training_trainingjob_change", args=[job_id]))

        return view

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Ask for the trainer first, because the fields of the form depend on it."""
        if not self.has_add_permission(request):
            return HttpResponse(status=403)
        trainers = usable_trainers()
        name = request.GET.get("trainer", trainers[0].name if len(trainers) == 1 else "")
        trainer = next((trainer for trainer in trainers if trainer.name == name), None)
        form = JobForm(trainer, request.POST or None) if trainer else None
        if form is not None and request.method == "POST" and form.is_valid() and (made := self._make(request, form)):
            return HttpResponseRedirect(reverse("admin:training_trainingjob_change", args=[made.pk]))
        context = self.admin_site.each_context(request) | {"title": "Train a model"}
        context |= {"trainers": trainers, "trainer": trainer, "form": form}
        return TemplateResponse(request, "admin/training/new_job.html", context)

    def _make(self, request: HttpRequest, form: JobForm) -> TrainingJob | None:
        assert isinstance(request.user, User)
        try:
            return lifecycle.create_job(
                account=account_of(request.user), request=form.job_request(), actor=request.user
            )
        except YoumanError as error:
            for problem in error.problems if isinstance(error, InvalidInput) else ():
                name = f"hp-{problem.field}"
                form.add_error(name if name in form.fields else None, problem.message)
            if not form.errors:
                form.add_error(None, error.detail)
            return None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Show the live page: progress bar, curves, events and the last lines of the log."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        try:
            job = selectors.job_of(UUID(object_id))
        except (ValueError, YoumanError) as error:
            raise Http404 from error
        lines, _ = selectors.log_after(job.pk, selectors.log_tail_start(job.pk, 200))
        context = self.admin_site.each_context(request) | {
            "title": f"{job.trainer} for {job.model_name}",
            "job": job,
            "percent": presenters.percent(job),
            "summary": presenters.summary(job) + presenters.eta(job),
            "is_over": job.state in TERMINAL,
            "events": selectors.events_of(job.pk),
            "lines": lines,
            "figures": (job.gate_report or {}).get("figures", []),
            "may_change": self.has_change_permission(request),
        }
        return TemplateResponse(request, "admin/training/job.html", context)


@admin.register(RetrainRule)
class RetrainRuleAdmin(Audited[RetrainRule]):
    list_display = ["model", "on_drift"]
    list_select_related = ["model"]


@admin.register(HandledAlert)
class HandledAlertAdmin(ReadOnly[HandledAlert]):
    list_display = ["created_at", "alert", "job", "note"]
    list_select_related = ["alert", "job"]
