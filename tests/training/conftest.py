from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.training.trainers.trained import detector_job, revision_job  # noqa: F401  # fixtures
from tests.writers import Writer, writer
from youman.core.accounts.lifecycle import give_consent


@pytest.fixture(autouse=True)
def training_path(settings: LazySettings, tmp_path: Path) -> Path:
    settings.TRAINING_PATH = str(tmp_path / "training")
    settings.TRAINER_FOLDERS = [str(Path(__file__).parent / "toy")]
    return tmp_path / "training"


@pytest.fixture
def alice(db: None) -> Writer:
    """Consents to training."""
    alice = writer("alice", "ENTERPRISE")
    give_consent(account=alice.account, actor="alice")
    alice.account.refresh_from_db()
    return alice


@pytest.fixture
def bob(db: None) -> Writer:
    """Does not consent."""
    return writer("bob", "ENTERPRISE")
