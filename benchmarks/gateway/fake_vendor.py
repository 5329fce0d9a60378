"""Points the installation's OpenAI deployments at the fake vendor, and gives the account a budget that never ends."""

from __future__ import annotations

from serving.models import Budget, Deployment


def point_at(url: str) -> None:
    Deployment.objects.filter(backend="openai").update(endpoint=url)
    Budget.objects.create(scope="account", subject="1", span="month", money=1_000_000)
