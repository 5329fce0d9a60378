"""Pages for signing in, invitations and passwords. Views only read a form, call a function and render a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.mixins import UserPassesTestMixin
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View
from django.views.generic import FormView

from youman.core import selectors
from youman.core.accounts import lifecycle
from youman.core.accounts.access import is_permitted
from youman.core.errors import NotFound, YoumanError
from youman.core.models.tiers import LIMITS, Tier
from youman.people import login_throttle

_MADE = "made invitation"


class SignIn(auth.LoginView):
    """The sign-in page. After ten wrong passwords for a name and IP address in five minutes it asks to wait."""

    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if login_throttle.is_paused(request):
            form = self.get_form_class()(request)
            context = self.get_context_data(form=form, paused=True)
            return self.render_to_response(context, status=429)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        login_throttle.note_failure(self.request)
        return super().form_invalid(form)


def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Send the admin's sign-in to the common page, so that guessing is slowed down for the admin as well."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


class NewAccountForm(forms.Form):
    username = forms.CharField(
        max_length=150,
        label="User name",
        validators=[User.username_validator],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text=password_validators_help_text_html(),
    )


class AcceptInvitation(FormView[NewAccountForm]):
    """The page of an invitation's one-time link. Opening the page does not use the link up."""

    template_name = "people/invitation.html"
    form_class = NewAccountForm

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if selectors.open_invitation(self.kwargs["token"]) is None:
            return render(request, "people/invitation_gone.html", status=404)
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: NewAccountForm) -> HttpResponse:
        given = form.cleaned_data
        try:
            account = lifecycle.accept_invitation(
                token=self.kwargs["token"], username=given["username"], password=given["password"]
            )
        except YoumanError as error:
            form.add_error(None, error.detail)
            return self.form_invalid(form)
        login(self.request, account.user)
        return redirect("editor")


def _limits(tier: str) -> str:
    limits = LIMITS[tier]
    month = "no monthly limit" if limits.words_per_month is None else f"{limits.words_per_month:,} words per month"
    return f"{Tier(tier).label}: {month}, {limits.words_per_request:,} words per text"


_TIERS = [(tier, _limits(tier)) for tier in Tier.values]


class InviteForm(forms.Form):
    email = forms.EmailField(label="E-mail")
    tier = forms.ChoiceField(choices=_TIERS, help_text="You can change the tier later in the admin.")


class ForStaff(UserPassesTestMixin, View):
    """A page that only staff with the permission of the request's method may open, as in the admin."""

    permissions: ClassVar[Mapping[str, str]]

    def test_func(self) -> bool:
        method = "GET" if self.request.method in {"HEAD", "OPTIONS"} else str(self.request.method)
        permission = self.permissions.get(method)
        return permission is not None and is_permitted(self.request.user, permission)


class WithdrawInvitation(ForStaff):
    """Withdraws an invitation and returns to the list."""

    permissions = {"POST": "core.delete_invitation"}

    def post(self, request: HttpRequest, invitation_id: int) -> HttpResponse:
        assert request.user.is_authenticated
        try:
            lifecycle.withdraw_invitation(invitation_id=invitation_id, actor=request.user)
        except NotFound as error:
            raise Http404(error.detail) from error
        return redirect("people")


class People(ForStaff):
    """The page where staff invite writers. The link of an invitation is shown once."""

    permissions = {"GET": "core.view_invitation", "POST": "core.add_invitation"}

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, InviteForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = InviteForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=400)
        assert request.user.is_authenticated
        token = lifecycle.invite(email=form.cleaned_data["email"], tier=form.cleaned_data["tier"], actor=request.user)
        link = request.build_absolute_uri(reverse("accept-invitation", args=[token]))
        # Passed on in the session, so that a reload neither shows the link again nor creates another invitation.
        request.session[_MADE] = {"email": form.cleaned_data["email"], "link": link}
        return redirect("people")

    def _page(self, request: HttpRequest, form: InviteForm, status: int = 200) -> HttpResponse:
        rows = selectors.open_invitations().select_related("invited_by")[:100]
        context = {"form": form, "invitations": rows, "made": request.session.pop(_MADE, None)}
        return render(request, "people/people.html", context, status=status)


class ChangePassword(auth.PasswordChangeView):
    success_url = "/account"

    def form_valid(self, form: forms.Form) -> HttpResponse:
        messages.success(self.request, "Your new password has been saved.")
        return super().form_valid(form)  # type: ignore[arg-type]  # the form is Django's own


class ForgottenPassword(auth.PasswordResetView):
    """The page for a forgotten password. It answers the same for known and unknown e-mail addresses.

    It sends no more than ten mails per IP address in five minutes.
    """

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if login_throttle.is_paused(self.request, "reset"):
            return redirect("password_reset_done")
        login_throttle.note_failure(self.request, "reset")
        return super().form_valid(form)  # type: ignore[arg-type]  # the form is Django's own
