"""Requests as an actor may read them: those of their registries and accounts, and their own."""

from django.db.models import Case, OuterRef, Prefetch, Q, Subquery, TextField, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from registry import permissions
from registry.errors import Failure, NotFound
from registry.models import (
    AccountEvent,
    GovernanceDecision,
    GovernanceDocument,
    GovernanceRequest,
    Role,
)


def visible(actor):
    """Requests, the newest first, each with its decisions and documents, and `opened_account`.

    Raises: NotPermitted (NO_ACTOR).
    """
    rows = GovernanceRequest.objects.select_related("registry", "account", "requested_by")
    rows = rows.prefetch_related(
        Prefetch("decisions", GovernanceDecision.objects.select_related("person").order_by("pk")),
        Prefetch(
            "documents",
            GovernanceDocument.objects.select_related("added_by").defer("content").order_by("pk"),
        ),
    ).order_by("-pk")
    rows = rows.annotate(opened_account=_opened_account())
    registries = permissions.readable_registries(actor)
    if registries is None:
        return rows
    own = Q(requested_by_id=actor.person_id) | Q(account__in=permissions.represented(actor))
    if Role.SYSTEM_ADMINISTRATOR in actor.roles_in(None):
        # What concerns the whole node.
        own |= Q(registry__isnull=True)
    return rows.filter(Q(registry__in=registries) | own)


def _opened_account():
    """The number of the account that a request for an opening has opened, or None."""
    events = AccountEvent.objects.annotate(request=KT("data__request")).filter(
        kind=AccountEvent.Kind.OPENED, request=Cast(OuterRef("pk"), TextField())
    )
    opening = When(
        kind=GovernanceRequest.Kind.ACCOUNT_OPENING,
        then=Subquery(events.values("account__number")[:1]),
    )
    return Case(opening, output_field=TextField())


def to_decide(actor):
    """Requests that wait for others than who asked, in registries where the actor decides, and of
    which the actor has not said anything yet; the oldest first.

    Raises: NotPermitted (NO_ACTOR).
    """
    permissions.require_actor(actor)
    rows = GovernanceRequest.objects.select_related("registry", "account", "requested_by")
    rows = rows.filter(status=GovernanceRequest.Status.WAITING)
    if not actor.roles.get(None, frozenset()) & permissions.DECIDERS:
        deciding = [
            registry for registry, roles in actor.roles.items() if roles & permissions.DECIDERS
        ]
        rows = rows.filter(registry__in=deciding)
    rows = rows.exclude(requested_by=actor.person_id).exclude(decisions__person=actor.person_id)
    return rows.order_by("pk")


def find(actor, number) -> GovernanceRequest:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_REQUEST)."""
    found = visible(actor).filter(pk=number).first()
    if found is None:
        raise unknown(number)
    return found


def unknown(number) -> NotFound:
    """The error of a request that is not there, or is none of what is asked for."""
    return NotFound(
        Failure(
            "UNKNOWN_REQUEST",
            _("There is no such request."),
            _("See the list of requests."),
            data={"request": str(number)},
        )
    )


def document(actor, request_number, number) -> GovernanceDocument:
    """A document of a request, with its content.

    Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_REQUEST, UNKNOWN_DOCUMENT).
    """
    request = find(actor, request_number)
    found = GovernanceDocument.objects.filter(request=request, pk=number).first()
    if found is None:
        raise NotFound(
            Failure(
                "UNKNOWN_DOCUMENT",
                _("The request has no such document."),
                _("See the documents of the request."),
                data={"document": str(number)},
            )
        )
    return found
