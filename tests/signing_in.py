"""Signing in to the administrators' pages as somebody who has just given a second factor."""

import time

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.http import HttpRequest

MINUTE_S = 60


def sign_in(client, person, *, minutes_ago=0):
    """The browser of the person, whose app has shown a code that many minutes ago."""
    client.force_login(person)
    session = client.session
    request = HttpRequest()
    request.session, request.user = session, person
    record_authentication(request, person, "mfa", type="totp", reauthenticated=True)
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - minutes_ago * MINUTE_S
    session.save()
    return client


def enrol(person):
    """Gives the person an app; returns its secret."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def code(secret):
    """What the app shows now: good until the end of the next step."""
    counter = int(time.time()) // app_settings.TOTP_PERIOD
    return format_hotp_value(hotp_value(secret, counter))
