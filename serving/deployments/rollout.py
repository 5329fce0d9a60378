"""Rollout of registered versions: deployed as a canary or at once, promoted to all traffic, rolled back.

Deployments pin versions: nothing here moves an alias, and moving an alias changes nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry import selectors as registry
from registry.contracts import VersionRef
from registry.errors import ArtifactDamaged
from registry.models import ModelVersion
from registry.states import VersionState
from serving import events
from serving.backends import vendors
from serving.deployments import lifecycle
from serving.gateway import snapshot
from serving.models import Deployment, DeploymentKind, Rollout
from serving.states import DeploymentState
from youman.core.accounts import audit
from youman.core.errors import Conflict, InvalidInput, NotFound, WrongState
from youman.core.events.outbox import announce
from youman.core.models.tiers import Tier

CANARY_SHARE = 10


@dataclass(frozen=True, slots=True)
class DeployRequest:
    """What to deploy, and how.

    An empty `name` becomes the model's name and number; `share` None means 10 % for a canary and 100 % otherwise;
    `ramps` None follows the settings.
    """

    version: VersionRef
    name: str = ""
    strategy: str = Rollout.CANARY
    share: int | None = None
    tier_floor: str = Tier.PROFESSIONAL
    languages: tuple[str, ...] = ("en",)
    ramps: bool | None = None


def deploy_version(*, request: DeployRequest, actor: audit.Actor) -> Deployment:
    """Create the deployment and bring it up; it holds the version's artifacts from then on.

    Return it active, or failed with the reason on its row. Raises NotFound, WrongState for a version that is not
    ready, ArtifactDamaged, InvalidInput, Conflict for a taken name.
    """
    version = _ready(request.version)
    row = _row(request, version)
    try:
        lifecycle.create(deployment=row, actor=actor, details={"version": str(request.version)})
    except IntegrityError as error:
        raise Conflict(f"A deployment named {row.name} exists; give another name") from error
    lifecycle.deploy(deployment=row, actor=actor)
    row.refresh_from_db()
    return row


def promote(*, deployment: Deployment, actor: audit.Actor) -> tuple[Deployment, ...]:
    """Give it all traffic, and drain and return the other deployments of its model. Raises WrongState."""
    if deployment.state != DeploymentState.ACTIVE:
        raise WrongState(f"{deployment.name} is {deployment.state}; only an active deployment can take all traffic")
    others = tuple(_siblings(deployment, DeploymentState.ACTIVE))
    with transaction.atomic():
        deployment.refresh_from_db(fields=["traffic_share"])
        set_share(deployment=deployment, share=100, actor=actor)
        announce(events.DeploymentPromoted(deployment.name, lifecycle.version_name(deployment)))
        for one in others:
            lifecycle.drain(deployment=one, actor=actor)
    return others


def roll_back(*, deployment: Deployment, actor: audit.Actor) -> Deployment:
    """Give all traffic to the deployment that drained last, and drain this one. Raises NotFound when there is none."""
    before = next(iter(_siblings(deployment, DeploymentState.DRAINING)), None)
    if before is None:
        raise NotFound("No earlier deployment of this model is draining; deploy an older version instead")
    with transaction.atomic():
        set_share(deployment=before, share=100, actor=actor)
        lifecycle.resume(deployment=before, actor=actor)
        lifecycle.drain(deployment=deployment, actor=actor)
        announce(
            events.DeploymentRolledBack(
                deployment.name, lifecycle.version_name(deployment), before.name, lifecycle.version_name(before) or ""
            )
        )
    before.refresh_from_db()
    return before


def set_share(*, deployment: Deployment, share: int, actor: audit.Actor) -> bool:
    """Set the percentage of the traffic. Return False, and do nothing, if it has changed since the row was read."""
    rows = Deployment.objects.filter(pk=deployment.pk, traffic_share=deployment.traffic_share)
    with transaction.atomic():
        if not rows.update(traffic_share=share, share_since=timezone.now()):
            return False
        before = {"traffic_share": deployment.traffic_share}
        audit.record(actor=actor, verb="set share", subject=deployment, before=before, after={"traffic_share": share})
        transaction.on_commit(snapshot.clear_cache)
    deployment.traffic_share = share
    return True


def _ready(ref: VersionRef) -> ModelVersion:
    version = registry.version_at(ref)
    if version.state != VersionState.READY:
        raise WrongState(f"{ref} is {version.state}; only a ready version can be deployed")
    if version.fault:
        raise ArtifactDamaged(f"{ref} cannot be deployed: {version.fault}")
    return version


def _row(ask: DeployRequest, version: ModelVersion) -> Deployment:
    backend = vendors.backend_for_task(version.model.task)
    if not backend:
        tasks = ", ".join(one.task for one in vendors.descriptors().values() if one.task)
        raise InvalidInput(f"No backend runs a model of the task {version.model.task}; deploy one of the task {tasks}")
    share = ask.share if ask.share is not None else CANARY_SHARE if ask.strategy == Rollout.CANARY else 100
    if not 0 <= share <= 100 or ask.strategy not in Rollout.values or ask.tier_floor not in Tier.values:
        raise InvalidInput(
            f"share must be 0 to 100, strategy one of {', '.join(Rollout.values)}, tier one of {', '.join(Tier.values)}"
        )
    return Deployment(
        name=ask.name or f"{version.model.name.replace('.', '-')}-{version.number}",
        kind=DeploymentKind.MODEL,
        backend=backend,
        version=version,
        description=f"{ask.version}, trained here; nothing leaves the house",
        tier_floor=ask.tier_floor,
        strategy=ask.strategy,
        traffic_share=share,
        languages=list(ask.languages),
        ramps=settings.CANARIES_RAMP if ask.ramps is None else ask.ramps,
    )


def _siblings(deployment: Deployment, state: DeploymentState) -> list[Deployment]:
    """Return other deployments of the same registered model, newest first."""
    if deployment.version is None:
        raise InvalidInput(f"{deployment.name} has no registered version")
    rows = Deployment.objects.filter(version__model=deployment.version.model, state=state).exclude(pk=deployment.pk)
    return list(rows.select_related("version__model").order_by("-created_at", "-pk"))
