"""What a notice says: made of its kind and its data, in the language of whoever reads it.

Nothing of it is stored, so that a person who changes their language reads all of it in that one.
The data are what the service that wrote the notice has put there, never a secret.
"""

from dataclasses import dataclass

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from .models import (
    AccountEvent,
    GovernanceRequest,
    Notice,
    Right,
    Role,
    SecurityEvent,
    Transaction,
)

Kind = Notice.Kind

TITLES = {
    Kind.TRANSACTION_PROPOSED: _("Transaction #%(transaction)s awaits approval"),
    Kind.TRANSACTION_APPROVED: _("Transaction #%(transaction)s was approved"),
    Kind.TRANSACTION_REJECTED: _("Transaction #%(transaction)s was rejected"),
    Kind.TRANSACTION_DELAYED: _("Transaction #%(transaction)s waits for the end of its delay"),
    Kind.TRANSACTION_COMPLETED: _("Transaction #%(transaction)s was completed"),
    Kind.TRANSACTION_ENDED: _("Transaction #%(transaction)s ended: %(status)s"),
    Kind.PROPOSAL_EXPIRING: _("Transaction #%(transaction)s is about to expire"),
    Kind.DELAY_ENDING: _("The delay of transaction #%(transaction)s is about to end"),
    Kind.REQUEST_ASKED: _("Request #%(request)s: %(request_kind)s"),
    Kind.REQUEST_APPROVED: _("Request #%(request)s was approved: %(request_kind)s"),
    Kind.REQUEST_REJECTED: _("Request #%(request)s was rejected: %(request_kind)s"),
    Kind.ACCOUNT_EVENT: _("Account %(account)s: %(event)s"),
    Kind.STOP_PLACED: _("Emergency stop: %(stopped)s"),
    Kind.SECURITY_EVENT: _("Security of %(username)s: %(event)s"),
}
MOVED = _("%(type)s in %(registry)s, proposed by %(proposer)s.")
BY = _("By %(person)s.")
REASON = _("Reason: %(reason)s")
ON_ACCOUNT = _("Account: %(account)s.")
ABOUT_PERSON = _("Person: %(about)s.")
FROM_ADDRESS = _("From the address %(address)s.")
WITH_ROLE = _("Role: %(role)s.")
WITH_RIGHT = _("Right: %(right)s.")
WITH_KEY = _("Key: %(label)s.")
NOT_YOU = _("If this was not you, tell a system administrator at once.")
EXPIRES = _("It ends without a decision at %(moment)s.")
DUE = _("It is completed at %(moment)s unless somebody stops it before.")


@dataclass(frozen=True)
class Text:
    """One line that says what happened, and what there is to know of it."""

    title: str
    body: str


def text_of(kind, data) -> Text:
    """The text in the language that is active."""
    told = _told(data)
    return Text(str(TITLES[Kind(kind)]) % told, " ".join(_sentences(Kind(kind), data, told)))


def _told(data):
    """The data as they are read: words, numbers and moments in the reader's language."""
    told = {"stopped": data.get("stopped") or data.get("registry", ""), **data}
    if "type" in data:
        told["type"] = _named(data["type"])
    if "status" in data:
        told["status"] = Transaction.Status(data["status"]).label
    if "request_kind" in data:
        told["request_kind"] = GovernanceRequest.Kind(data["request_kind"]).label
    if "account_event" in data:
        told["event"] = AccountEvent.Kind(data["account_event"]).label
    if "security_event" in data:
        told["event"] = SecurityEvent.Kind(data["security_event"]).label
    if "role" in data:
        told["role"] = Role(data["role"]).label
    if "right" in data:
        told["right"] = Right(data["right"]).label
    if "moment" in data:
        told["moment"] = _moment(data["moment"])
    return told


def _sentences(kind, data, told):
    if kind == Kind.SECURITY_EVENT:
        yield from _said(told, ("role", WITH_ROLE), ("label", WITH_KEY), ("address", FROM_ADDRESS))
        yield from _said(told, ("person", BY), ("reason", REASON))
        yield str(NOT_YOU)
        return
    if "type" in data:
        yield str(MOVED) % told
    if data.get("quantity"):
        count = int(data["quantity"])
        text = ngettext("%(units)s unit.", "%(units)s units.", count)
        yield text % {"units": number_format(count, use_l10n=True, force_grouping=True)}
    if data.get("left"):
        text = ngettext(
            "%(left)s more approval is needed.", "%(left)s more approvals are needed.", data["left"]
        )
        yield text % {"left": number_format(data["left"])}
    if kind in (Kind.PROPOSAL_EXPIRING, Kind.TRANSACTION_PROPOSED):
        yield from _said(told, ("moment", EXPIRES))
    if kind in (Kind.DELAY_ENDING, Kind.TRANSACTION_DELAYED):
        yield from _said(told, ("moment", DUE))
    if kind != Kind.ACCOUNT_EVENT:
        yield from _said(told, ("account", ON_ACCOUNT))
    yield from _said(told, ("about", ABOUT_PERSON), ("right", WITH_RIGHT))
    yield from _said(told, ("person", BY), ("reason", REASON))


def _said(told, *sentences):
    """The sentences of what there is to say."""
    return [str(text) % told for name, text in sentences if told.get(name)]


def _named(names):
    """The name in the reader's language; English where that language has none."""
    return names.get(get_language() or "en") or names["en"]


def _moment(text):
    return f"{date_format(parse_datetime(text), 'Y-m-d H:i:s')} UTC"
