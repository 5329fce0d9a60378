"""Pages for signing in, invitations and passwords. Views only read a form, call a function and render a page."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, ClassVar  # Any: the signatures of Django's forms

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.contrib.auth.mixins import UserPassesTestMixin
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse, reverse_lazy
from django.views import View
from django.views.generic import FormView

from youman.core import selectors
from youman.core.accounts import attempts, lifecycle
from youman.core.accounts.access import is_permitted
from youman.core.errors import NotFound, RateLimited, YoumanError
from youman.core.http.client_address import client_network
from youman.core.http.site import absolute_url
from youman.core.models.tiers import LIMITS, Tier
from youman.people.devices import known_device, remember_device

_MADE = "made invitation"
_MOST_MAILS_BY_CLIENT = 10
_MOST_MAILS_BY_ADDRESS = 3


class SignInForm(AuthenticationForm):
    """Bounds the guessing of passwords by the user name as it is looked up, after the field has normalised it."""

    def clean(self) -> dict[str, Any]:
        """Check the password. Raises RateLimited without checking it if there have been too many wrong ones."""
        username, request = self.cleaned_data.get("username"), self.request
        if not username or not self.cleaned_data.get("password"):
            return super().clean()
        assert request is not None
        device = known_device(request, username)
        if device is None:
            bounds = attempts.sign_in_bounds(username=username, network=client_network(request))
        else:
            bounds = [attempts.device_bound(device)]
        attempts.reserve(*bounds)
        cleaned = super().clean()
        attempts.give_back(*bounds)
        return cleaned


class SignIn(auth.LoginView):
    """The sign-in page. After too many wrong passwords (`attempts`) it asks to wait."""

    redirect_authenticated_user = True
    form_class = SignInForm

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except RateLimited as error:
            context = self.get_context_data(form=self.form_class(request), paused=True)
            return self.render_to_response(context, status=error.status, headers=_retry_after(error))

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        remember_device(response, form.get_user())
        return response


def _retry_after(error: RateLimited) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after_s)}


def _wait_page(request: HttpRequest, error: RateLimited) -> HttpResponse:
    response = render(request, "429.html", {"detail": error.detail}, status=error.status)
    response["Retry-After"] = str(error.retry_after_s)
    return response


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

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if selectors.open_invitation(self.kwargs["token"]) is not None:
            return super().dispatch(request, *args, **kwargs)
        try:
            attempts.reserve(attempts.token_bound(client_network(request)))
        except RateLimited as error:
            return _wait_page(request, error)
        return render(request, "people/invitation_gone.html", status=404)

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
        response = redirect("editor")
        remember_device(response, account.user)
        return response


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
        link = absolute_url(request, reverse("accept-invitation", args=[token]))
        # Passed on in the session, so that a reload neither shows the link again nor creates another invitation.
        request.session[_MADE] = {"email": form.cleaned_data["email"], "link": link}
        return redirect("people")

    def _page(self, request: HttpRequest, form: InviteForm, status: int = 200) -> HttpResponse:
        rows = selectors.open_invitations().select_related("invited_by")[:100]
        context = {"form": form, "invitations": rows, "made": request.session.pop(_MADE, None)}
        return render(request, "people/people.html", context, status=status)


class ChangePasswordForm(PasswordChangeForm):
    """Asks for the present password, with the same bound on guessing as everywhere else."""

    def clean_old_password(self) -> str:
        """Return the present password. Raises RateLimited, and ValidationError for a wrong one."""
        given: str = self.cleaned_data["old_password"]
        assert isinstance(self.user, User)
        if not attempts.verify_password(self.user, given):
            raise forms.ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return given


class ChangePassword(auth.PasswordChangeView):
    form_class = ChangePasswordForm
    success_url = reverse_lazy("account-page")

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return super().post(request, *args, **kwargs)
        except RateLimited as error:
            return _wait_page(request, error)

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:  # type: ignore[override]  # Django's stubs name the base form
        messages.success(self.request, "Your new password has been saved.")
        response = super().form_valid(form)
        assert isinstance(form.user, User)
        remember_device(response, form.user)  # the cookie of the old password is no longer valid
        return response


class ForgottenPassword(auth.PasswordResetView):
    """The page for a forgotten password. It answers the same for known and unknown e-mail addresses.

    Within five minutes it sends up to ten mails for a client and three to an e-mail address.
    """

    def form_valid(self, form: forms.Form) -> HttpResponse:
        email = unicodedata.normalize("NFKC", form.cleaned_data["email"]).casefold()  # as Django compares addresses
        bounds = (
            attempts.Bound("mail-client", client_network(self.request), _MOST_MAILS_BY_CLIENT),
            attempts.Bound("mail-address", email, _MOST_MAILS_BY_ADDRESS),
        )
        try:
            attempts.reserve(*bounds)
        except RateLimited:
            return redirect("password_reset_done")
        self.extra_email_context = {"origin": absolute_url(self.request, "")}
        return super().form_valid(form)  # type: ignore[arg-type]  # the form is Django's own


class NewPassword(auth.PasswordResetConfirmView):
    """The page of a reset link. It makes the browser known, since its owner reads the account's mail."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if isinstance(response, TemplateResponse) and not self.validlink:
            try:
                attempts.reserve(attempts.token_bound(client_network(request)))
            except RateLimited as error:
                return _wait_page(request, error)
        return response

    def form_valid(self, form: SetPasswordForm[Any]) -> HttpResponse:
        response = super().form_valid(form)
        assert isinstance(self.user, User)
        remember_device(response, self.user)
        return response
