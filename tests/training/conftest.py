from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings
from rest_framework.test import APIClient

from tests.buckets import keep_in_folder
from tests.training.trainers.trained import detector_job, judge_job, revision_job  # noqa: F401  # fixtures
from tests.writers import Writer, writer
from youman.core.accounts import scopes
from youman.core.accounts.lifecycle import create_account, create_api_key, give_consent
from youman.core.models import Account


@pytest.fixture(autouse=True)
def training_path(settings: LazySettings, tmp_path: Path) -> Path:
    settings.TRAINING_PATH = str(tmp_path / "training")
    keep_in_folder(settings, tmp_path / "artifacts")  # a store that is another test's looks foreign
    settings.TRAINER_FOLDERS = [str(Path(__file__).parent / "toy")]
    return tmp_path / "training"


@pytest.fixture
def alice(db: None) -> Writer:
    """A writer who consents to training."""
    alice = writer("alice", "ENTERPRISE")
    give_consent(account=alice.account, actor="alice")
    alice.account.refresh_from_db()
    return alice


@pytest.fixture
def bob(db: None) -> Writer:
    """A writer who does not consent to training."""
    return writer("bob", "ENTERPRISE")


@pytest.fixture
def staff(db: None) -> Writer:
    account = create_account(username="root", password="a long sentence 1", tier="ENTERPRISE", staff=True)
    return with_key(account, scopes.TRAINING)


def with_key(account: Account, *wanted: str) -> Writer:
    key = create_api_key(account=account, name="training", key_scopes=wanted, actor="tests")
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return Writer(account, api, key)
