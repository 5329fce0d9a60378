from __future__ import annotations

from django.db import migrations

from humanize.routing.policy import DEFAULTS


def seed(apps, schema_editor):
    """The defaults as rows, so that staff find them to edit."""
    policies = apps.get_model("humanization", "RoutePolicy")
    for tier, policy in DEFAULTS.items():
        policies.objects.get_or_create(
            tier=tier,
            defaults={
                "uses_llms": "llm" in policy.kinds,
                "uses_own_models": "model" in policy.kinds,
                "aim": policy.aim,
                "floor": policy.floor,
                "worth": policy.worth,
                "volume_words": policy.volume_words,
                "attempts": policy.attempts,
                "deadline_s": policy.deadline_s,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("humanization", "0002_routing")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
