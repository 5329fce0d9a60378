"""URLs for signing in and out, invitations and passwords."""

from __future__ import annotations

from django.contrib.auth import views as auth
from django.urls import URLPattern, URLResolver, path

from youman.people import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("login", views.SignIn.as_view(), name="login"),
    path("logout", auth.LogoutView.as_view(), name="logout"),
    path("invite/<str:token>", views.AcceptInvitation.as_view(), name="accept-invitation"),
    path("people", views.People.as_view(), name="people"),
    path("people/<int:invitation_id>/withdraw", views.WithdrawInvitation.as_view(), name="withdraw-invitation"),
    path("password/change", views.ChangePassword.as_view(), name="password_change"),
    path("password/reset", views.ForgottenPassword.as_view(), name="password_reset"),
    path("password/reset/sent", auth.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path("password/reset/<uidb64>/<token>", views.NewPassword.as_view(), name="password_reset_confirm"),
    path("password/reset/done", auth.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
]
