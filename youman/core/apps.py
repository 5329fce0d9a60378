from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "youman.core"
    label = "core"
    verbose_name = "Accounts, events and audit"

    def ready(self) -> None:
        autodiscover_modules("events")  # each app declares its events in this module
