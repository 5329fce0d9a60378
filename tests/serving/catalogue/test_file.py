"""The catalogue file is refused with the entry, the field and what it expects."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from serving.catalogue.file import read_catalogue
from youman.core.errors import InvalidInput

MODEL = """[[models]]
provider = "acme"
model_id = "quill-2"
name = "Quill 2"
size = "small"
context_window = 1000
max_output = 100
"""
PRICE = """[[tier_prices]]
provider = "acme"
service_tier = "batch"
from_day = 2026-01-02
share = "0.5"
"""
DEPLOYMENT = """[[deployments]]
name = "quill"
backend = "openai"
model = "acme/quill-2"
tier_floor = "BASIC"
traffic_share = 100
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read_with_the_defaults_of_what_it_leaves_out(tmp_path: Path) -> None:
    read = read_catalogue(written(tmp_path, DEPLOYMENT + PRICE + MODEL))
    (model,), (price,), (deployment,) = read.models, read.tier_prices, read.deployments
    assert (model.key, model.context_window, model.takes_json_schema, model.ends_on) == (
        "acme/quill-2",
        1000,
        True,
        None,
    )
    assert (price.from_day, price.share) == (date(2026, 1, 2), Decimal("0.5"))
    assert (deployment.key, deployment.model, deployment.traffic_share) == ("quill", "acme/quill-2", 100)


def test_the_shipped_file_holds_and_names_three_providers() -> None:
    read = read_catalogue()
    assert sorted({model.provider for model in read.models}) == ["anthropic", "google", "openai"]
    assert [model.key for model in read.models] == sorted(model.key for model in read.models)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("models = [", "mine.toml is not valid TOML: "),
        ("[[model]]\nname = 'x'", "mine.toml: unknown field 'model'; expected one of models, tier_prices, deployments"),
        ("[models]\nname = 'x'", "models must be a list of tables: write [[models]] above each"),
        (MODEL + 'sise = "small"', "models number 1 (quill-2): unknown field 'sise'; expected one of provider, "),
        (MODEL.replace('name = "Quill 2"\n', ""), "models number 1 (quill-2) lacks name"),
        (MODEL + "ends_on = 'soon'", "models number 1 (quill-2): ends_on must be a date such as 2026-11-24"),
        (MODEL + "has_batch = 1", "models number 1 (quill-2): has_batch must be true or false"),
        (MODEL.replace("1000", "true"), "models number 1 (quill-2): context_window must be a whole number"),
        (MODEL.replace("1000", "0"), "acme/quill-2: context_window and max_output must be at least 1"),
        (MODEL.replace('"small"', '"tiny"'), "acme/quill-2: size is 'tiny'; expected one of small, large"),
        (MODEL + 'thinking = "lowest"', "acme/quill-2: thinking_floor must name the lowest level where thinking"),
        (MODEL + 'successor = "quill-3"', "acme/quill-2: successor is 'quill-3'; expected one of nothing yet"),
        (
            MODEL + "released_on = 2026-02-01\nends_on = 2026-01-01",
            "acme/quill-2: ends_on must be after released_on",
        ),
        (MODEL + MODEL, "models: acme/quill-2 appears twice; remove one"),
        (MODEL + PRICE.replace("0.5", "half"), 'tier_prices number 1 (acme): share must be a decimal number in quotes'),
        (MODEL + PRICE.replace("0.5", "1.5"), "acme batch 2026-01-02: share must be above 0 and at most 1"),
        (PRICE, "acme batch 2026-01-02: provider is 'acme'; expected one of nothing yet"),
        (DEPLOYMENT, "quill: model is 'acme/quill-2'; expected one of nothing yet"),
        (
            MODEL.replace("acme", "anthropic") + "has_flex = true",
            "anthropic/quill-2: has_flex must be false, since the flex tier of Anthropic is not supported",
        ),
        (MODEL + DEPLOYMENT.replace("openai", "acme"), "quill: backend is 'acme'; expected one of anthropic, google, "),
        (MODEL + DEPLOYMENT.replace("BASIC", "basic"), "quill: tier_floor is 'basic'; expected one of FREE, BASIC, "),
        (MODEL + DEPLOYMENT.replace("100", "101"), "quill: traffic_share must be from 0 to 100"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_catalogue(written(tmp_path, text))
    assert refused.value.detail.startswith(said)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read: No such file or directory"):
        read_catalogue(tmp_path / "mine.toml")
