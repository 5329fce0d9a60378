"""The deployment files name what exists: no engine builds them here, so that is what can be checked."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import yaml

from tests.house_rules.source import ROOT
from youman.launcher.__main__ import _WEB_OPTIONS

COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
MANIFESTS: list[dict[str, Any]] = list(yaml.safe_load_all((ROOT / "deploy" / "k8s" / "youman.yaml").read_text("utf-8")))
PROCESSES = ["web", "worker", "upkeep", "uploads", "trainer", "beat"]
PROCFILE = dict(
    line.split(": ", 1) for line in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines() if line.strip()
)


@pytest.mark.parametrize("step", ["manage.py migrate --noinput", "manage.py sync_catalogue", "manage.py sync_roles"])
def test_every_release_migrates_and_brings_the_catalogue_and_the_roles_in(step: str) -> None:
    job = next(manifest for manifest in MANIFESTS if manifest["metadata"]["name"] == "youman-release")
    podded = job["spec"]["template"]["spec"]["containers"][0]["command"]
    for command in (PROCFILE["release"], COMPOSE["services"]["release"]["command"][-1], podded[-1]):
        assert f"python {step}" in command.split(" && ")


def _queues(command: list[str]) -> str:
    return command[command.index("--queues") + 1] if "--queues" in command else ""


def _pods() -> dict[str, dict[str, Any]]:
    found = {}
    for manifest in MANIFESTS:
        if manifest["kind"] == "Deployment":
            found[manifest["metadata"]["name"].removeprefix("youman-")] = manifest["spec"]["template"]["spec"]
    return found


@pytest.mark.parametrize("process", PROCESSES)
def test_compose_and_kubernetes_start_the_processes_of_the_procfile(process: str) -> None:
    wanted = shlex.split(PROCFILE[process])
    composed = COMPOSE["services"][process]["command"]
    podded = _pods()[process]["containers"][0]["command"]
    assert composed[0] == podded[0] == wanted[0]
    assert _queues(composed) == _queues(podded) == _queues(wanted)


def test_the_queues_of_the_procfile_are_those_that_tasks_are_sent_to(settings: Any) -> None:
    served = {name for process in PROCESSES for name in _queues(shlex.split(PROCFILE[process])).split(",")} - {""}
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {settings.CELERY_TASK_DEFAULT_QUEUE}
    assert routed - served == set()


@pytest.mark.parametrize("process", PROCESSES)
def test_pods_run_as_an_ordinary_user_with_bounded_memory(process: str) -> None:
    pod = _pods()[process]
    container = pod["containers"][0]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert "memory" in container["resources"]["limits"]


def test_exactly_one_beat_runs_even_while_it_is_replaced() -> None:
    beat = next(m for m in MANIFESTS if m["metadata"]["name"] == "youman-beat")
    assert (beat["spec"]["replicas"], beat["spec"]["strategy"]["type"]) == (1, "Recreate")


def test_every_path_that_the_image_copies_exists() -> None:
    lines = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [
        part
        for line in lines
        if (match := re.match(r"COPY (?!--from)(?:--\S+ )?(.+)", line))
        for part in match[1].split()[:-1]
    ]
    assert [path for path in copied if not (ROOT / path).exists()] == []
    assert {"youman", "registry", "serving", "humanize", "training", "templates"} <= set(copied)


def test_compose_refuses_to_start_without_secrets() -> None:
    text = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    assert all(re.search(rf"\$\{{{name}:\?", text) for name in ("SECRET_KEY", "KEYRING", "POSTGRES_PASSWORD"))


def test_the_rights_on_the_cluster_are_those_that_its_executor_uses() -> None:
    given = list(yaml.safe_load_all((ROOT / "deploy" / "k8s" / "trainers.yaml").read_text("utf-8")))
    (role,) = (one for one in given if one["kind"] == "Role")
    assert role["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "create", "delete"]}]
    (claim,) = (one for one in given if one["kind"] == "PersistentVolumeClaim")
    assert (claim["metadata"]["name"], claim["spec"]["accessModes"]) == ("youman-training", ["ReadWriteMany"])
    assert {one["metadata"]["namespace"] for one in given} == {"youman"}


def test_compose_passes_every_variable_of_the_example() -> None:
    named = set(re.findall(r"^# ?([A-Z][A-Z_0-9]+)=", (ROOT / ".env.example").read_text("utf-8"), re.M))
    passed = {name: str(value) for name, value in COMPOSE["services"]["web"]["environment"].items()}
    assert sorted(passed) == sorted(named)
    assert [name for name, value in passed.items() if not value.startswith(f"${{{name}:")] == []


_PROCESS_MIB = 384  # of a process without models, with room for the texts of its requests


@pytest.mark.parametrize(("process", "with_models", "others"), [("web", 1, 0), ("worker", 2, 1), ("trainer", 0, 2)])
def test_pods_have_memory_for_the_models_of_their_processes(
    settings: Any, process: str, with_models: int, others: int
) -> None:
    container = _pods()[process]["containers"][0]
    command, limit = container["command"], container["resources"]["limits"]["memory"]
    if process == "worker":
        assert command[command.index("--concurrency") + 1] == str(with_models)
    needed = with_models * (settings.MODEL_MEMORY_MIB + _PROCESS_MIB) + others * _PROCESS_MIB
    assert int(limit.removesuffix("Gi")) * 1024 >= needed


@pytest.mark.parametrize("place", ["Procfile", "compose", "pod", "image", "make run"])
def test_every_web_process_decides_itself_whom_it_trusts(place: str) -> None:
    image = re.search(r"^CMD (.+)", (ROOT / "deploy" / "Dockerfile").read_text("utf-8"), re.M)
    assert image
    command = {
        "Procfile": shlex.split(PROCFILE["web"]),
        "compose": COMPOSE["services"]["web"]["command"],
        "pod": _pods()["web"]["containers"][0]["command"],
        "image": yaml.safe_load(image[1]),
        "make run": _WEB_OPTIONS,
    }[place]
    assert "--no-proxy-headers" in command
    assert command[command.index("--limit-concurrency") + 1] == "1000"


@pytest.mark.parametrize("mine", ["default", "reaper", "long", "uploads", "trainer"])
def test_sweeps_texts_uploads_and_training_do_not_wait_for_each_other(mine: str) -> None:
    together = {"default": {"reaper"}, "reaper": {"default"}, "long": {"webhooks"}}
    served = [set(_queues(shlex.split(PROCFILE[process])).split(",")) for process in PROCESSES]
    assert [queues - {mine} for queues in served if mine in queues] == [together.get(mine, set())]


def test_probes_of_the_web_pods_ask_what_they_are_for() -> None:
    web = _pods()["web"]["containers"][0]
    probes = {name: web[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness", "readiness")}
    assert probes == {"startup": "/livez", "liveness": "/livez", "readiness": "/readyz"}
