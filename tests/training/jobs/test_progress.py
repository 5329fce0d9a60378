from __future__ import annotations

import pytest

from training.contract.output_lines import CheckpointLine, MetricLine, ProgressLine, TextLine, parse_line
from training.jobs.progress import Pace, ProgressWatch


def test_a_steady_pace_gives_a_narrow_range_and_an_uneven_one_a_wide() -> None:
    steady, uneven = Pace(), Pace()
    for step in range(1, 41):
        steady.add(step * 2.0, step)
        uneven.add(step * 2.0 + (step % 4) * 0.9, step)
    assert steady.eta(100) is not None
    found, wide = steady.eta(100), uneven.eta(100)
    assert found is not None
    assert wide is not None
    assert (found.low_s, found.high_s) == (120, 120)
    assert wide.low_s < 120 < wide.high_s


def test_too_few_samples_give_no_eta() -> None:
    pace = Pace()
    pace.add(0.0, 1)
    pace.add(1.0, 2)
    assert pace.eta(10) is None
    pace.add(2.0, 3)
    assert pace.eta(0) is None


def test_lines_read_in_one_call_do_not_look_like_high_speed() -> None:
    pace = Pace()
    for second in range(20):
        for step in range(5):
            pace.add(float(second), second * 5 + step + 1)
    found = pace.eta(200)
    assert found is not None
    assert 15 <= found.low_s <= found.high_s <= 25


def test_silence_gives_a_warning_and_then_counts_as_a_stall() -> None:
    watch = ProgressWatch(stall_s=60, last_report_at=0.0)
    assert not watch.is_stalled(20.0)
    assert watch.warning == ""
    assert not watch.is_stalled(40.0)
    assert watch.warning == "no progress for 40 s; the job is stopped after 60 s"
    watch.add_progress(ProgressLine(1, 1, 5, 10), 41.0)
    assert watch.warning == ""
    assert watch.is_stalled(102.0)


def test_a_loss_that_is_not_finite_or_explodes_is_divergence() -> None:
    watch = ProgressWatch(60, 0.0)
    for step, value in enumerate([1.0, 0.5, 900.0, 0.4, *[600.0] * 4]):
        watch.add_metric(MetricLine("loss", step, value))
    before = watch.is_diverged
    watch.add_metric(MetricLine("loss", 9, 700.0))
    assert (before, watch.is_diverged) == (False, True)
    other = ProgressWatch(60, 0.0)
    other.add_metric(MetricLine("accuracy", 1, None))
    assert other.detail == ""
    other.add_metric(MetricLine("dev_loss", 2, None))
    assert other.detail == "dev_loss is not finite at step 2"


@pytest.mark.parametrize(
    ("line", "report"),
    [
        ('{"type": "metric", "key": "loss", "step": 3, "value": 0.5}', MetricLine("loss", 3, 0.5)),
        ('{"type": "metric", "key": "loss", "step": 3.0, "value": NaN}', MetricLine("loss", 3, None)),
        ('{"type": "metric", "key": "loss", "step": 3, "value": -Infinity}', MetricLine("loss", 3, None)),
        ('{"type": "progress", "step": 3, "steps": 9, "throughput": 2}', ProgressLine(0, 0, 3, 9, 2.0)),
        ('{"type": "checkpoint", "step": 3, "file": "x"}', CheckpointLine(3)),
        ('{"type": "note", "message": "hello"}', TextLine("hello", is_note=True)),
        ("plain words\x00", TextLine("plain words")),
        ('{"type": "metric", "key": "a b", "step": 1, "value": 1}', None),
        ('{"type": "metric", "key": "a", "step": -1, "value": 1}', None),
        ('{"type": "metric", "key": "a", "step": 1e999, "value": 1}', None),
        ('{"type": "metric", "key": "a", "step": 1, "value": "1"}', None),
        ('{"type": "metric", "key": "a", "step": true, "value": 1}', None),
        ('{"type": "progress", "step": "3"}', None),
        ('{"type": "checkpoint"}', None),
        ('{"type": ["metric"]}', None),
        ("{" * 5_000, None),
        ("[1]", None),
    ],
)
def test_lines_are_parsed_and_unknown_ones_belong_to_the_log(line: str, report: object) -> None:
    expected = report if report is not None else TextLine(line[:2_000])
    assert parse_line(line) == expected
