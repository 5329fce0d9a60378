"""Half of the list price for batches, from the day on which each vendor began with it; the price list does not know.

The ledger's guard of SQLite is set anew: 0007 added a column.
"""

from datetime import date
from importlib import import_module

from django.db import migrations

guard = import_module("serving.migrations.0006_append_only_again").guard
BEGAN = {"openai": date(2024, 4, 15), "anthropic": date(2024, 10, 8), "google": date(2025, 7, 7)}
NOTE = "The vendor's price page: batches at half of the list price"


def forwards(apps, schema_editor):
    price = apps.get_model("serving", "TierPrice")
    for model in apps.get_model("serving", "ProviderModel").objects.filter(has_batch=True, provider__in=BEGAN):
        values = {"share": "0.5", "note": NOTE}
        price.objects.get_or_create(
            model=model, service_tier="batch", from_day=BEGAN[model.provider], defaults=values
        )


class Migration(migrations.Migration):
    dependencies = [("serving", "0007_vendor_batches")]
    operations = [
        migrations.RunPython(forwards, migrations.RunPython.noop),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
