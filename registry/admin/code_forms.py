"""Forms for a code of an authenticator app: it lets in once, as long as it is good.

A code is good one step before and after its own, and django-allauth remembers a used one for a
single step; whoever has looked over a shoulder would have the other two (RFC 6238, section 5.2).
"""

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from django.core.cache import cache

GOOD_S = (2 * app_settings.TOTP_TOLERANCE + 1) * app_settings.TOTP_PERIOD


class GivenOnce:
    """Remembers the code of a person for all of its steps."""

    def clean_code(self):
        code = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            digits = "".join(filter(str.isdecimal, code))
            key = f"concord.code.given?person={self.user.pk}&code={digits}"
            if not cache.add(key, "given", timeout=GOOD_S):
                raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(GivenOnce, forms.AuthenticateForm):
    """At the sign-in."""


class ReauthenticateForm(GivenOnce, forms.ReauthenticateForm):
    """Before what matters."""
