"""Signing what a command has loaded, so that it is signed before any other process runs."""

from django.utils import timezone
from django.utils.translation import gettext as _

from registry.errors import KeyUnavailable
from registry.management.problems import told
from registry.services.sign_issuances import sign_all
from registry.services.signing_keys import ensure_keys


def sign_loaded(command) -> None:
    """Makes the keys that are missing and signs; what a node without keys can not do is told.

    What was loaded is loaded all the same: the sequencer's process signs it once it can.
    """
    try:
        ensure_keys(at=timezone.now())
        signed = sign_all(timezone.now)
    except KeyUnavailable as error:
        command.stderr.write(told(error))
        return
    if signed:
        command.stdout.write(_("Issuances signed: %(count)s.") % {"count": f"{signed:,}"})
