from __future__ import annotations

from training.contract.executor import JobSpec


def test_the_external_id_is_fixed_by_job_and_attempt() -> None:
    spec = JobSpec("j1", 2, "training.trainers.linear", (), (("train", "file:///data"),))
    assert spec.external_id == "youman-j1-2"
