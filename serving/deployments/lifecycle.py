"""The life of a deployment: created, checked before it goes live, drained before it ends; every step audited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils import timezone

from registry.artifacts.verification import verify_version
from registry.contracts import HoldRequest, VersionRef
from registry.errors import ArtifactDamaged
from registry.models import ModelVersion
from registry.states import VersionState
from registry.versions import model_files
from registry.versions.holds import place_hold, release_hold
from serving import events
from serving.backends import vendors
from serving.backends.base import BackendError, RewriteRequest, Usage
from serving.backends.factory import forget as forget_backend
from serving.backends.factory import rewrite_backend
from serving.backends.target import Capabilities
from serving.gateway import breaker, prices, resolved_target, snapshot
from serving.gateway.snapshot import LiveRow
from serving.models import Deployment, DeploymentKind
from serving.states import EDGES, DeploymentState
from youman.core.accounts import audit
from youman.core.errors import FieldProblem, InvalidInput, NotFound, WrongState, YoumanError
from youman.core.events.outbox import announce
from youman.core.http.guarded_client import vetted_address
from youman.core.states import transition

PINNED = ("name", "kind", "backend", "protocol", "provider_model", "version")  # what answers is what was checked
EDITABLE = frozenset({DeploymentState.DRAFT, DeploymentState.FAILED})
# Our own sentences, with something for every kind of model to change.
SAMPLE = (
    "In order to make a decision, the committee has been in possession of the report since Monday. It is important to "
    "note that the report is utilised by a number of departments, and that each of them reads it differently."
)
_SAMPLE_S = 60.0


def create(*, deployment: Deployment, actor: audit.Actor, details: audit.Facts) -> None:
    """Store a new deployment as a draft, which `deploy` brings up. Raises IntegrityError for a taken name.

    The entries of the model catalogue are stored by `serving.catalogue.sync`, since nobody's action creates them.
    """
    with transaction.atomic():
        deployment.save(force_insert=True)
        audit.record(actor=actor, verb="create", subject=deployment, after=details)
        transaction.on_commit(snapshot.clear_cache)


def deploy(*, deployment: Deployment, actor: audit.Actor) -> None:
    """Move a draft or failed deployment to active, or to failed with the reason on its row. Raises WrongState.

    Checks everything that needs no paid call: backend, key, price, address, that the version is ready and all of its
    bytes are intact, that the model loads, and that it rewrites a sample.
    """
    _move(deployment, DeploymentState.DEPLOYING, actor)
    # As it is now that it cannot be changed any more, which may differ from what the caller read.
    now = Deployment.objects.select_related("version__model").get(pk=deployment.pk)
    fault = _fault(now)
    _move(now, DeploymentState.FAILED if fault else DeploymentState.ACTIVE, actor, fault)
    if not fault:
        _forget_troubles(deployment.name)


def drain(*, deployment: Deployment, actor: audit.Actor, note: str = "") -> None:
    """Stop new calls; running calls finish. Raises WrongState."""
    _move(deployment, DeploymentState.DRAINING, actor, note)


def resume(*, deployment: Deployment, actor: audit.Actor) -> None:
    """Let a draining deployment get calls again. Raises WrongState."""
    _move(deployment, DeploymentState.ACTIVE, actor)


def retire(*, deployment: Deployment, actor: audit.Actor) -> None:
    """Retire a deployment permanently and release its hold in the registry. Raises WrongState."""
    with transaction.atomic():
        _move(deployment, DeploymentState.RETIRED, actor)
        if deployment.version is not None:
            release_hold(version=_version(deployment), holder=holder_of(deployment))


def reset_health(*, deployment: Deployment, actor: audit.Actor) -> None:
    """Close the breaker and end a pause by hand. Raises StateUnknown when Redis is down."""
    breaker.reset(deployment.name)
    audit.record(actor=actor, verb="reset breaker", subject=deployment)


def change(*, deployment: Deployment, fields: Iterable[str], actor: audit.Actor) -> None:
    """Store these changed fields of a deployment. Raises WrongState for what a live deployment keeps (PINNED).

    The version that a draft or failed deployment no longer names is not held for it any longer.
    """
    names = sorted(set(fields))
    with transaction.atomic():
        # Locked, so that a deployment does not go live between this check and the change.
        before = (
            Deployment.objects.select_for_update(of=("self",)).select_related("version__model").get(pk=deployment.pk)
        )
        changed = [name for name in names if getattr(before, name) != getattr(deployment, name)]
        check_pinned(before, changed)
        if not changed:
            return
        if "traffic_share" in changed:
            deployment.share_since = timezone.now()
        deployment.save(update_fields=[*changed, "share_since"])
        if "version" in changed and before.version is not None:
            release_hold(version=_version(before), holder=holder_of(before))
        facts = [{name: audit.shown(getattr(row, name)) for name in changed} for row in (before, deployment)]
        audit.record(actor=actor, verb="change", subject=deployment, before=facts[0], after=facts[1])
        snapshot.clear_cache()  # for this transaction, and again when others can see the change
        transaction.on_commit(snapshot.clear_cache)


def check_pinned(deployment: Deployment, fields: Iterable[str]) -> None:
    """Check that a deployment in its state may change these fields. Raises WrongState."""
    pinned = [name for name in fields if name in PINNED]
    if pinned and deployment.state not in EDITABLE:
        raise WrongState(
            f"{deployment.name} is {deployment.state}, so its {', '.join(pinned)} cannot be changed; create another "
            "deployment and deploy it"
        )


def holder_of(deployment: Deployment) -> UUID:
    """Return the id under which a deployment holds its version in the registry."""
    return uuid5(NAMESPACE_URL, f"serving.deployment/{deployment.pk}")


def check_fields(*, backend: str, options: object, capabilities: object, languages: object, endpoint: str) -> None:
    """Check what staff entered. Raises InvalidInput naming the field, UnknownDeployment, UnsafeAddress."""
    if not isinstance(options, dict):
        raise _problem("options", 'must be an object such as {"stream": true}')
    unknown = sorted(set(options) - set(vendors.options_of(backend)))
    if unknown:
        raise _problem("options", f"has an unknown option {unknown[0]!r}; use {', '.join(vendors.options_of(backend))}")
    if not isinstance(languages, list) or not all(isinstance(one, str) and len(one) == 2 for one in languages):
        raise _problem("languages", 'must be a list of two-letter codes such as ["en"]')
    if not isinstance(capabilities, dict):
        raise _problem("capabilities", "must be an object")
    for name, value in capabilities.items():
        known = getattr(Capabilities(), name, None) if name in {one.name for one in fields(Capabilities)} else None
        if known is None or type(value) is not type(known):
            raise _problem("capabilities", f"has no {name!r} of this kind; see the fields of a provider model")
    if endpoint:
        vetted_address(endpoint)


def _problem(field: str, message: str) -> InvalidInput:
    return InvalidInput(f"{field} {message}", problems=(FieldProblem(field, message),))


def _move(deployment: Deployment, to: DeploymentState, actor: audit.Actor, note: str = "") -> None:
    rows = Deployment.objects.filter(pk=deployment.pk)
    with transaction.atomic():
        before = rows.values_list("state", flat=True).first()
        transition(rows, edges=EDGES, to=to, state_note=note[:300])
        facts = {"state": to.value, **({"note": note[:300]} if note else {})}
        audit.record(actor=actor, verb=to.value, subject=deployment, before={"state": before}, after=facts)
        _announce(deployment, to, note[:300])
        transaction.on_commit(snapshot.clear_cache)


def _announce(deployment: Deployment, to: DeploymentState, note: str) -> None:
    name, version = deployment.name, version_name(deployment)
    match to:
        case DeploymentState.ACTIVE:
            announce(events.DeploymentActivated(name, version, deployment.traffic_share))
        case DeploymentState.FAILED:
            announce(events.DeploymentFailed(name, version, note))
        case DeploymentState.DRAINING:
            announce(events.DeploymentDraining(name, version, note))
        case DeploymentState.RETIRED:
            announce(events.DeploymentRetired(name, version))


def version_name(deployment: Deployment) -> str | None:
    """Return `model/number`, or None for a deployment without a registered version."""
    return str(_version(deployment)) if deployment.version is not None else None


def _fault(deployment: Deployment) -> str:
    """Return why the deployment cannot go live, as a sentence, or an empty text."""
    try:
        row = snapshot.row_of(deployment)
        _check_backend(row)
        if deployment.endpoint:
            vetted_address(deployment.endpoint)
        if deployment.kind == DeploymentKind.LLM:
            prices.price_of(row.model, Usage(), at=timezone.now())
            resolved_target.target_of(row)
        if deployment.version is not None:
            _check_version(row, deployment.version)
            place_hold(request=HoldRequest(_version(deployment), holder_of(deployment), f"deployed as {row.name}"))
        if vendors.descriptor_of(row.backend).task:
            _check_model(row, deployment.version)
    except (YoumanError, BackendError) as error:
        return error.detail
    return ""


def _check_backend(row: LiveRow) -> None:
    known = vendors.descriptor_of(row.backend)
    if known.endpoint and not row.endpoint:
        raise NotFound(f"A deployment of the backend {known.label} needs an endpoint, such as {known.endpoint}")


def _check_version(row: LiveRow, version: ModelVersion) -> None:
    """Check that the version may serve at all. Raises WrongState, ArtifactDamaged, InvalidInput."""
    if version.state != VersionState.READY:
        raise WrongState(f"{version} is {version.state}; only a ready version can be deployed")
    if version.fault:
        raise ArtifactDamaged(f"{version} cannot be deployed: {version.fault}")
    task = vendors.descriptor_of(row.backend).task
    if task and version.model.task != task:
        raise InvalidInput(f"{version} is a model for {version.model.task}; {row.backend} runs models for {task}")


def _check_model(row: LiveRow, version: ModelVersion | None) -> None:
    """Check every byte of the version in its store, load the model from them, and let it rewrite a sample.

    Raises NotFound, which names missing files, ArtifactDamaged, StoreUnavailable, BackendError.
    """
    if version is None:
        raise InvalidInput(f"{row.name} has no model version; choose one")
    damaged = [one.detail for one in verify_version(version=version, actor=f"deploy {row.name}") if not one.ok]
    if damaged:
        raise ArtifactDamaged(f"{version} cannot be deployed: {'; '.join(damaged)}")
    target = resolved_target.target_of(row)
    forget_backend(target)  # what this process loaded earlier says nothing about the bytes of today
    try:
        rewrite_backend(target).rewrite(RewriteRequest(SAMPLE, language="en", deadline_s=_SAMPLE_S))
    except (YoumanError, BackendError) as error:
        missing = model_files.missing_in(version)
        if not missing:
            raise
        names = ", ".join(missing)
        raise NotFound(f"{version} lacks {names}; register a version with all files, then deploy that one") from error


def _forget_troubles(name: str) -> None:
    try:
        breaker.reset(name)
    except YoumanError:
        return  # the pause will end by itself


def _version(deployment: Deployment) -> VersionRef:
    assert deployment.version is not None
    return VersionRef(deployment.version.model.name, deployment.version.number)
