from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from humanize.web import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.editor, name="editor"),
    path("history", views.history, name="history"),
    path("account", views.account, name="account-page"),
]
