"""Admin lists of big tables: ordered by key, newest first, with an "older" link, without counts or OFFSET.

Keys grow with time (UUID version 7 or a sequence), so the index of the primary key serves every page equally well.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters, ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst

from youman.core.accounts.access import is_permitted, permission_of
from youman.core.errors import YoumanError

BEFORE = "before"

_Row = TypeVar("_Row", bound=Model)


class RefusalMessages(admin.ModelAdmin[_Row]):
    """Shows the form again with a message above it when saving a row raises a YoumanError."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except YoumanError as error:
            messages.error(request, error.detail)
            return HttpResponseRedirect(request.get_full_path())


class CustomPage(admin.ModelAdmin[_Row]):
    """Shows `page` in place of the form for a row."""

    def page(self, request: HttpRequest, row: Any) -> HttpResponse:
        """Return the page of a row; subclasses must define it."""
        raise NotImplementedError

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            # Django's own answer for a missing row: a message on the list.
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]  # of Django, not in its stubs
        return self.page(request, row)


class KeysetChangeList(ChangeList):
    """The parameter `?before=KEY` shows the rows older than this key."""

    older = ""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.title = capfirst(str(self.opts.verbose_name_plural))

    def get_queryset(self, request: HttpRequest, exclude_parameters: object = None) -> QuerySet[Model]:
        for params in (self.params, self.filter_params):
            params.pop(BEFORE, None)  # links to filters and searches start with the newest row again
        return super().get_queryset(request).order_by("-pk")

    def get_results(self, request: HttpRequest) -> None:
        rows = self.queryset
        if request.GET.get(BEFORE):
            rows = rows.filter(pk__lt=self._key(request.GET[BEFORE]))
        found = list(rows[: self.list_per_page + 1])
        if len(found) > self.list_per_page:
            self.older = self.get_query_string({BEFORE: str(found[self.list_per_page - 1].pk)})
        self.result_list = found[: self.list_per_page]
        self.result_count = len(self.result_list)
        self.full_result_count = None
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = bool(self.result_list)
        self.paginator = Paginator(self.result_list, self.list_per_page)

    def _key(self, given: str) -> object:
        try:
            return self.model._meta.pk.to_python(given)
        except ValidationError as error:
            raise IncorrectLookupParameters(error) from error


class KeysetAdmin(admin.ModelAdmin[_Row]):
    """An admin for tables that grow without limit: no counts, and no sorting by columns without an index."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    sortable_by = ()

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether the user may run the actions of the list, which need the permission to change its rows.

        The rows may be read-only in forms all the same: actions change them in the ways that are meant.
        """
        return is_permitted(request.user, permission_of(self.model, "change"))

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return KeysetChangeList


class ReadOnly(KeysetAdmin[_Row]):
    """An admin for rows that are created elsewhere: they can be viewed here, but not added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
