"""Query parameters that the product's GET requests accept."""

from __future__ import annotations

from django.db.models import QuerySet

from humanize import selectors
from humanize.models import Transformation
from humanize.states import State
from youman.core.api.filters import Filter, StrictFilterSet
from youman.core.api.parameters import BooleanParameter, ChoiceParameter, Query, TextParameter, UUIDParameter


class TransformationFilters(StrictFilterSet):
    document = Filter(UUIDParameter(help_text="Only transformations of this document"))
    state = Filter(ChoiceParameter(State.choices))
    q = Filter(TextParameter(help_text="Words that the text or the title contains"), method="filter_words")

    def filter_words(self, rows: QuerySet[Transformation], name: str, value: str) -> QuerySet[Transformation]:
        return selectors.search(rows, value.strip())


class DocumentFilters(StrictFilterSet):
    q = Filter(TextParameter(max_length=200, help_text="A part of the title"), "title", "icontains")


class TransformationQuery(Query):
    sentences = BooleanParameter(default=False, help_text="Add the sentences of the source with their scores")


class FinalTextQuery(Query):
    accepted_only = BooleanParameter(default=False, help_text="Apply accepted edits only, without the undecided ones")
