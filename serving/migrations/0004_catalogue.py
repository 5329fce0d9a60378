"""The catalogue as of November 2026: dates from the vendors' deprecation pages, prices come from genai-prices.

Deployments of every vendor stand ready and are available once there is a key. The three models that people ask for by
name stay as rows; where the vendor has shut one down its successor answers and says so.
"""

from django.db import migrations

OFF, LOWEST, NONE = "off", "lowest", "none"
# provider, id, name, size, released, ends, successor, context, output, temperature, thinking, floor, cache, flex, batch
MODELS = (
    ("openai", "gpt-6-luna", "GPT-6 Luna", "small", "2026-09-22", None, None,
     1_050_000, 128_000, False, OFF, "", True, True, True),
    ("openai", "gpt-6.1-sol", "GPT-6.1 Sol", "large", None, None, None,
     1_050_000, 128_000, False, OFF, "", True, True, True),
    ("openai", "gpt-4o", "GPT-4o", "large", "2024-05-13", "2027-01-14", "gpt-6.1-sol",
     128_000, 16_384, True, NONE, "", False, False, True),
    ("anthropic", "claude-haiku-5-5", "Claude Haiku 5.5", "small", "2026-10-07", None, None,
     1_000_000, 128_000, False, OFF, "", False, False, True),
    ("anthropic", "claude-sonnet-5-5", "Claude Sonnet 5.5", "large", None, None, None,
     1_000_000, 128_000, False, OFF, "", False, False, True),
    ("anthropic", "claude-3-5-sonnet-20241022", "Claude 3.5 Sonnet", "large", "2024-10-22", "2025-10-28",
     "claude-sonnet-5-5", 200_000, 8_192, True, NONE, "", False, False, True),
    ("google", "gemini-3.5-flash-lite", "Gemini 3.5 Flash-Lite", "small", "2026-07-21", None, None,
     1_048_576, 65_536, False, LOWEST, "minimal", False, True, True),
    ("google", "gemini-4-argon", "Gemini 4 Argon", "large", "2026-10-13", None, None,
     1_048_576, 65_536, False, LOWEST, "low", False, True, True),
    ("google", "gemini-2.0-flash", "Gemini 2.0 Flash", "small", "2025-02-05", "2026-06-01", "gemini-3.5-flash-lite",
     1_048_576, 8_192, True, NONE, "", False, False, True),
)
# name, backend, model, tier floor, share, description. A share of 0: only when a writer chooses it.
DEPLOYMENTS = (
    ("openai-small", "openai", "gpt-6-luna", "BASIC", 100, "OpenAI's small model: quick and cheap"),
    ("openai-large", "openai", "gpt-6.1-sol", "PROFESSIONAL", 100, "OpenAI's large model"),
    ("anthropic-small", "anthropic", "claude-haiku-5-5", "BASIC", 100, "Anthropic's small model: quick and cheap"),
    ("anthropic-large", "anthropic", "claude-sonnet-5-5", "PROFESSIONAL", 100, "Anthropic's large model"),
    ("google-small", "google", "gemini-3.5-flash-lite", "BASIC", 100, "Google's small model: quick and cheap"),
    ("google-large", "google", "gemini-4-argon", "PROFESSIONAL", 100, "Google's large model"),
    ("gpt-4o", "openai", "gpt-4o", "BASIC", 0, "GPT-4o, by name"),
    ("claude-3-5-sonnet", "anthropic", "claude-3-5-sonnet-20241022", "BASIC", 0, "Claude 3.5 Sonnet, by name"),
    ("gemini-2-0-flash", "google", "gemini-2.0-flash", "BASIC", 0, "Gemini 2.0 Flash, by name"),
)
FIELDS = (
    "provider", "model_id", "name", "size", "released_on", "ends_on", "successor", "context_window", "max_output",
    "takes_temperature", "thinking", "thinking_floor", "takes_cache_options", "has_flex", "has_batch",
)


def forwards(apps, schema_editor):
    model, deployment = apps.get_model("serving", "ProviderModel"), apps.get_model("serving", "Deployment")
    rows = [dict(zip(FIELDS, row, strict=True)) for row in MODELS]
    made = {row["model_id"]: model.objects.create(**row | {"successor": None}) for row in rows}
    for row in rows:
        if row["successor"]:
            model.objects.filter(pk=made[row["model_id"]].pk).update(successor=made[row["successor"]])
    for name, backend, model_id, floor, share, description in DEPLOYMENTS:
        deployment.objects.create(
            name=name, kind="llm", backend=backend, provider_model=made[model_id], tier_floor=floor,
            traffic_share=share, description=description, state="active",
        )


def backwards(apps, schema_editor):
    names, ids = [row[0] for row in DEPLOYMENTS], [row[1] for row in MODELS]
    apps.get_model("serving", "Deployment").objects.filter(name__in=names, invocations=None).delete()
    apps.get_model("serving", "ProviderModel").objects.filter(model_id__in=ids, deployments=None).delete()


class Migration(migrations.Migration):
    dependencies = [("serving", "0003_version_and_try")]
    operations = [migrations.RunPython(forwards, backwards)]
