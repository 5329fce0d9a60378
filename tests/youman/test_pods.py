"""Every pod, of the manifests and of the executor, fits the standard "restricted" and holds only the secrets it needs.

No cluster runs here, so the project has a checker of the standard (`pod_security.py`). It is tested itself: of each
pod, variants are made that are wrong in one place, and it must find each of them.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house_rules.source import ROOT
from tests.youman.pod_security import containers, violations
from training.contract.executor import JobSpec, Resources
from training.executors.manifests import Cluster, pod_manifest

pytestmark = pytest.mark.attack("image_and_pods")
Spec = dict[str, Any]
FOLDER = ROOT / "deploy" / "k8s"
MANIFESTS: list[Spec] = [
    one for path in sorted(FOLDER.glob("*.yaml")) for one in yaml.safe_load_all(path.read_text("utf-8")) if one
]
IMAGE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")


def _job(gpus: int) -> Spec:
    spec = JobSpec("j", 1, "revision_linear", (), (), Resources(2, 1_024, gpus), "training.trainers.revision_linear")
    there = Cluster("youman", "image:1", "claim", Path("/data/training"))
    made: Spec = pod_manifest(spec, Path("/data/training/jobs/j/runs/1"), there)
    return made


def _templates(manifests: list[Spec]) -> dict[str, Spec]:
    """The pod templates of all kinds of workload, by name."""
    found = {}
    for manifest in manifests:
        spec = manifest.get("spec") or {}
        if manifest["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        if manifest["kind"] == "Pod":
            found[manifest["metadata"]["name"]] = manifest
        elif "template" in spec:
            found[manifest["metadata"]["name"]] = spec["template"]
    return found


PODS = {name: one["spec"] for name, one in _templates(MANIFESTS).items()}
PODS |= {"trainer-pod": _job(0)["spec"], "trainer-pod-gpu": _job(1)["spec"]}


def test_every_workload_is_seen() -> None:
    assert {"youman-release", "youman-web", "youman-worker", "youman-trainer", "youman-beat", "trainer-pod"} <= set(
        PODS
    )


@pytest.mark.parametrize("name", PODS)
def test_a_pod_fits_the_restricted_standard(name: str) -> None:
    assert violations(PODS[name]) == []


def _set(path: tuple[Any, ...], value: object) -> Callable[[Spec], bool]:
    """A change that sets, or with `...` removes, one value; it says whether there was something to change."""

    def change(pod: Spec) -> bool:
        here: Any = pod
        for part in path[:-1]:
            if isinstance(here, dict):
                here = here.setdefault(part, {})
            else:
                here = here[part]
        if value is ...:
            return here.pop(path[-1], None) is not None
        here[path[-1]] = value
        return True

    return change


_IN = ("containers", 0)
_C = (*_IN, "securityContext")
_P = ("securityContext",)
CHANGES: dict[str, Callable[[Spec], bool]] = {
    **{f"{name} on": _set((name,), True) for name in ("hostNetwork", "hostPID", "hostIPC")},
    **{
        f"volume {kind}": _set(("volumes",), [{"name": "v", kind: {}}])
        for kind in (
            "hostPath", "nfs", "iscsi", "gcePersistentDisk", "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs",
            "cinder", "fc", "flexVolume", "flocker", "gitRepo", "glusterfs", "photonPersistentDisk", "portworxVolume",
            "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume",
        )
    },
    **{
        f"capability {name}": _set((*_C, "capabilities", "add"), [name])
        for name in ("SYS_ADMIN", "NET_ADMIN", "NET_RAW", "SYS_PTRACE", "DAC_OVERRIDE", "CHOWN", "SETUID", "ALL")
    },
    **{
        f"sysctl {name}": _set((*_P, "sysctls"), [{"name": name, "value": "1"}])
        for name in ("kernel.msgmax", "net.core.somaxconn", "vm.overcommit_memory", "fs.mqueue.msg_max")
    },
    **{
        f"{where} {profile}": _set((*path, profile), {"type": "Unconfined"})
        for where, path in (("pod", _P), ("container", _C))
        for profile in ("seccompProfile", "appArmorProfile")
    },
    **{
        f"{where} SELinux {part}": _set((*path, "seLinuxOptions"), {part: value})
        for where, path in (("pod", _P), ("container", _C))
        for part, value in (("type", "spc_t"), ("user", "root"), ("role", "sysadm_r"))
    },
    **{
        f"{where} {label}": _set((*path, name), value)
        for where, path in (("pod", _P), ("container", _C))
        for label, name, value in (
            ("root", "runAsUser", 0), ("a named user", "runAsUser", "youman"), ("perhaps root", "runAsNonRoot", False),
            ("of the host", "windowsOptions", {"hostProcess": True}),
        )
    },
    "privileged": _set((*_C, "privileged"), True),
    "escalation": _set((*_C, "allowPrivilegeEscalation"), True),
    "escalation unsaid": _set((*_C, "allowPrivilegeEscalation"), ...),
    "capabilities unsaid": _set((*_C, "capabilities"), ...),
    "capabilities kept": _set((*_C, "capabilities"), {"drop": ["NET_RAW"]}),
    "root writable": _set((*_C, "readOnlyRootFilesystem"), False),
    "root unsaid": _set((*_C, "readOnlyRootFilesystem"), ...),
    "procMount": _set((*_C, "procMount"), "Unmasked"),
    "container unsaid": _set(_C, ...),
    "pod unsaid": _set(_P, ...),
    "user unsaid": _set((*_P, "runAsUser"), ...),
    "non-root unsaid": _set((*_P, "runAsNonRoot"), ...),
    "seccomp unsaid": _set((*_P, "seccompProfile"), ...),
    "host port": _set((*_IN, "ports"), [{"containerPort": 80, "hostPort": 80}]),
    "memory unlimited": _set((*_IN, "resources"), {"requests": {"memory": "1Gi"}}),
    "token": _set(("automountServiceAccountToken",), True),
    "token unsaid": _set(("automountServiceAccountToken",), ...),
    "service links": _set(("enableServiceLinks",), ...),
    "a bare init container": _set(("initContainers",), [{"name": "init", "image": "x"}]),
    "an ephemeral container": _set(("ephemeralContainers",), [{"name": "debug", "image": "x"}]),
}  # fmt: skip


@pytest.mark.parametrize("label", CHANGES)
def test_the_checker_finds_every_pod_that_is_wrong_in_one_place(label: str) -> None:
    unseen = []
    for name, pod in PODS.items():
        wrong = copy.deepcopy(pod)
        assert CHANGES[label](wrong)
        if not violations(wrong):
            unseen.append(name)
    assert unseen == []


def _numbers(pod: Spec) -> set[object]:
    contexts = [pod.get("securityContext") or {}, *(one.get("securityContext") or {} for one in containers(pod))]
    return {context["runAsUser"] for context in contexts if "runAsUser" in context}


def test_the_image_runs_as_the_number_that_pods_name() -> None:
    users = re.findall(r"^USER (\S+)$", IMAGE, re.MULTILINE)
    assert users == ["10001:10001"]
    assert {number for pod in PODS.values() for number in _numbers(pod)} == {10001}


def test_pods_write_to_their_volumes_only_and_every_volume_is_mounted() -> None:
    for name, pod in PODS.items():
        declared = {volume["name"] for volume in pod.get("volumes") or ()}
        for container in containers(pod):
            mounts = container.get("volumeMounts") or []
            assert {one["name"] for one in mounts} == declared, name
            assert "/tmp" in {one["mountPath"] for one in mounts}, name
            assert not any(one["mountPath"] in {"/", "/app", "/venv", "/etc", "/proc", "/sys"} for one in mounts), name


_SECRETS = {
    "youman-release": {"youman-database"},
    "youman-web": {"youman-database", "youman-store", "youman-site", "youman-vendors"},
    "youman-worker": {"youman-database", "youman-store", "youman-site", "youman-vendors"},
    "youman-upkeep": {"youman-database", "youman-store", "youman-site", "youman-vendors"},
    "youman-uploads": {"youman-database", "youman-store"},
    "youman-trainer": {"youman-database", "youman-store"},
    "youman-beat": {"youman-database"},
}


def _secrets(pod: Spec) -> set[str]:
    """The names of all secrets that a pod can see, through its environment or a volume."""
    text = yaml.safe_dump(pod)
    loaded = [one["secretRef"]["name"] for c in containers(pod) for one in c.get("envFrom") or () if "secretRef" in one]
    named = re.findall(r"secretKeyRef:\s+key: \S+\s+name: (\S+)", text) + re.findall(r"secretName: (\S+)", text)
    return {*loaded, *named}


@pytest.mark.parametrize("name", PODS)
def test_a_pod_holds_only_the_secrets_that_it_needs(name: str) -> None:
    assert _secrets(PODS[name]) == _SECRETS.get(name, set())


@pytest.mark.parametrize("gpus", [0, 1])
def test_a_trainers_pod_has_no_environment_token_or_account(gpus: int) -> None:
    pod = _job(gpus)["spec"]
    assert [name for one in containers(pod) for name in ("env", "envFrom") if name in one] == []
    assert [name for name in ("serviceAccountName", "serviceAccount", "imagePullSecrets") if name in pod] == []


def test_the_namespace_enforces_the_standard() -> None:
    spaces = [one for one in MANIFESTS if one["kind"] == "Namespace"]
    assert spaces
    assert {one["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] for one in spaces} == {"restricted"}


POLICIES = [one for one in MANIFESTS if one["kind"] == "NetworkPolicy"]
LABELS = {name: one["metadata"]["labels"] for name, one in _templates(MANIFESTS).items()}
LABELS |= {"trainer-pod": _job(0)["metadata"]["labels"]}


def _selects(selector: Spec, labels: Spec) -> bool:
    if any(labels.get(name) != value for name, value in (selector.get("matchLabels") or {}).items()):
        return False
    for one in selector.get("matchExpressions") or ():
        assert one["operator"] == "In"
        if labels.get(one["key"]) not in one["values"]:
            return False
    return True


def _ports(name: str, direction: str) -> set[int]:
    """The ports on which a pod may be reached (Ingress) or reach others (Egress), over all policies."""
    chosen = [one["spec"] for one in POLICIES if _selects(one["spec"]["podSelector"], LABELS[name])]
    rules = [rule for spec in chosen if direction in spec["policyTypes"] for rule in spec.get(direction.lower()) or ()]
    assert all(rule.get("ports") and rule.get("to" if direction == "Egress" else "from") for rule in rules)
    return {port["port"] for rule in rules for port in rule["ports"]}


def test_everything_is_denied_that_is_not_allowed() -> None:
    assert [one["spec"] for one in POLICIES if one["metadata"]["name"] == "default-deny"] == [
        {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    ]


@pytest.mark.parametrize(
    ("name", "reached_on", "reaches"),
    [
        ("youman-web", {8000}, {53, 5432, 6379, 443, 80, 587}),
        ("youman-worker", set(), {53, 5432, 6379, 443, 80, 587}),
        ("youman-upkeep", set(), {53, 5432, 6379, 443, 80, 587}),
        ("youman-uploads", set(), {53, 5432, 6379, 443}),
        ("youman-trainer", set(), {53, 5432, 6379, 443, 6443}),
        ("youman-beat", set(), {53, 5432, 6379}),
        ("youman-release", set(), {53, 5432, 6379}),
        ("trainer-pod", set(), set()),
    ],
)
def test_a_process_talks_only_to_what_it_needs(name: str, reached_on: set[int], reaches: set[int]) -> None:
    assert (_ports(name, "Ingress"), _ports(name, "Egress")) == (reached_on, reaches)


@pytest.mark.parametrize("address", ["169.254.0.0/16", "168.63.129.16/32", "100.100.100.200/32", "192.0.0.0/24"])
def test_no_policy_lets_a_pod_reach_the_metadata_of_a_cloud(address: str) -> None:
    wide = [
        to["ipBlock"]
        for one in POLICIES
        for rule in one["spec"].get("egress") or ()
        for to in rule["to"]
        if to.get("ipBlock", {}).get("cidr") == "0.0.0.0/0"
    ]
    assert len(wide) == 4
    assert [block for block in wide if address not in block["except"]] == []
