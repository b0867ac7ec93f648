"""What a request would change: what is so now, and what it will be, for whoever decides."""

from dataclasses import dataclass

from django.conf import settings
from django.template.defaultfilters import yesno
from django.utils.translation import gettext_lazy as _

from registry.models import (
    Account,
    AccountHolder,
    GovernanceRequest,
    Person,
    Representative,
    Right,
    Role,
    Stop,
)

from . import trusted

Kind = GovernanceRequest.Kind
NAMED = {
    "kind": _("kind"),
    "name": _("name"),
    "holder": _("account holder"),
    "account_class": _("account class"),
    "holding_limit": _("holding limit (units)"),
}
WORDS = {
    **NAMED,
    "account": _("trusted account"),
    "active": _("acts again"),
    "display_name": _("display name"),
    "email": _("mail address"),
    "give": _("roles to give"),
    "language": _("language"),
    "note": _("note"),
    "person": _("person"),
    "predecessor": _("predecessor"),
    "representative": _("representative"),
    "representatives": _("representatives"),
    "right": _("right"),
    "roles": _("roles"),
    "status": _("status"),
    "status_before": _("status before"),
    "stop": _("stop"),
    "successor": _("successor"),
    "take": _("roles to take back"),
    "upload": _("upload"),
}
SHOWN = 50


@dataclass(frozen=True)
class Change:
    """One thing that changes: its name, its lines before, its lines afterwards."""

    name: str
    before: tuple = ()
    after: tuple = ()


def changes(kind, account, payload) -> list[Change]:
    """The changes of a request of a kind, as of now. What it names may not exist any more."""
    told = _TOLD.get(kind)
    if told is None:
        return [Change(name, (), (str(value),)) for name, value in payload.items()]
    return list(told(account, payload))


def asked_for(payload) -> list:
    """What a request has asked for, as (name, value) in words; for those that are decided."""
    return [
        (WORDS.get(name, name), str(VALUES.get(name, str)(value)))
        for name, value in payload.items()
        if value is not None and value != []
    ]


def _opening(_account, payload):
    for name, label in NAMED.items():
        if payload.get(name) is not None:
            yield Change(label, (), (_value(name, payload[name]),))
    people = tuple(_appointed(each) for each in payload.get("representatives", ()))
    if people:
        yield Change(_("representatives"), (), people)


def _change(account, payload):
    for name in ("name", "holding_limit"):
        if name in payload:
            before = getattr(account, name)
            yield Change(
                NAMED[name],
                () if before is None else (_value(name, before),),
                () if payload[name] is None else (_value(name, payload[name]),),
            )


def _status(account, payload):
    yield _of_status(account, payload, payload["status"])


def _closure(account, payload):
    yield _of_status(account, payload, Account.Status.CLOSED)


def _of_status(account, payload, after):
    before = payload.get("status_before", account.status)
    return Change(_("status"), (Account.Status(before).label,), (Account.Status(after).label,))


def _handover(account, payload):
    before = () if account.holder is None else (_holder_words(account.holder),)
    yield Change(NAMED["holder"], before, (_holder(payload["holder"]),))
    yield Change(_("representatives"), _representatives(account), ())


def _merger(_account, payload):
    before, after = _holder(payload["predecessor"]), _holder(payload["successor"])
    rows = Account.objects.filter(holder__code=payload["predecessor"])
    rows = rows.exclude(status=Account.Status.CLOSED).order_by("pk")[:SHOWN]
    for account in rows:
        yield Change(f"{account.number} {account.name}", (before,), (after,))
    if not rows:
        yield Change(NAMED["holder"], (before,), (after,))


def _appointment(account, payload):
    before = _representatives(account)
    yield Change(_("representatives"), before, (*before, _appointed(payload)))


def _restoration(account, payload):
    rows = Representative.objects.filter(account=account, pk=payload["representative"])
    for row in rows.select_related("person"):
        words = f"{row.person} · {row.get_right_display()}"
        suspended = _("%(representative)s (suspended)") % {"representative": words}
        yield Change(_("representatives"), (suspended,), (words,))


def _trusted(account, payload):
    listed = trusted.of_account(account)[:SHOWN]
    before = tuple(f"{entry.trusted.number} {entry.trusted.name}" for entry in listed)
    added = Account.objects.filter(number=payload["account"]).first()
    words = f"{added.number} {added.name}" if added else payload["account"]
    yield Change(_("trusted account list"), before, (*before, words))


def _lifting(_account, payload):
    rows = Stop.objects.filter(pk=payload["stop"])
    for stop in rows.select_related("registry", "account", "unit_type"):
        what = stop.account or stop.unit_type or stop.subject or stop.registry
        yield Change(_("stop of %(what)s") % {"what": what}, (stop.reason,), (_("lifted"),))


_TOLD = {
    Kind.ACCOUNT_OPENING: _opening,
    Kind.ACCOUNT_CHANGE: _change,
    Kind.ACCOUNT_STATUS: _status,
    Kind.ACCOUNT_CLOSURE: _closure,
    Kind.ACCOUNT_HANDOVER: _handover,
    Kind.HOLDER_MERGER: _merger,
    Kind.REPRESENTATIVE: _appointment,
    Kind.RESTORATION: _restoration,
    Kind.TRUSTED_ACCOUNT: _trusted,
    Kind.STOP_LIFTING: _lifting,
}


def _value(name, value):
    if name == "kind":
        return Account.Kind(value).label
    if name == "holder":
        return _holder(value)
    if name == "holding_limit":
        return f"{int(value):,}"
    return str(value)


def _holder(code):
    found = AccountHolder.objects.filter(code=code).first()
    return _holder_words(found) if found else code


def _holder_words(holder):
    return f"{holder.code} {holder.name}"


def _representatives(account):
    rows = Representative.objects.current().filter(account=account).select_related("person")
    return tuple(f"{row.person} · {row.get_right_display()}" for row in rows.order_by("pk")[:SHOWN])


def _appointed(given):
    person = Person.objects.filter(username=given["person"]).first()
    return f"{person or given['person']} · {Right(given['right']).label}"


def _roles(given):
    return ", ".join(
        " · ".join(filter(None, (str(Role(each["role"]).label), each.get("registry"))))
        for each in given
    )


def _person(username):
    found = Person.objects.filter(username=username).first()
    return f"{found} ({username})" if found else username


def _representative(number):
    found = Representative.objects.filter(pk=number).select_related("person").first()
    return f"{found.person} · {found.get_right_display()}" if found else number


def _stopped(number):
    found = Stop.objects.filter(pk=number).first()
    return f"#{number} {found.reason}" if found else number


# How the values of a payload are said; the others are said as they stand.
VALUES = {
    "active": lambda value: yesno(value == "true"),
    "give": _roles,
    "holder": _holder,
    "holding_limit": lambda value: _value("holding_limit", value),
    "kind": lambda value: _value("kind", value),
    "language": lambda code: dict(settings.LANGUAGES).get(code, code),
    "person": _person,
    "predecessor": _holder,
    "representative": _representative,
    "representatives": lambda given: ", ".join(map(_appointed, given)),
    "right": lambda value: Right(value).label,
    "roles": _roles,
    "status": lambda value: Account.Status(value).label,
    "status_before": lambda value: Account.Status(value).label,
    "stop": _stopped,
    "successor": _holder,
    "take": _roles,
}
