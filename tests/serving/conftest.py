from __future__ import annotations

import pytest

from serving.ledger import Caller
from serving.models import Deployment, ProviderModel
from serving.states import DeploymentState
from youman.core.ids import new_id


@pytest.fixture
def luna(db: None) -> ProviderModel:
    """A small model with a price of $0.10 in and $0.50 out a million tokens."""
    return ProviderModel.objects.get_or_create(
        provider="openai",
        model_id="gpt-6-luna",
        defaults={"name": "GPT-6 Luna", "context_window": 400_000, "max_output": 128_000},
    )[0]


@pytest.fixture
def fake(luna: ProviderModel) -> Deployment:
    """An active deployment that answers without a network."""
    return Deployment.objects.create(
        name="fake", kind="llm", backend="recorded", provider_model=luna, state=DeploymentState.ACTIVE
    )


@pytest.fixture
def caller() -> Caller:
    return Caller(account_id=7, tier="BASIC", transformation_id=new_id(), chunk=2)
