"""What there is to know about one kind of backend before it is called. A vendor is a folder with one of these in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BackendDescriptor:
    """Settings, checks, forms, the catalogue and the docs derive from this, so making one must cost nothing.

    Its module imports no SDK and no Django: `calls` and `batches` are dotted paths, imported at the first call, of
    what takes a `Target` and returns a `RewriteBackend` or a `BatchBackend`. What an SDK raises is mapped there, by
    `serving.backends.failures`.

    name            as deployments name it; for a vendor also its name in genai-prices, the catalogue and the keys
    label           as people name it
    asks            what is asked, for forms and docs: "OpenAI's chat completions"
    key_variable    the environment variable of the vendor's key; empty where none is needed
    sdk             the module that `calls` imports at the first call; empty where there is none
    documentation   the address of the vendor's reference
    options         what a deployment's `options` may hold besides COMMON_OPTIONS
    has_flex        takes the service tier `flex`: slower and cheaper
    endpoint        an example of the endpoint that a deployment must name; empty where it need not
    task            the task of the registry's models whose versions it runs; empty for what runs none
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


# Of every backend. `needs_state`: not called while the shared server is away.
COMMON_OPTIONS = ("needs_state",)
