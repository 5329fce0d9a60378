"""The few calls to a Kubernetes API server that are needed to run trainers. No response is trusted unchecked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import httpx

from training.errors import ExecutorUnavailable

Json: TypeAlias = dict[str, object]
_TIMEOUT_S = 10.0  # half of the warden's lease: a response that hangs must not stop the trainer


@dataclass(frozen=True, slots=True)
class ClusterAccess:
    """How to reach the cluster. `token_file` is read for every call, because the cluster rotates the token."""

    url: str
    namespace: str
    token_file: Path | None = None
    ca_file: Path | None = None


class KubernetesApi:
    """The pods of one namespace. Every method raises ExecutorUnavailable if the cluster does not answer or refuses."""

    def __init__(self, access: ClusterAccess) -> None:
        self._access = access
        verify = str(access.ca_file) if access.ca_file else True
        self._client = httpx.Client(base_url=access.url, timeout=_TIMEOUT_S, verify=verify, trust_env=False)

    def create_pod(self, manifest: Mapping[str, object]) -> None:
        """Create a pod. Does nothing if one with that name exists, because it was created from the same manifest."""
        self._call("POST", "pods", json=manifest, fine=(409,))

    def pod(self, name: str) -> Json | None:
        return self._call("GET", f"pods/{name}", fine=(404,))

    def pods(self, selector: str) -> list[Json]:
        answer = self._call("GET", "pods", params={"labelSelector": selector})
        items = (answer or {}).get("items", [])
        return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []

    def delete_pod(self, name: str, *, grace_s: int) -> None:
        """Ask a pod to end and kill it after `grace_s` seconds. Does nothing if the pod does not exist."""
        options: Json = {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": grace_s}
        self._call("DELETE", f"pods/{name}", json=options, fine=(404,))

    def _call(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, object] | None = None,
        params: Mapping[str, str] | None = None,
        fine: tuple[int, ...] = (),
    ) -> Json | None:
        address = f"/api/v1/namespaces/{self._access.namespace}/{path}"
        try:
            answer = self._client.request(method, address, json=json, params=params, headers=self._headers())
        except (httpx.HTTPError, OSError) as error:
            raise ExecutorUnavailable(
                f"The cluster does not answer ({type(error).__name__}); see KUBERNETES_API"
            ) from error
        if answer.status_code in fine:
            return None
        if answer.status_code >= 400:
            raise ExecutorUnavailable(f"The cluster refused {method} {path.partition('/')[0]}: {_message(answer)}")
        return _object(answer)

    def _headers(self) -> dict[str, str]:
        if self._access.token_file is None:
            return {}
        return {"Authorization": f"Bearer {self._access.token_file.read_text(encoding='utf-8').strip()}"}


def _object(answer: httpx.Response) -> Json:
    try:
        body = answer.json()
    except ValueError as error:
        raise ExecutorUnavailable("The cluster's response is not JSON; check KUBERNETES_API") from error
    return body if isinstance(body, dict) else {}


def _message(answer: httpx.Response) -> str:
    try:
        message = answer.json().get("message", "")
    except (ValueError, AttributeError):
        message = ""
    return f"{answer.status_code} {str(message)[:300]}".strip()
