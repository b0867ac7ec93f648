"""Requests and decisions on them, what happens to accounts, and emergency stops."""

from registry import permissions
from registry.models import (
    Account,
    AccountEvent,
    GovernanceDecision,
    GovernanceRequest,
    Notice,
    Person,
    Representative,
    Role,
    Stop,
)

from .occurrence import Occurrence

Kind = Notice.Kind
DECIDERS = permissions.DECIDERS - {Role.SYSTEM}
# Who decides what concerns the whole node.
OF_THE_NODE = frozenset({Role.SYSTEM_ADMINISTRATOR})


def asked(rows) -> list[Occurrence]:
    """What somebody asks for."""
    found = list(rows.select_related("registry", "account", "requested_by"))
    named = _named(found)
    return [
        _of_request(
            Kind.REQUEST_ASKED,
            each,
            named,
            key=f"request:{each.pk}",
            at=each.requested_at,
            person=str(each.requested_by),
            reason=each.reason,
        )
        for each in found
    ]


def decided(rows) -> list[Occurrence]:
    """Each decision on a request, also one that others have to follow."""
    joined = [f"request__{name}" for name in ("registry", "account", "requested_by")]
    found = list(rows.select_related("person", *joined))
    named = _named([each.request for each in found])
    return [
        _of_request(
            Kind.REQUEST_APPROVED if each.approved else Kind.REQUEST_REJECTED,
            each.request,
            named,
            key=f"decision:{each.pk}",
            at=each.at,
            person=str(each.person),
            reason=each.reason,
        )
        for each in found
    ]


def happened(rows) -> list[Occurrence]:
    """What happens to an account; whoever it names is told as well."""
    found = list(rows.select_related("account", "person"))
    usernames = {each.data.get("person", "") for each in found}
    ids = dict(Person.objects.filter(username__in=usernames).values_list("username", "pk"))
    return [
        Occurrence(
            Kind.ACCOUNT_EVENT,
            key=f"account-event:{each.pk}",
            subject=f"account:{each.account.number}",
            at=each.at,
            data=_filled(
                account_event=each.kind,
                account=each.account.number,
                about=each.data.get("person"),
                right=each.data.get("right"),
                person=str(each.person),
                reason=each.reason,
            ),
            accounts=frozenset({each.account_id}),
            roles=DECIDERS,
            registry_id=each.account.registry_id,
            persons=frozenset({ids[each.data["person"]]} if each.data.get("person") in ids else ()),
        )
        for each in found
    ]


def stopped(rows) -> list[Occurrence]:
    """Stops of a registry, a unit type or a subject; of an account, its own events tell."""
    found = rows.filter(account__isnull=True)
    return [
        Occurrence(
            Kind.STOP_PLACED,
            key=f"stop:{each.pk}",
            subject=f"stop:{each.pk}",
            at=each.placed_at,
            data=_filled(
                registry=each.registry.code,
                stopped=each.subject or (each.unit_type and each.unit_type.code),
                person=str(each.placed_by),
                reason=each.reason,
            ),
            accounts=_accounts_of(each.registry_id),
            roles=DECIDERS,
            registry_id=each.registry_id,
        )
        for each in found.select_related("registry", "unit_type", "placed_by")
    ]


def _of_request(kind, request, named, *, key, at, **data):
    persons = {request.requested_by_id}
    if request.kind == GovernanceRequest.Kind.RECOVERY:
        persons |= {named[request.payload["person"]]}
    about = request.payload.get("person")
    return Occurrence(
        kind,
        key=key,
        subject=f"request:{request.pk}",
        at=at,
        data=_filled(
            request=str(request.pk),
            request_kind=request.kind,
            registry=request.registry and request.registry.code,
            account=request.account and request.account.number,
            about=about if isinstance(about, str) else None,
            **data,
        ),
        accounts=frozenset({request.account_id} if request.account_id else ()),
        roles=OF_THE_NODE if request.registry_id is None else DECIDERS,
        registry_id=request.registry_id,
        persons=frozenset(persons),
    )


def _named(requests):
    """username -> id, of those whose sign-in is to be recovered."""
    usernames = [
        each.payload["person"] for each in requests if each.kind == GovernanceRequest.Kind.RECOVERY
    ]
    if not usernames:
        return {}
    return dict(Person.objects.filter(username__in=usernames).values_list("username", "pk"))


def _accounts_of(registry_id):
    """The accounts of a registry that somebody represents now."""
    rows = Representative.objects.current().filter(account__registry=registry_id)
    rows = rows.exclude(account__status=Account.Status.CLOSED)
    return frozenset(rows.values_list("account_id", flat=True))


def _filled(**data):
    return {name: value for name, value in data.items() if value}


SOURCES = {
    "requests": (GovernanceRequest, asked),
    "decisions": (GovernanceDecision, decided),
    "account-events": (AccountEvent, happened),
    "stops": (Stop, stopped),
}
