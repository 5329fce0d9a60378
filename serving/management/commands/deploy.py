"""`manage.py deploy version|promote|rollback|list`."""

from __future__ import annotations

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from registry.contracts import VersionRef
from serving.api.responses import DeploymentResponse
from serving.deployments import overview, rollout
from serving.deployments.rollout import DeployRequest
from serving.models import Deployment, Rollout
from youman.core.errors import YoumanError
from youman.core.models.tiers import Tier

ACTOR = "manage.py"


class Command(BaseCommand):
    help = "Deploy a registered version, give a deployment all traffic, or roll back to the previous one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        version = verbs.add_parser("version", help="deploy MODEL/NUMBER")
        version.add_argument("version", metavar="MODEL/NUMBER")
        version.add_argument("--name", default="", help="name of the deployment (default: MODEL-NUMBER)")
        version.add_argument("--strategy", choices=Rollout.values, default=Rollout.CANARY)
        version.add_argument("--share", type=int, default=None, help="percentage of eligible calls")
        version.add_argument(
            "--ramp", action="store_true", default=None, help="ramp a canary by the edits that writers keep"
        )
        version.add_argument(
            "--tier", choices=Tier.values, default=Tier.PROFESSIONAL, help="lowest tier that may use it"
        )
        for verb, effect in (("promote", "give it all traffic"), ("rollback", "give all traffic to the previous one")):
            verbs.add_parser(verb, help=effect).add_argument("name")
        verbs.add_parser("list", help="print every deployment with its state and share")

    def handle(self, *args: object, **options: object) -> None:
        verbs = {"version": self._version, "promote": self._promote, "rollback": self._rollback, "list": self._list}
        try:
            verbs[str(options["verb"])](options)
        except YoumanError as error:
            raise CommandError(error.detail) from error

    def _version(self, options: dict[str, object]) -> None:
        model, _, number = str(options["version"]).rpartition("/")
        if not model or not number.isdigit():
            raise CommandError("Write the version as MODEL/NUMBER, such as my-editor/3")
        share = options["share"]
        ask = DeployRequest(
            version=VersionRef(model, int(number)),
            name=str(options["name"]),
            strategy=str(options["strategy"]),
            share=share if isinstance(share, int) else None,
            tier_floor=str(options["tier"]),
            ramps=True if options["ramp"] else None,
        )
        made = rollout.deploy_version(request=ask, actor=ACTOR)
        if made.state_note:
            raise CommandError(f"{made.name} {made.state}: {made.state_note}")
        self.stdout.write(f"{made.name} is {made.state} with {made.traffic_share} % of the traffic")

    def _promote(self, options: dict[str, object]) -> None:
        drained = rollout.promote(deployment=_named(str(options["name"])), actor=ACTOR)
        names = ", ".join(one.name for one in drained) or "none"
        self.stdout.write(f"{options['name']} has all traffic; draining: {names}")

    def _rollback(self, options: dict[str, object]) -> None:
        back = rollout.roll_back(deployment=_named(str(options["name"])), actor=ACTOR)
        self.stdout.write(f"{back.name} has all traffic again; {options['name']} is draining")

    def _list(self, options: dict[str, object]) -> None:
        for one in overview.deployments():
            self.stdout.write(json.dumps(DeploymentResponse(one).data))


def _named(name: str) -> Deployment:
    found = Deployment.objects.select_related("version__model").filter(name=name).first()
    if found is None:
        raise CommandError(f"There is no deployment {name!r}; `manage.py deploy list` prints them")
    return found
