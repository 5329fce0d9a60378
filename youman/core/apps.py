from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "youman.core"
    label = "core"
    verbose_name = "Accounts and audit"
