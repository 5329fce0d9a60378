"""The Pod Security Standard "restricted" as a checker, with what this project demands beyond it.

https://kubernetes.io/docs/concepts/security/pod-security-standards/ (baseline and restricted, for Linux pods). It takes
a pod's specification as parsed YAML and returns one sentence for each violation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Spec = Mapping[str, Any]
_VOLUMES = {
    "name", "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret",
}  # fmt: skip
_SYSCTLS = {
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
}  # fmt: skip
_SELINUX = {None, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
_PROFILES = {"RuntimeDefault", "Localhost"}


def containers(pod: Spec) -> list[Spec]:
    return [one for kind in ("initContainers", "containers", "ephemeralContainers") for one in pod.get(kind) or ()]


def violations(pod: Spec) -> list[str]:
    """Return what a cluster that enforces the standard, or this project, refuses about the pod."""
    found = list(_of_pod(pod))
    for container in containers(pod):
        found += [f"{container.get('name')}: {one}" for one in _of_container(pod, container)]
    return found if containers(pod) else [*found, "no container"]


def _of_pod(pod: Spec) -> Iterator[str]:
    yield from (f"{name} is set" for name in ("hostNetwork", "hostPID", "hostIPC") if pod.get(name))
    for volume in pod.get("volumes") or ():
        yield from (f"the volume kind {kind} is not allowed" for kind in sorted(set(volume) - _VOLUMES))
    context = pod.get("securityContext") or {}
    for sysctl in context.get("sysctls") or ():
        if sysctl.get("name") not in _SYSCTLS:
            yield f"the sysctl {sysctl.get('name')} is not allowed"
    yield from _shared(context)
    if pod.get("automountServiceAccountToken") is not False:
        yield "the token of a service account is mounted"
    if pod.get("enableServiceLinks") is not False:
        yield "the addresses of all services are in the environment"


def _of_container(pod: Spec, container: Spec) -> Iterator[str]:
    context, above = container.get("securityContext") or {}, pod.get("securityContext") or {}
    yield from _shared(context)
    if context.get("privileged"):
        yield "privileged"
    if context.get("allowPrivilegeEscalation") is not False:
        yield "privilege escalation is allowed"
    if context.get("readOnlyRootFilesystem") is not True:
        yield "the root file system is writable"
    if context.get("procMount") not in {None, "Default"}:
        yield "procMount is not the default"
    yield from _of_rights(above, container)


def _of_rights(above: Spec, container: Spec) -> Iterator[str]:
    context = container.get("securityContext") or {}
    capabilities = context.get("capabilities") or {}
    if "ALL" not in (capabilities.get("drop") or ()):
        yield "not all capabilities are dropped"
    if set(capabilities.get("add") or ()) - {"NET_BIND_SERVICE"}:
        yield "a capability is added"
    if any(port.get("hostPort") for port in container.get("ports") or ()):
        yield "a port of the host is used"
    if context.get("runAsNonRoot", above.get("runAsNonRoot")) is not True:
        yield "it may run as root"
    user = context.get("runAsUser", above.get("runAsUser"))
    if not isinstance(user, int) or isinstance(user, bool) or user == 0:
        yield "the user is not a number other than 0"
    profile = context.get("seccompProfile") or above.get("seccompProfile") or {}
    if profile.get("type") not in _PROFILES:
        yield "there is no seccomp profile"
    limits = (container.get("resources") or {}).get("limits") or {}
    if "memory" not in limits:
        yield "its memory has no limit"


def _shared(context: Spec) -> Iterator[str]:
    """What may stand at the pod and at a container, and is wrong at either."""
    if context.get("runAsNonRoot") is False:
        yield "runAsNonRoot is false"
    if context.get("runAsUser") == 0:
        yield "the user is root"
    if (context.get("seccompProfile") or {}).get("type", "RuntimeDefault") not in _PROFILES:
        yield "seccomp is off"
    if (context.get("appArmorProfile") or {}).get("type", "RuntimeDefault") not in _PROFILES:
        yield "AppArmor is off"
    selinux = context.get("seLinuxOptions") or {}
    if selinux.get("type") not in _SELINUX or selinux.get("user") or selinux.get("role"):
        yield "SELinux is changed"
    if (context.get("windowsOptions") or {}).get("hostProcess"):
        yield "a process of the host"
