"""Pages for people. Thin: forms in, services called, a page out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.mixins import UserPassesTestMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View
from django.views.generic import FormView

from youman import throttle
from youman.core import selectors, services
from youman.core.errors import YoumanError
from youman.core.tiers import Tier


class SignIn(auth.LoginView):
    """Ten wrong passwords a name and address in five minutes, then a pause."""

    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if throttle.is_paused(request):
            form = self.get_form_class()(request)
            context = self.get_context_data(form=form, paused=True)
            return self.render_to_response(context, status=429)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        throttle.note_failure(self.request)
        return super().form_invalid(form)


class AdminSignIn(SignIn):
    """The same pause at the admin's door; who is signed in but no staff gets the form, not a circle."""

    redirect_authenticated_user = False
    next_page = "/admin/"


class NewAccountForm(forms.Form):
    username = forms.CharField(max_length=150, label="User name")
    password = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False)


if TYPE_CHECKING:
    _FormPage = FormView[NewAccountForm]
else:
    _FormPage = FormView  # generic for the type checker only


class AcceptInvitation(_FormPage):
    """The one-time link: looking at it does not use it up."""

    template_name = "people/invitation.html"
    form_class = NewAccountForm

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if selectors.open_invitation(self.kwargs["token"]) is None:
            return render(request, "people/invitation_gone.html", status=404)
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: NewAccountForm) -> HttpResponse:
        given = form.cleaned_data
        try:
            account = services.accept_invitation(
                token=self.kwargs["token"], username=given["username"], password=given["password"]
            )
        except YoumanError as error:
            form.add_error(None, error.detail)
            return self.form_invalid(form)
        login(self.request, account.user)
        return redirect("editor")


class InviteForm(forms.Form):
    email = forms.EmailField(label="E-mail")
    tier = forms.ChoiceField(choices=Tier.choices)


class People(UserPassesTestMixin, View):
    """Staff invite writers; the link is shown once."""

    raise_exception = False

    def test_func(self) -> bool:
        return bool(self.request.user.is_staff)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, InviteForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = InviteForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=400)
        assert request.user.is_authenticated
        token = services.invite(email=form.cleaned_data["email"], tier=form.cleaned_data["tier"], actor=request.user)
        link = request.build_absolute_uri(reverse("accept-invitation", args=[token]))
        messages.success(request, f"Send this link to {form.cleaned_data['email']}; it is shown once: {link}")
        return redirect("people")

    def _page(self, request: HttpRequest, form: InviteForm, status: int = 200) -> HttpResponse:
        rows = selectors.open_invitations().select_related("invited_by")[:100]
        return render(request, "people/people.html", {"form": form, "invitations": rows}, status=status)


class ForgottenPassword(auth.PasswordResetView):
    """The same answer for a known and an unknown address; at most ten mails an address of the net in five minutes."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if throttle.is_paused(self.request, "reset"):
            return redirect("password_reset_done")
        throttle.note_failure(self.request, "reset")
        return super().form_valid(form)  # type: ignore[arg-type]  # the form is Django's own
