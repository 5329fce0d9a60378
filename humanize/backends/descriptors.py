"""The rules and the revision model as kinds of backends; the setting `REWRITE_BACKENDS` lists them."""

from serving.backends.descriptor import BackendDescriptor

RULES = BackendDescriptor(
    name="rules",
    label="Rules",
    asks="the built-in rules, in process",
    calls="humanize.backends.rules.RulesBackend",
)
REVISION = BackendDescriptor(
    name="revision",
    label="Revision model",
    asks="a model version of the registry, in process",
    calls="humanize.backends.revision.for_target",
    task="humanize",
)
