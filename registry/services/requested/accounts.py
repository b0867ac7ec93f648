"""Accounts: their opening, change, status, closing and handing over, and mergers of holders."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from registry import permissions, posting
from registry.errors import Failure
from registry.models import (
    Account,
    AccountClass,
    AccountEvent,
    AccountHolder,
    HolderSuccession,
)
from registry.services.account_events import record
from registry.services.accounts import NewAccount, form_failures, open_accounts
from registry.services.representatives import (
    Appointment,
    appoint,
    closed,
)

from .kind import Asked, Kind

Status = Account.Status
# Statuses that are set by what is asked and decided otherwise.
OTHERWISE = (Status.CLOSED, Status.CLOSURE_PENDING, Status.TRANSFER_PENDING)
WHOLE = re.compile(r"-?[0-9]{1,40}")
SETTABLE = tuple(status for status in Status.values if status not in OTHERWISE)


@dataclass(frozen=True)
class Named:
    """The rows that openings name, read once however many there are."""

    holders: dict
    merged: frozenset
    classes: dict


def named(registry, payloads) -> Named:
    """What the payloads of openings name: holders by code, classes by code and kind."""
    holders = _holders({payload["holder"] for payload in payloads if payload.get("holder")})
    codes = {payload["account_class"] for payload in payloads if payload.get("account_class")}
    classes = AccountClass.objects.filter(registry=registry, code__in=codes) if codes else ()
    return Named(holders, _successions(holders), {(row.code, row.kind): row for row in classes})


def new_account(payload, found: Named) -> tuple[NewAccount, list[Failure]]:
    """What a payload opens, and what it names that does not exist."""
    failures = []
    holder = _holder(payload.get("holder"), failures, found)
    account_class = None
    if payload.get("account_class"):
        account_class = found.classes.get((payload["account_class"], payload["kind"]))
        if account_class is None:
            failures.append(
                Failure(
                    "UNKNOWN_ACCOUNT_CLASS",
                    _("The registry has no such class for accounts of this kind."),
                    _("See the account classes of the registry."),
                    data={"account_class": payload["account_class"]},
                )
            )
    new = NewAccount(
        kind=payload["kind"],
        name=payload["name"],
        holder_id=holder and holder.pk,
        holding_limit=_units(payload.get("holding_limit")),
        account_class_id=account_class and account_class.pk,
    )
    return new, failures


def _units(text):
    """A number of units, or the text as it is where it is none: that is told by its form."""
    return int(text) if text is not None and WHOLE.fullmatch(str(text)) else text


def _opening_failures(asked: Asked):
    new, unknown = _new_account(asked)
    yield from unknown
    yield from form_failures(asked.registry, [new])


def _open(asked: Asked):
    new, _unknown = _new_account(asked)
    (opened,) = open_accounts(
        actor=asked.actor, registry_id=asked.registry.pk, accounts=[new], at=asked.at
    )
    _record(asked, AccountEvent.Kind.OPENED, account=opened)
    for given in asked.payload.get("representatives", ()):
        appoint(
            actor=asked.actor,
            new=Appointment(opened, given["person"], given["right"]),
            at=asked.at,
            reason=asked.reason,
        )


def _new_account(asked):
    return new_account(asked.payload, named(asked.registry, [asked.payload]))


def _holders(codes):
    rows = AccountHolder.objects.filter(code__in=codes) if codes else ()
    return {holder.code: holder for holder in rows}


def _successions(holders):
    rows = HolderSuccession.objects.filter(predecessor__in=holders.values())
    return frozenset(rows.values_list("predecessor_id", flat=True) if holders else ())


def _holder(code, failures, found=None):
    if code is None:
        return None
    if found is None:
        holders = _holders({code})
        found = Named(holders, _successions(holders), {})
    holder = found.holders.get(code)
    if holder is None:
        failures.append(
            Failure(
                "UNKNOWN_ENTITY",
                _("There is no such account holder."),
                _("Name the entity in whose name the account is kept."),
                data={"entity": code},
            )
        )
    elif holder.pk in found.merged:
        failures.append(_merged(holder))
    return holder


def _merged(holder):
    return Failure(
        "HOLDER_HAS_A_SUCCESSOR",
        _("This account holder was merged into another one."),
        _("Name the successor."),
        data={"entity": holder.code},
    )


def _same(holder):
    return Failure(
        "HOLDER_IS_THE_SAME",
        _("The account is held by this holder already."),
        _("Name the holder who takes it over."),
        data={"entity": holder.code},
    )


def _open_failures(asked: Asked):
    """What every request about an account asks: that it is not closed."""
    if asked.account.status == Status.CLOSED:
        yield closed()


def _change(asked: Asked):
    changes = {name: asked.payload[name] for name in ("name",) if name in asked.payload}
    if "holding_limit" in asked.payload:
        limit = asked.payload["holding_limit"]
        changes["holding_limit"] = None if limit is None else int(limit)
    before = {name: getattr(asked.account, name) for name in changes}
    Account.objects.filter(pk=asked.account.pk).update(**changes)
    _record(asked, AccountEvent.Kind.CHANGED, before=_texts(before), after=_texts(changes))


def _status_failures(asked: Asked):
    yield from _open_failures(asked)
    if asked.payload["status"] == asked.account.status:
        yield Failure(
            "STATUS_IS_SET",
            _("The account has this status already."),
            _("Ask for another status."),
            data={"status": asked.account.status},
        )
    if asked.account.stops.filter(lifted_at__isnull=True).exists():
        yield Failure(
            "ACCOUNT_STOPPED",
            _("An emergency stop of the account stands."),
            _("Ask for the stop to be lifted: a quorum decides that."),
            data={"account": asked.account.number},
        )


def _set_status(asked: Asked):
    set_status(asked, asked.payload["status"])


def set_status(asked: Asked, status, kind=AccountEvent.Kind.STATUS_CHANGED, **changes):
    """Gives an account a status, and records from which.   Raises: RuleViolated."""
    with posting.explained():
        Account.objects.filter(pk=asked.account.pk).update(status=status, **changes)
    _record(asked, kind, before=asked.account.status, after=status)


def _close(asked: Asked):
    set_status(asked, Status.CLOSED, closed_at=asked.at)


def _handover_failures(asked: Asked):
    yield from _open_failures(asked)
    failures = []
    holder = _holder(asked.payload["holder"], failures)
    yield from failures
    if holder is not None and holder.pk == asked.account.holder_id:
        yield _same(holder)


def _hand_over(asked: Asked):
    """Another holder takes over: the representatives of the one before end with it."""
    holder = AccountHolder.objects.get(code=asked.payload["holder"])
    before = asked.account.holder
    _give(asked, asked.account, holder)
    _record(
        asked,
        AccountEvent.Kind.HANDED_OVER,
        before=before and before.code,
        after=holder.code,
    )


def _give(asked, account, holder):
    status = Status.OPEN if account.status == Status.TRANSFER_PENDING else account.status
    with posting.explained():
        Account.objects.filter(pk=account.pk).update(holder=holder, status=status)
    current = account.representatives.current()
    for representative in current.select_related("person"):
        record(
            actor=asked.actor,
            account_id=account.pk,
            kind=AccountEvent.Kind.REPRESENTATIVE_ENDED,
            at=asked.at,
            reason=asked.reason,
            person=representative.person.username,
            right=representative.right,
        )
    current.update(valid_to=asked.at)


def _merger_failures(asked: Asked):
    failures = []
    predecessor = _holder(asked.payload["predecessor"], failures)
    successor = _holder(asked.payload["successor"], failures)
    yield from failures
    if predecessor is not None and predecessor == successor:
        yield _same(predecessor)
    elif predecessor is not None:
        elsewhere = predecessor.accounts.exclude(status=Status.CLOSED).exclude(
            registry=asked.registry
        )
        if elsewhere.exists():
            yield Failure(
                "HOLDER_HAS_ACCOUNTS_ELSEWHERE",
                _("The account holder has accounts in other registries as well."),
                _("Have these handed over in their registries first."),
                data={"entity": predecessor.code},
            )


def _merge(asked: Asked):
    """All open accounts of one holder become another one's; their representatives stay."""
    predecessor = AccountHolder.objects.get(code=asked.payload["predecessor"])
    successor = AccountHolder.objects.get(code=asked.payload["successor"])
    with posting.explained():
        HolderSuccession.objects.create(
            predecessor=predecessor, successor=successor, request=asked.request, at=asked.at
        )
        for account in predecessor.accounts.exclude(status=Status.CLOSED).order_by("pk"):
            Account.objects.filter(pk=account.pk).update(holder=successor)
            _record(
                asked,
                AccountEvent.Kind.HANDED_OVER,
                account=account,
                before=predecessor.code,
                after=successor.code,
            )


def _record(asked, kind, *, account=None, **data):
    """Keeps what happened to an account: the one asked about, or another."""
    record(
        actor=asked.actor,
        account_id=(account or asked.account).pk,
        kind=kind,
        at=asked.at,
        reason=asked.reason,
        request=str(asked.request.pk) if asked.request else None,
        **data,
    )


def _texts(values):
    return {name: None if value is None else str(value) for name, value in values.items()}


OPENING = Kind(_opening_failures, _open, about_account=False)
CHANGE = Kind(_open_failures, _change, rights=permissions.INITIATE)
STATUS = Kind(_status_failures, _set_status)
CLOSURE = Kind(_open_failures, _close, rights=permissions.INITIATE, pending=Status.CLOSURE_PENDING)
HANDOVER = Kind(_handover_failures, _hand_over, pending=Status.TRANSFER_PENDING)
MERGER = Kind(_merger_failures, _merge, about_account=False)
