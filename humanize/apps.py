from django.apps import AppConfig


class HumanizeConfig(AppConfig):
    name = "humanize"
    label = "humanization"  # `humanize` is taken by django.contrib.humanize
    verbose_name = "Rewriting"

    def ready(self) -> None:
        from humanize import checks  # noqa: F401  # registers itself
