"""The scopes of API keys. A session has the scopes that follow from its user's permissions."""

from __future__ import annotations

REWRITE = "rewrite"
REGISTRY_READ = "registry:read"
REGISTRY_WRITE = "registry:write"
REGISTRY_PROMOTE = "registry:promote"
TRAINING = "training"
SERVING = "serving"
WEBHOOKS = "webhooks"

DEFAULT = (REWRITE,)
STAFF = (REGISTRY_READ, REGISTRY_WRITE, REGISTRY_PROMOTE, TRAINING, SERVING, WEBHOOKS)
ALL = (*DEFAULT, *STAFF)
