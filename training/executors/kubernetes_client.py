"""The few calls to a Kubernetes API server that running trainers takes. Every answer is hostile until it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import httpx

from training.errors import ExecutorUnavailable

Json: TypeAlias = dict[str, object]
_TIMEOUT_S = 10.0  # half of the warden's lease: a hanging answer must not cost the trainer its life


@dataclass(frozen=True, slots=True)
class ClusterAccess:
    """`token_file` is read at every call: the cluster changes it from time to time."""

    url: str
    namespace: str
    token_file: Path | None = None
    ca_file: Path | None = None


class KubernetesApi:
    """The pods of one namespace. Raises ExecutorAway."""

    def __init__(self, access: ClusterAccess) -> None:
        self._access = access
        verify = str(access.ca_file) if access.ca_file else True
        self._client = httpx.Client(base_url=access.url, timeout=_TIMEOUT_S, verify=verify, trust_env=False)

    def create_pod(self, manifest: Mapping[str, object]) -> None:
        """Nothing when there is one of that name: whoever was first has made the same."""
        self._call("POST", "pods", json=manifest, fine=(409,))

    def pod(self, name: str) -> Json | None:
        return self._call("GET", f"pods/{name}", fine=(404,))

    def pods(self, selector: str) -> list[Json]:
        found = self._call("GET", "pods", params={"labelSelector": selector})
        items = (found or {}).get("items", [])
        return [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []

    def delete_pod(self, name: str, *, grace_s: int) -> None:
        """Asked to end, and killed after that many seconds. Nothing when it is gone."""
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
            raise ExecutorUnavailable(f"The cluster refused {method} {path.partition('/')[0]}: {_said(answer)}")
        return _object(answer)

    def _headers(self) -> dict[str, str]:
        if self._access.token_file is None:
            return {}
        return {"Authorization": f"Bearer {self._access.token_file.read_text(encoding='utf-8').strip()}"}


def _object(answer: httpx.Response) -> Json:
    try:
        found = answer.json()
    except ValueError as error:
        raise ExecutorUnavailable("The cluster answered something that is no JSON; see KUBERNETES_API") from error
    return found if isinstance(found, dict) else {}


def _said(answer: httpx.Response) -> str:
    try:
        message = answer.json().get("message", "")
    except (ValueError, AttributeError):
        message = ""
    return f"{answer.status_code} {str(message)[:300]}".strip()
