"""Suspend, resume and end edges: by their acceptors, at one instant, with their partners."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from linking import permissions
from linking.edges.edge import read
from linking.errors import failure
from linking.lifecycle.in_flight import effective
from linking.lifecycle.states import may_follow
from linking.models import EdgeChange, LinkEdge
from linking.selectors import agreements
from registry import turns
from registry.errors import RuleViolated
from registry.selectors import stops

from .return_in_flight import return_over
from .tell_parties import tell_change


@dataclass(frozen=True)
class Act:
    """What is done to an edge, why, and until when held units stay usable (last day)."""

    state: str
    cause: str = "manual"
    reason: str = ""
    grace_until: date | None = None


OPEN = ("pilot", "active")


def stopped(of, row) -> dict:
    """Where an emergency stop of an edge is placed, and under which name."""
    party = of.parties.get(jurisdiction_id=row.acceptor_id)
    return {"registry_id": party.registry_id, "subject": f"link:{of.code}:{row.edge_id}"}


def suspend(*, actor, agreement, edge_id, act=None, at) -> list[EdgeChange]:
    """Stops an edge from `at` on, and the edge the other way of a reciprocal link with it.

    Raises: NotPermitted, NotFound, RuleViolated (NOT_SUSPENDED).
    """
    return _change(actor, agreement, edge_id, act or Act("suspended"), at)


def resume(*, actor, agreement, edge_id, at, reason="") -> list[EdgeChange]:
    """Opens a suspended edge again, and with it a partner that only followed it.

    Raises: NotPermitted, NotFound, RuleViolated (NOT_SUSPENDED, LINK_STOPPED).
    """
    return _change(actor, agreement, edge_id, Act("active", "manual", reason), at)


@transaction.atomic
def terminate(*, actor, agreement, party, at, reason="", grace_until=None) -> datetime:
    """Withdraws a party's recognition with the notice of its edges; the instant from which it
    holds. All edges that the party accepts end, and reciprocal ones from it.

    Raises: NotPermitted (NOT_A_PARTY), NotFound, RuleViolated (NOT_SUSPENDED).
    """
    of = agreements.agreement(agreement)
    permissions.require_party(actor, of, party)
    own = list(
        LinkEdge.objects.filter(version__agreement=of, version__status="in_force",
                                acceptor__code=party).order_by("id")
    )  # fmt: skip
    if not own:
        raise RuleViolated(failure("NOT_SUSPENDED", agreement=of.code))
    notice = max(read(row.document).suspension.notice_days for row in own)
    ends = effective(at, notice)
    for row in own:
        if state_of(of, row, ends) != "terminated":
            act = Act("terminated", "withdrawal", reason, grace_until)
            _change(actor, agreement, row.edge_id, act, at, since=ends)
    of.versions.filter(status="in_force").update(ends_at=ends)
    return ends


@transaction.atomic
def _change(actor, agreement, edge_id, act, at, *, since=None):
    of = agreements.agreement(agreement)
    row = agreements.edge_in_force(of, edge_id)
    party = permissions.require_party(actor, of, row.acceptor.code)
    made = write_change((of, row, party), actor.person_id, act, since or at)
    tell_change(made[0], at=at)
    return_over(made, at=at)
    return made


def write_change(what, person_id, act, at) -> list[EdgeChange]:
    """The change of an edge, and of the edge the other way with it; `what` is the agreement, the
    edge and the party that accepts it.

    Raises: RuleViolated (NOT_SUSPENDED).
    """
    of, row, party = what
    turns.take(f"linking_agreement_{of.pk}")
    made = [_write(person_id, what, act, at)]
    if row.document["form"] == "reciprocal":
        # Recognition ends on both sides at one instant; the partner's own suspension stays.
        partners = LinkEdge.objects.filter(
            version=row.version, source=row.acceptor, acceptor=row.source
        )
        for partner in partners:
            if _follows(of, partner, act.state, at):
                followed = Act(act.state, "reciprocity", act.reason, act.grace_until)
                made.append(_write(person_id, (of, partner, party), followed, at))
    return made


def _follows(of, partner, state, at):
    """Whether the partner goes along: it is open, or was stopped by reciprocity alone."""
    last = _last(of, partner, at)
    if state in OPEN and stops.stands(**stopped(of, partner)):
        return False
    if last is None or not may_follow(last.state, state):
        return False
    return state in ("suspended", "terminated") or last.cause == "reciprocity"


def _write(person_id, what, act, at):
    of, row, party = what
    before = state_of(of, row, at)
    if not may_follow(before, act.state):
        raise RuleViolated(failure("NOT_SUSPENDED", edge=row.edge_id, state=before))
    if act.state in OPEN and stops.stands(**stopped(of, row)):
        raise RuleViolated(failure("LINK_STOPPED", edge=row.edge_id))
    return EdgeChange.objects.create(
        agreement=of,
        edge_id=row.edge_id,
        at=at,
        state=act.state,
        cause=act.cause,
        grace_until=_grace(row, act, at),
        by=party,
        person_id=person_id,
        reason=act.reason,
    )


def _grace(row, act, at):
    """The last day on which held units are usable: the end of the year, and the edge's grace."""
    if act.state not in ("suspended", "terminated") or act.grace_until is not None:
        return act.grace_until
    return read(row.document).suspension.last_day(date(at.year, 12, 31))


def _last(of, row, at):
    return of.changes.filter(edge_id=row.edge_id, at__lte=at).order_by("-at").first()


def state_of(of, row, at):
    """The state of an edge in force."""
    last = _last(of, row, at)
    return last.state if last else row.document["state"]
