"""Compare what a registry books with a partner with what the partner holds.

Nothing waits for it: both sides answer as of a position, and what is on its way is counted in. A
difference becomes a case, and exactly its serials are frozen.
"""

import logging

from django.db import transaction

from linking.digests.descent import Found, descend
from linking.digests.questions import Malformed
from linking.errors import failure
from linking.models import ReconciliationRun
from linking.selectors import digests, partners, uses
from linking.selectors.peers import peer_of
from registry import permissions, turns
from registry.errors import DomainError, RuleViolated
from registry.models import Position, Registry, Role, UnitType
from registry.services.sequence import sequence_postings

from .ask_partner import There, held_elsewhere
from .keep_digests import keep_digests
from .open_case import open_cases

logger = logging.getLogger(__name__)
RESULT = ReconciliationRun.Result
# Ranges that one run keeps; beyond it the books are not each other's at all.
MOST_DIFFERENCES = 10_000


def reconcile_pair(*, actor, unit_type, partner, at, clock) -> ReconciliationRun:
    """Compares at once, because an administrator of the home registry asks for it.

    Raises: NotPermitted, RuleViolated (NOTHING_TO_COMPARE).
    """
    permissions.require_role(actor, {Role.ADMINISTRATOR}, unit_type.registry_id)
    if partner.pk == unit_type.registry_id or not unit_type.registry.hosted:
        raise RuleViolated(failure("NOTHING_TO_COMPARE"))
    return reconcile(
        unit_type, partner, trigger=ReconciliationRun.Trigger.ASKED, at=at, clock=clock
    )


def reconcile_all(*, at, clock) -> list[ReconciliationRun]:
    """Compares all unit types of this node's registries with all who have ever had some."""
    _catch_up()
    pairs = partners.pairs().filter(unit_type__registry__hosted=True)
    found = {
        (unit_type, partner if keeper == home else keeper)
        for keeper, partner, unit_type, home in pairs.values_list(
            "keeper_id", "partner_id", "unit_type_id", "unit_type__registry_id"
        )
    } | _held_elsewhere(clock)
    types = UnitType.objects.select_related("registry").in_bulk({row[0] for row in found})
    registries = Registry.objects.in_bulk({partner for _unit_type, partner in found})
    daily = {"trigger": ReconciliationRun.Trigger.DAILY, "at": at, "clock": clock}
    return [
        reconcile(types[unit_type], registries[partner], **daily)
        for unit_type, partner in sorted(found)
    ]


def _held_elsewhere(clock):
    """(unit type, partner) of all that peers say they hold, though home may have sent none."""
    found = set()
    for home, partner, code in held_elsewhere(clock=clock):
        keeper = Registry.objects.filter(code=partner, hosted=False).first()
        types = UnitType.objects.filter(registry__code=home, registry__hosted=True)
        unit_type = types.filter(code=code).first()
        if keeper and unit_type:
            found.add((unit_type.pk, keeper.pk))
        else:
            logger.warning("%s holds %s of %s, which is not known here", partner, code, home)
    return found


def reconcile(unit_type, partner, *, trigger, at, clock) -> ReconciliationRun:
    """Compares one unit type with one partner; what differs becomes cases."""
    said = {"trigger": trigger, "at": at, "clock": clock}
    return reconcile_with(None, unit_type, partner, **said)


def reconcile_with(there, unit_type, partner, *, trigger, at, clock) -> ReconciliationRun:
    """The same with one who answers for the partner (linking/selectors/partners says how); None:
    the partner itself."""
    home = digests.Pair(unit_type.registry, partner, unit_type)
    run = ReconciliationRun(unit_type=unit_type, partner=partner, trigger=trigger, began_at=at)
    try:
        there = there or _partner(home, at, clock)
        _compare(home, run, there)
        _tell(there, run)
    except (DomainError, Malformed) as error:
        run.result = RESULT.FAILED
        run.evidence["error"] = sorted(getattr(error, "codes", None) or [str(error)])
    run.ended_at = clock()
    with transaction.atomic():
        run.save()
        if run.result == RESULT.DIFFERS:
            open_cases(run, at=run.ended_at)
    return run


def _partner(home, at, clock):
    """Who answers for the partner.   Raises: RuleViolated (REGISTRY_WITHOUT_PEER)."""
    if home.partner.hosted:
        return partners.Here(digests.Pair(home.partner, home.keeper, home.unit_type))
    return There(peer_of(home.partner), home, at=at, clock=clock)


def _tell(there, run):
    """Tells the partner what it holds and home does not book there, so that it freezes that."""
    blocks = [(int(first), int(last)) for first, last, times in run.differences if times < 0]
    if not blocks:
        return
    try:
        run.evidence["cases_of_the_partner"] = there.tell(blocks)
    except DomainError as error:
        run.evidence["not_told"] = sorted(error.codes)


def _compare(home, run, there):
    _catch_up()
    said = there.state()
    at = run.partner_position = said["position"] and int(said["position"])
    # Read after the partner's answer: all on which the partner's postings rest is in it.
    _catch_up()
    run.position = _position(there)
    way = there.on_the_way(home, run.position, at)
    run.on_the_way = sum(last - first + 1 for first, last, _sign in way)
    with transaction.atomic():
        turns.take(digests.TURN)
        run.partner_units = int(said["units"])
        run.units = digests.units(home, run.position) + sum(
            sign * (last - first + 1) for first, last, sign in way
        )
        expected = partners.root_text(digests.view(home, run.position, way))
    told = uses.units_used(home.unit_type, home.partner)
    run.evidence |= {"expected": expected, "partner": said, "used": str(told)}
    found = Found()
    if expected != said["digest"]:
        found = descend(Turned(home, run.position, way), lambda asked: there.ranges(at, asked))
    run.questions, run.size = found.questions, found.bytes
    run.differences = [
        [str(each.first), str(each.last), each.times]
        for each in found.differences[:MOST_DIFFERENCES]
    ]
    run.result = RESULT.DIFFERS if found.differences else RESULT.AGREED


def _position(there):
    """Home answers as of now; to a file, as of the instant that the file is about."""
    now = digests.position()
    if there.as_of is None:
        return now
    places = Position.objects.filter(instant__lte=there.as_of, position__lte=now)
    return places.order_by("-position").values_list("position", flat=True).first() or 0


class Turned:
    """A view that is read under the turn of the pass, and made anew when the pass has gone on."""

    def __init__(self, pair, at, way):
        self._what, self._made, self._for = (pair, at, way), None, None

    @transaction.atomic
    def children(self, node, level):
        return self._view().children(node, level)

    @transaction.atomic
    def ends(self, node):
        return self._view().ends(node)

    def _view(self):
        turns.take(digests.TURN)
        now = digests.position()
        if self._for != now:
            self._made, self._for = digests.view(*self._what), now
        return self._made


def _catch_up():
    """Brings order and digests up to the ledger."""
    sequence_postings()
    keep_digests()
