from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.training.sample_pairs import rewritten, write_jsonl
from tests.writers import Writer
from training.models import Dataset, TrainingDataPoint

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_pairs_are_imported_frozen_and_exported(tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "pairs.jsonl", 50)
    with file.open("a") as more:
        more.write("{}\n")
    with pytest.raises(CommandError, match="1 of 51 lines cannot be imported, so nothing was"):
        run("import_pairs", str(file), "--licence", "our own", "--no-scores")
    assert TrainingDataPoint.objects.count() == 0
    said = run("import_pairs", str(file), "--licence", "our own", "--no-scores", "--partial")
    assert said.startswith("pairs.jsonl: 50 pairs imported, 0 already known, 1 refused; ")
    assert "  line 51: original is missing or empty" in said
    made = run("make_dataset", "mine", "--per-author", "100", "--language", "en")
    assert made.startswith("mine: 50 pairs (")
    paths = run("export_pairs", "mine", str(tmp_path / "out")).splitlines()
    assert {Path(path).name for path in paths} >= {"train.jsonl", "README.md"}
    assert "* pairs.jsonl: our own" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


def test_rewrites_are_collected_by_a_command_too(alice: Writer) -> None:
    rewritten(alice)
    assert run("collect_pairs") == "1 rewrites with feedback checked, 1 pairs collected\n"
    assert TrainingDataPoint.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("import_pairs", "nowhere.jsonl"), "nowhere.jsonl cannot be read: No such file or directory"),
        (
            ("import_pairs", "manage.py"),
            "manage.py: The first line of the CSV file must name the columns, separated by commas, semicolons, tabs, "
            "vertical bars. It has #!/usr/bin/env python; needed are original (or source, before, input, draft, ai); "
            "humanized (or target, after, output, edited, human)",
        ),
        (
            ("make_dataset", "x"),
            "The query matches 0 pairs and none in the training split; widen it or import more pairs",
        ),
        (("export_pairs", "x", "out"), "There is no such dataset; check its id or name"),
    ],
)
def test_impossible_requests_are_explained(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    assert str(caught.value) == message
    assert Dataset.objects.count() == TrainingDataPoint.objects.count() == 0
