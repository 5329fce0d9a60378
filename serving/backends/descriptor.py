"""The description of one kind of backend, known before it is called. Each vendor's folder contains one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BackendDescriptor:
    """Settings, checks, forms, the catalogue and the docs derive from this, so creating one must be cheap.

    Its module imports no SDK and no Django: `calls` and `batches` are dotted paths, imported at the first call, of
    callables that take a `Target` and return a `RewriteBackend` or a `BatchBackend`. These map what an SDK raises, with
    `serving.backends.failures`.

    name            name in deployments; for a vendor also its name in genai-prices, the catalogue and the keys
    label           name for people
    asks            what it calls, for forms and docs: "OpenAI's chat completions"
    key_variable    the environment variable of the vendor's key; empty where none is needed
    sdk             the module that `calls` imports at the first call; empty where there is none
    documentation   URL of the vendor's reference
    options         what a deployment's `options` may contain besides COMMON_OPTIONS
    has_flex        supports the service tier `flex`: slower and cheaper
    endpoint        an example of the endpoint that a deployment must name; empty where it is optional
    task            the task of the registered models that it runs; empty if it runs none
    """

    name: str
    label: str
    asks: str
    calls: str
    batches: str = ""
    key_variable: str = ""
    sdk: str = ""
    documentation: str = ""
    options: tuple[str, ...] = ()
    has_flex: bool = False
    endpoint: str = ""
    task: str = ""

    @property
    def needs_key(self) -> bool:
        return bool(self.key_variable)

    @property
    def has_batches(self) -> bool:
        return bool(self.batches)


# Options of every backend. `needs_state`: do not call it while Redis is down.
COMMON_OPTIONS = ("needs_state",)
