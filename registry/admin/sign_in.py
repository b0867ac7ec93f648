"""How django-allauth signs people in here: nobody signs up, and a second factor is for keeps."""

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone

from registry.api.requests import origin_of
from registry.models import SecurityEvent
from registry.services import security_events

from . import second_factor


class PasswordBackend(AuthenticationBackend):
    """A one-time password is none any more when its time is over."""

    def _check_password(self, user, password):
        found = super()._check_password(user, password)
        until = found and found.password_valid_until
        return None if until and until <= timezone.now() else found


class AccountAdapter(DefaultAccountAdapter):
    """Persons are added by services; whoever has a second factor confirms by it."""

    def is_open_for_signup(self, request):
        return False

    def get_reauthentication_methods(self, user):
        """A password alone confirms nothing for a person who has a second factor."""
        methods = super().get_reauthentication_methods(user)
        stronger = [method for method in methods if method["id"] != "reauthenticate"]
        return stronger or methods

    def reauthenticate(self, user, password):
        return not second_factor.is_enrolled(user) and super().reauthenticate(user, password)


class SecondFactors(DefaultMFAAdapter):
    """Secrets of apps are encrypted in the database; the last factor stays."""

    def get_totp_issuer(self):
        return f"Concord {self._get_site_name()}"

    def encrypt(self, text):
        return _ciphers().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return _ciphers().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator):
        others = Authenticator.objects.filter(
            user=authenticator.user_id, type__in=second_factor.KINDS
        )
        return others.exclude(pk=authenticator.pk).exists()


@receiver(authenticator_added)
def count_enrolment(request, user, authenticator, **kwargs):
    """Whoever enrols a factor has just proved to have it, and need not give it once more."""
    if authenticator.type in second_factor.KINDS:
        record_authentication(
            request,
            user,
            "mfa",
            id=authenticator.pk,
            type=authenticator.type,
            reauthenticated=True,
        )


@receiver(authenticator_added)
def record_addition(request, user, authenticator, **kwargs):
    made = authenticator.type == Authenticator.Type.RECOVERY_CODES
    _record(request, user, _EVENT.CODES_MADE if made else _EVENT.FACTOR_ADDED, authenticator)


@receiver(authenticator_reset)
def record_codes(request, user, authenticator, **kwargs):
    _record(request, user, _EVENT.CODES_MADE, authenticator)


@receiver(authenticator_removed)
def record_removal(request, user, authenticator, **kwargs):
    _record(request, user, _EVENT.FACTOR_REMOVED, authenticator)


@receiver(user_logged_in)
def record_sign_in(request, user, **kwargs):
    """Keeps from where a person has signed in, so that another place is noticed."""
    address = origin_of(request) if request is not None else ""
    if address:
        security_events.record_sign_in(person_id=user.pk, address=address, at=timezone.now())


_EVENT = SecurityEvent.Kind


def _record(request, user, kind, authenticator):
    security_events.record(
        person_id=user.pk, kind=kind, address=origin_of(request), factor=authenticator.type
    )


def _ciphers():
    """The cipher under SECRET_KEY, and those under earlier ones, which only decrypt."""
    return MultiFernet(
        [_cipher(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _cipher(secret):
    derived = HKDF(SHA256(), 32, salt=None, info=b"concord second factors").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
