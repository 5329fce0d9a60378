"""What makes answers: rows, dataclasses and mappings in, JSON's own values out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from rest_framework import serializers
from rest_framework.fields import empty

from youman.core.api.responses import ResponseSerializer

MOMENT = datetime(2026, 11, 24, 9, 30, 0, 250_000, tzinfo=UTC)
KEY = UUID("01a22bb2-1d51-781e-bdd2-0cce6f577736")


@dataclass(frozen=True)
class Author:
    name: str


@dataclass(frozen=True)
class Note:
    pk: UUID = KEY
    text: str = "hello"
    author: Author | None = Author("alice")
    tags: tuple[str, ...] = ("a", "b")
    keys: tuple[UUID, ...] = (KEY,)
    at: datetime | None = MOMENT
    answers: list[Note] = field(default_factory=list)


class AnswerResponse(ResponseSerializer):
    text = serializers.CharField()


class NoteResponse(ResponseSerializer):
    id = serializers.UUIDField(source="pk")
    short = AnswerResponse(source="*")
    text = serializers.CharField()
    author = serializers.CharField(source="author.name", allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    keys = serializers.ListField(child=serializers.UUIDField())
    at = serializers.DateTimeField(allow_null=True)
    letters = serializers.IntegerField()
    answers = AnswerResponse(many=True)
    mark = serializers.CharField(required=False)

    def read_letters(self, note: Note) -> int:
        return len(note.text)

    def read_mark(self, note: Note) -> object:
        return self.context.get("marks", {}).get(note.text, empty)


def test_fields_come_from_attributes_paths_and_methods_in_their_order() -> None:
    assert list(NoteResponse(Note(answers=[Note(text="yes")])).data.items()) == [
        ("id", "01a22bb2-1d51-781e-bdd2-0cce6f577736"),
        ("short", {"text": "hello"}),
        ("text", "hello"),
        ("author", "alice"),
        ("tags", ("a", "b")),
        ("keys", ["01a22bb2-1d51-781e-bdd2-0cce6f577736"]),
        ("at", "2026-11-24T09:30:00.250000Z"),
        ("letters", 5),
        ("answers", [{"text": "yes"}]),
    ]


def test_none_on_the_way_is_null() -> None:
    found = NoteResponse(Note(author=None, at=None)).data
    assert (found["author"], found["at"]) == (None, None)


def test_a_moment_elsewhere_keeps_its_offset() -> None:
    there = MOMENT.astimezone(timezone(timedelta(hours=2)))
    assert NoteResponse(Note(at=there)).data["at"] == "2026-11-24T11:30:00.250000+02:00"


def test_lists_share_what_the_view_adds() -> None:
    notes = [Note(), Note(text="bye")]
    found = NoteResponse(notes, many=True, context={"marks": {"bye": "!"}}).data
    assert [("mark" in one, one["text"], one.get("mark")) for one in found] == [
        (False, "hello", None),
        (True, "bye", "!"),
    ]


class StepResponse(ResponseSerializer):
    name = serializers.CharField()
    cost = serializers.CharField(required=False)


def test_a_mapping_gives_what_it_has() -> None:
    assert StepResponse({"name": "rules", "stray": 1}).data == {"name": "rules"}
    assert StepResponse({"name": "rules", "cost": "0.1"}).data == {"name": "rules", "cost": "0.1"}
    with pytest.raises(KeyError, match="name"):
        _ = StepResponse({"cost": "0.1"}).data


def test_an_attribute_that_is_not_there_is_an_error() -> None:
    with pytest.raises(AttributeError, match="text"):
        _ = AnswerResponse(Author("alice")).data


def test_a_method_without_its_field_is_refused() -> None:
    with pytest.raises(TypeError, match="StrayResponse has read_ methods for lenght, but no such fields"):

        class StrayResponse(ResponseSerializer):
            length = serializers.IntegerField()

            def read_lenght(self, text: str) -> int:
                return len(text)


class LoudField(serializers.CharField):
    def to_representation(self, value: str) -> str:
        return value.upper()


class LoudResponse(AnswerResponse):
    text = LoudField()
    words = serializers.ListField(child=LoudField())

    def read_words(self, note: Note) -> list[str]:
        return note.text.split()


def test_a_field_of_ones_own_represents_its_values() -> None:
    assert LoudResponse(Note()).data == {"text": "HELLO", "words": ["HELLO"]}
