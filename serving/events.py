"""Events that serving publishes; see `docs/events.md`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from youman.core.events.event_types import About, Event, declare

Note = Annotated[
    str,
    About(
        "Why, as a sentence; may be empty",
        "Writers kept less: 41% of its edits kept in 25 answers, 58% of the others' edits",
    ),
]


@dataclass(frozen=True, slots=True)
class DeploymentEvent(Event):
    """The fields that all events of a deployment share."""

    deployment: Annotated[str, About("Name of the deployment", "editor-4")]
    version: Annotated[
        str | None, About("The version that it serves, as model/number; null for a vendor's", "editor/4")
    ]


@declare
@dataclass(frozen=True, slots=True)
class DeploymentActivated(DeploymentEvent):
    """A deployment gets calls: it has passed its checks, or it was draining and has been resumed."""

    type: ClassVar[str] = "deployment.activated"
    traffic_share: Annotated[int, About("Percentage of the eligible calls", 10)]


@declare
@dataclass(frozen=True, slots=True)
class DeploymentFailed(DeploymentEvent):
    """The checks of a deployment have found a fault, so that it gets no calls."""

    type: ClassVar[str] = "deployment.failed"
    note: Annotated[str, About("What is wrong, as a sentence", "There is no key for openai")]


@declare
@dataclass(frozen=True, slots=True)
class DeploymentDraining(DeploymentEvent):
    """A deployment gets no new calls, and those under way end."""

    type: ClassVar[str] = "deployment.draining"
    note: Note


@declare
@dataclass(frozen=True, slots=True)
class DeploymentRetired(DeploymentEvent):
    """A deployment has been retired for good."""

    type: ClassVar[str] = "deployment.retired"


@declare
@dataclass(frozen=True, slots=True)
class DeploymentPromoted(DeploymentEvent):
    """A deployment has been given all traffic; a `deployment.draining` follows for each other one of its model."""

    type: ClassVar[str] = "deployment.promoted"


@declare
@dataclass(frozen=True, slots=True)
class DeploymentRolledBack(DeploymentEvent):
    """An earlier deployment of the model has taken over all traffic again from this one, which drains."""

    type: ClassVar[str] = "deployment.rolled_back"
    restored: Annotated[str, About("Name of the deployment that has taken over", "editor-3")]
    restored_version: Annotated[str, About("The version that it serves, as model/number", "editor/3")]


@declare
@dataclass(frozen=True, slots=True)
class DriftAlertRaised(Event):
    """A figure of a deployment has drifted, and no alert of the same figure is unacknowledged."""

    type: ClassVar[str] = "drift.alert"
    alert_id: Annotated[UUID, About("Id of the alert", "01936c61-77aa-7c01-b1d2-c3e4f5061728")]
    deployment: Annotated[str, About("Name of the deployment", "editor-4")]
    figure: Annotated[str, About("Name of the figure", "acceptance")]
    value: Annotated[float, About("Its value, from the last week and the four before it", -0.17)]
    threshold: Annotated[float, About("The threshold that the value has crossed", -0.1)]
    sentence: Annotated[
        str, About("The alert as staff read it", "editor-4: Writers keep 41.0% of its edits, 58.0% before")
    ]
    until: Annotated[datetime, About("End of the compared week", "2026-11-24T00:00:00+00:00")]


@declare
@dataclass(frozen=True, slots=True)
class BudgetExhausted(Event):
    """For the first time in its day or month, a budget has refused a call whose upper bound no longer fits into it.

    Sent once per period, even if the limit is raised in between.
    """

    type: ClassVar[str] = "budget.exhausted"
    scope: Annotated[str, About("Whose budget it is: account, tier or deployment", "deployment")]
    subject: Annotated[str, About("Id of the account, the tier, or the name of the deployment", "openai-large")]
    span: Annotated[str, About("day or month", "month")]
    start: Annotated[date, About("First day of the period, in UTC", "2026-11-01")]
    money_limit: Annotated[Decimal | None, About("Limit in US dollars; null for none", "100")]
    money_used: Annotated[Decimal, About("US dollars spent or reserved by calls under way", "99.97")]
    tokens_limit: Annotated[int | None, About("Limit in tokens; null for none", 5_000_000)]
    tokens_used: Annotated[int, About("Tokens spent or reserved by calls under way", 4_991_200)]
