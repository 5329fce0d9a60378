"""Why a deployment was not called, below the kernel's tree. Nothing was sent and nothing is billed.

    NotCalled 503
    ├── UnknownDeployment   no such row, or not active
    ├── BreakerOpen         it failed too often; one probe after `until`
    ├── CoolingDown         the vendor asked for a pause, or the key is refused
    ├── LimitReached        requests or tokens a minute, or calls at once
    ├── BudgetExceeded      a budget of the account, the tier or the deployment is used up
    ├── PriceUnknown        no price: an unknown price is an error, never zero
    ├── KeyMissing          no key in the environment or the database
    └── StateUnknown        the shared server is away and this deployment is not called blindly

Each `detail` is a sentence for people; the next candidate may be asked at once.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from youman.core.errors import Unavailable


class NotCalled(Unavailable):
    """`until`: when it is worth another try, where that is known. `kind` names it in traces."""

    code, title = "not_called", "The model was not asked"
    kind: ClassVar[str] = "not_called"

    def __init__(self, detail: str = "", *, until: datetime | None = None, retry_after_s: int | None = None):
        self.until = until
        super().__init__(detail, retry_after_s=retry_after_s)


class UnknownDeployment(NotCalled):
    code = kind = "unknown_deployment"
    title = "There is no such active deployment"


class BreakerOpen(NotCalled):
    code = kind = "breaker_open"
    title = "It failed too often and is left alone for a while"


class CoolingDown(NotCalled):
    code = kind = "cooling_down"
    title = "Its vendor asked for a pause"


class LimitReached(NotCalled):
    code = kind = "limit_reached"
    title = "It has as many calls as it may have"


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
