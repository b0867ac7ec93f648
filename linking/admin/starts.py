"""Where the wizards of links begin: links on the home page."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from . import builder, sending


def of_home(actor):
    """(name, address) of what the actor may begin."""
    found = []
    if sending.may_send(actor):
        found.append((_("Send units over a link"), reverse("admin:linking_transfer_send")))
    if builder.may_begin(actor):
        found.append((_("Agree on a link"), reverse("admin:linking_agreement_changelist")))
    return found
