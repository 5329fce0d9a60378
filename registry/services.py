"""The verbs of the registry, gathered for API, admin, commands and upper apps; each lives in its own module."""

from registry.contracts import VersionRef
from registry.versions.holds import place_hold, release_hold
from registry.versions.lifecycle import (
    annotate,
    archive,
    create_version,
    deprecate,
    describe_model,
    mark_ready,
    register_model,
)
from registry.versions.promotion import (
    Move,
    approve,
    promote,
    promote_number,
    reject,
    remove_alias,
    rollback_alias,
    set_rule,
    withdraw,
)
from registry.versions.publish import publish_version, put_artifact

__all__ = [
    "Move",
    "VersionRef",
    "annotate",
    "approve",
    "archive",
    "create_version",
    "deprecate",
    "describe_model",
    "mark_ready",
    "place_hold",
    "promote",
    "promote_number",
    "publish_version",
    "put_artifact",
    "register_model",
    "reject",
    "release_hold",
    "remove_alias",
    "rollback_alias",
    "set_rule",
    "withdraw",
]
