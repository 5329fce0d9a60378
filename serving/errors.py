"""Reasons why a deployment was not called, as a branch of the kernel's tree. Nothing was sent or billed.

    NotCalled 503
    ├── UnknownDeployment   no such row, or not active
    ├── BreakerOpen         it failed too often; one probe after `until`
    ├── CoolingDown         the vendor asked for a pause, or refuses the key
    ├── LimitReached        requests or tokens per minute, or concurrent calls
    ├── BudgetExceeded      a budget of the account, the tier or the deployment is used up
    ├── PriceUnknown        no price: an unknown price is an error, never zero
    ├── KeyMissing          no key in the environment or the database
    └── StateUnknown        Redis is down, and this deployment is not called without it

Each `detail` is a sentence for people; the next candidate may be called at once.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from youman.core.errors import Unavailable


class NotCalled(Unavailable):
    """`until` is when another try is worthwhile, if known. `kind` names the error in traces."""

    code, title = "not_called", "The model was not called"
    kind: ClassVar[str] = "not_called"

    def __init__(self, detail: str = "", *, until: datetime | None = None, retry_after_s: int | None = None):
        self.until = until
        super().__init__(detail, retry_after_s=retry_after_s)


class UnknownDeployment(NotCalled):
    code = kind = "unknown_deployment"
    title = "There is no such active deployment"


class BreakerOpen(NotCalled):
    code = kind = "breaker_open"
    title = "The deployment failed too often and pauses for a while"


class CoolingDown(NotCalled):
    code = kind = "cooling_down"
    title = "The vendor asked for a pause"


class LimitReached(NotCalled):
    code = kind = "limit_reached"
    title = "The deployment has reached its limit of calls"


class BudgetExceeded(NotCalled):
    code = kind = "budget_exceeded"
    title = "A budget is used up"


class PriceUnknown(NotCalled):
    code = kind = "price_unknown"
    title = "The price of this model is not known"


class KeyMissing(NotCalled):
    code = kind = "key_missing"
    title = "There is no key for this vendor"


class StateUnknown(NotCalled):
    code = kind = "state_unknown"
    title = "The shared state of the deployments cannot be read"
