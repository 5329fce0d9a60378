"""A vendor is a folder with a descriptor: everything else that names vendors derives from it or is held to it here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.contrib.auth.models import User
from django.core.checks import Error
from django.test import Client
from django.utils.module_loading import import_string
from pytest_django.fixtures import Settings

from serving.backends import factory, vendors
from serving.backends.base import RewriteBackend, RewriteRequest
from serving.backends.descriptor import BackendDescriptor
from serving.backends.target import Target
from serving.backends.vendors import SHIPPED
from serving.checks import check_backends, check_sdks
from serving.deployments import lifecycle, provider_keys
from serving.errors import UnknownDeployment
from serving.gateway import resolved_target, snapshot
from serving.models import Deployment, ProviderModel
from tests.house_rules.source import ROOT
from youman.core.errors import InvalidInput

ASK = RewriteRequest("We leverage tools.", prompt="1: We leverage tools.")
TOY_DESCRIPTOR = """
from serving.backends.descriptor import BackendDescriptor

TOY = BackendDescriptor(
    name="toy", label="Toy", asks="a toy", calls="toy_vendor.calls.ToyBackend", key_variable="TOY_API_KEY",
    sdk="toy_sdk", options=("volume",),
)
"""
TOY_CALLS = """
from serving.backends.base import RewriteResult


class ToyBackend:
    name = "toy"

    def __init__(self, target):
        self.target = target

    def rewrite(self, request):
        return RewriteResult(model=self.target.model, text=f"toy: {request.prompt}")
"""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[BackendDescriptor]:
    """A vendor as somebody would add it: a folder, and a line in the list."""
    folder = tmp_path / "toy_vendor"
    folder.mkdir()
    for name, text in (("__init__", ""), ("descriptor", TOY_DESCRIPTOR), ("calls", TOY_CALLS)):
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    settings.REWRITE_BACKENDS = [*settings.REWRITE_BACKENDS, "toy_vendor.descriptor.TOY"]
    yield vendors.descriptors()["toy"]
    for name in [name for name in sys.modules if name.startswith("toy_vendor")]:
        del sys.modules[name]


def test_a_new_vendor_is_called_by_the_factory(toy: BackendDescriptor) -> None:
    backend = factory.rewrite_backend(Target("t", "toy", "toy-1"))
    assert isinstance(backend, RewriteBackend)
    assert backend.rewrite(ASK).text == "toy: 1: We leverage tools."
    with pytest.raises(UnknownDeployment, match="The backend 'toy' of t does not support batches"):
        factory.batch_backend(Target("t", "toy", "toy-1"))


def test_a_new_vendors_key_is_read_from_its_variable(toy: BackendDescriptor, settings: Settings) -> None:
    assert vendors.key_variables(settings.REWRITE_BACKENDS) == {
        "openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY", "google": "GOOGLE_API_KEY", "toy": "TOY_API_KEY",
    }  # fmt: skip


@pytest.mark.django_db
def test_a_new_vendor_is_in_the_forms(toy: BackendDescriptor) -> None:
    staff = Client()
    staff.force_login(User.objects.create_superuser("root"))
    page = staff.get("/admin/serving/deployment/add/").content.decode()
    assert '<option value="toy">Toy: a toy</option>' in page
    assert '<option value="revision">Revision model: a model version of the registry, in process</option>' in page
    assert '<option value="toy">Toy (toy)</option>' in staff.get("/admin/serving/providerkey/add/").content.decode()
    assert "toy" in provider_keys.owners()


@pytest.mark.django_db
def test_a_new_vendors_missing_key_is_named(toy: BackendDescriptor) -> None:
    model = ProviderModel.objects.create(
        provider="toy", model_id="toy-1", name="Toy 1", context_window=1000, max_output=100
    )
    row = Deployment.objects.create(name="toy-small", kind="llm", backend="toy", provider_model=model, state="active")
    assert resolved_target.missing_key(snapshot.row_of(row)) == (
        "There is no key for toy: set TOY_API_KEY or add a provider key in the admin"
    )


def test_a_new_vendors_missing_sdk_is_told_of_once_there_is_a_key(toy: BackendDescriptor, settings: Settings) -> None:
    settings.PROVIDER_KEYS = {"openai": "sk-test-0123456789"}
    assert check_sdks(None) == []
    settings.PROVIDER_KEYS = {"toy": "sk-test-0123456789"}
    assert check_sdks(None) == [
        Error(
            "There is a key for Toy, but its SDK toy_sdk is not installed",
            hint="Install it, or unset TOY_API_KEY",
            id="serving.E004",
        )
    ]


@pytest.mark.django_db
def test_a_deployment_of_a_vendor_that_is_gone_is_told_of() -> None:
    Deployment.objects.create(name="toy-small", kind="rules", backend="toy", state="active")
    snapshot.clear_cache()
    hint = "Retire it, or choose one of openai, anthropic, google, openai_compatible, recorded, rules, revision"
    assert check_backends(None, ["default"]) == [
        Error("toy-small uses the backend 'toy', which does not exist", hint=hint, id="serving.E005")
    ]
    assert check_backends(None, None) == []


def test_options_are_those_that_the_backend_reads(toy: BackendDescriptor) -> None:
    def check(backend: str, **options: object) -> None:
        lifecycle.check_fields(backend=backend, options=options, capabilities={}, languages=[], endpoint="")

    check("toy", volume=11, needs_state=True)
    check("openai_compatible", stream=True, extra_body={"top_k": 1})
    with pytest.raises(InvalidInput, match="options has an unknown option 'steam'; use volume, needs_state"):
        check("toy", steam=True)
    with pytest.raises(UnknownDeployment, match="There is no backend 'crystal ball'; use one of openai, anthropic, "):
        check("crystal ball")


@pytest.mark.parametrize("descriptor", vendors.descriptors().values(), ids=lambda one: one.name)
def test_what_a_descriptor_names_is_there(descriptor: BackendDescriptor) -> None:
    assert callable(import_string(descriptor.calls))
    assert not descriptor.batches or callable(import_string(descriptor.batches))
    assert not descriptor.sdk or __import__(descriptor.sdk)
    assert not descriptor.needs_key or (descriptor.documentation.startswith("https://") and descriptor.sdk != "")


def test_names_are_given_once_and_are_those_of_the_folders() -> None:
    assert len(vendors.descriptors()) == len(SHIPPED) + 2
    folders = {path.parent.name for path in (ROOT / "serving" / "backends").glob("*/descriptor.py")}
    assert {one.name for one in SHIPPED} == folders
    for one in SHIPPED:
        assert one.calls.startswith(f"serving.backends.{one.name}.calls.")


def test_the_list_and_the_settings_import_no_sdk() -> None:
    """An SDK costs 1–3 s and 60–90 MB, which only a process that calls its vendor pays."""
    sdks = sorted({one.sdk for one in SHIPPED if one.sdk})
    program = (
        "import django, importlib, json, os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'youman.settings'; "
        "django.setup(); from serving.backends import factory, vendors; vendors.descriptors(); "
        "[importlib.import_module(one) for one in ('serving.admin', 'serving.api.views', 'serving.tasks')]; "
        f"print(json.dumps([one for one in {sdks!r} if one in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True)
    assert json.loads(done.stdout) == []
    bare = "import sys, serving.backends.descriptor, serving.backends.openai.descriptor; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", bare], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout == b"False\n"


def test_the_docs_and_the_compose_file_name_every_backend() -> None:
    page = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
    table = page.partition("<!-- backends -->\n")[2].partition("\n\n")[0].splitlines()
    assert table == [
        "| backend | asks | key | service tiers | options |",
        "|---|---|---|---|---|",
        *map(line, every_backend()),
    ]
    compose = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    passed = compose["x-app"]["environment"]
    assert [one.key_variable for one in SHIPPED if one.needs_key and one.key_variable not in passed] == []


def every_backend() -> tuple[BackendDescriptor, ...]:
    return tuple(vendors.descriptors().values())


def line(one: BackendDescriptor) -> str:
    asks = f"{one.asks}; needs an `endpoint`" if one.endpoint else one.asks
    key = f"`{one.key_variable}`" if one.needs_key else "–"
    tiers = ", ".join(name for name, has in (("flex", one.has_flex), ("batch", one.has_batches)) if has) or "–"
    options = ", ".join(f"`{name}`" for name in one.options) or "–"
    return f"| `{one.name}` | {asks} | {key} | {tiers} | {options} |"
