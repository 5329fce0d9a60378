from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.checks import CheckMessage
from pytest_django.fixtures import Settings

from serving.checks import check_catalogue, check_endings
from serving.gateway import prices, snapshot
from serving.models import CatalogueEntry, Deployment, ProviderModel
from serving.selectors import live_deployments

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


def called(model_id: str, today: date = TODAY) -> snapshot.CalledModel:
    catalogue = {one.pk: one for one in ProviderModel.objects.all()}
    asked = next(one for one in catalogue.values() if one.model_id == model_id)
    return snapshot.called_model(asked, catalogue, today)


def test_the_three_that_people_name_are_there_and_resolve_when_they_have_ended() -> None:
    assert [(called(one).model_id, called(one).note) for one in
            ("gpt-4o", "claude-3-5-sonnet-20241022", "gemini-2.0-flash")] == [
        ("gpt-4o", ""),
        ("claude-sonnet-5-5", "Claude 3.5 Sonnet ended on 2025-10-28; Claude Sonnet 5.5 answers in its place"),
        ("gemini-3.5-flash-lite", "Gemini 2.0 Flash ended on 2026-06-01; Gemini 3.5 Flash-Lite answers in its place"),
    ]  # fmt: skip
    assert called("gpt-4o", date(2027, 1, 13)).model_id == "gpt-4o"
    assert called("gpt-4o", date(2027, 1, 14)).model_id == "gpt-6.1-sol"


def test_a_circle_of_successors_ends() -> None:
    one = ProviderModel.objects.create(
        provider="x", model_id="a", name="A", ends_on=TODAY, context_window=9, max_output=9
    )
    two = ProviderModel.objects.create(
        provider="x", model_id="b", name="B", ends_on=TODAY, successor=one, context_window=9, max_output=9
    )
    ProviderModel.objects.filter(pk=one.pk).update(successor=two)
    assert called("a").model_id == "b"


def test_every_model_of_the_catalogue_has_a_price() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    unpriced = [
        one.model_id
        for one in ProviderModel.objects.all()
        if not prices.expected_per_thousand_words(called(one.model_id), at=at)
    ]
    assert unpriced == []


def test_deployments_of_each_vendor_are_available_when_there_is_a_key(settings: Settings) -> None:
    settings.PROVIDER_KEYS = {"anthropic": "sk-test-0123456789"}
    found = {one.name: one for one in live_deployments()}
    assert {name for name, one in found.items() if one.available} == {
        "anthropic-small", "anthropic-large", "claude-3-5-sonnet",
    }  # fmt: skip
    assert found["openai-small"].why_not == (
        "There is no key for openai: set OPENAI_API_KEY or add a provider key in the admin"
    )
    assert found["claude-3-5-sonnet"].model == "claude-sonnet-5-5"
    assert (found["anthropic-small"].size, found["anthropic-large"].size) == ("small", "large")
    assert found["anthropic-small"].cost_per_1000_words < found["anthropic-large"].cost_per_1000_words


def messages(monkeypatch: pytest.MonkeyPatch, today: datetime) -> list[CheckMessage]:
    monkeypatch.setattr("serving.checks.timezone.now", lambda: today)
    snapshot.clear_cache()
    return check_endings(None, ["default"])


def test_a_model_in_use_is_warned_of_60_days_before_it_ends(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PROVIDER_KEYS = {"openai": "sk-test-0123456789"}
    assert messages(monkeypatch, datetime(2026, 11, 14, tzinfo=UTC)) == []
    found = messages(monkeypatch, datetime(2026, 11, 15, tzinfo=UTC))
    assert [(one.id, one.msg) for one in found] == [("serving.W002", "gpt-4o calls gpt-4o, which ends on 2027-01-14")]
    ProviderModel.objects.update(successor=None)
    ended = messages(monkeypatch, datetime(2027, 1, 14, tzinfo=UTC))
    assert [one.id for one in ended] == ["serving.E001"]


def test_a_model_without_a_key_or_a_deployment_is_not_in_use(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PROVIDER_KEYS = {}
    assert messages(monkeypatch, datetime(2026, 12, 31, tzinfo=UTC)) == []
    settings.PROVIDER_KEYS = {"openai": "sk-test-0123456789"}
    Deployment.objects.filter(name="gpt-4o").delete()
    assert messages(monkeypatch, datetime(2026, 12, 31, tzinfo=UTC)) == []
    assert check_endings(None, None) == []


def test_an_installation_without_the_catalogue_is_told_of_it() -> None:
    assert check_catalogue(None, ["default"]) == []
    CatalogueEntry.objects.all().delete()
    assert [(one.id, one.hint) for one in check_catalogue(None, ["default"])] == [
        ("serving.W003", "Run `manage.py sync_catalogue`, as each release does")
    ]
    assert check_catalogue(None, None) == []
