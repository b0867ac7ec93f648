"""Open a case of what differs, and freeze exactly the serials that it is about."""

from django.db import transaction

from linking.models import ReconciliationCase, ReconciliationRun
from linking.ranges import without
from linking.selectors import digests
from linking.selectors.cases import UNDER_WAY
from registry import turns
from registry.errors import DomainError
from registry.lines import Line
from registry.models import Holding
from registry.services.freeze import freeze
from registry.services.people import system_actor

KIND = ReconciliationCase.Kind


def actor_of_reconciliation():
    """Whose acts the acts of reconciliation are."""
    return system_actor(username="reconciliation", display_name="Reconciliation")


def open_cases(run: ReconciliationRun, *, at) -> list[ReconciliationCase]:
    """A case of each kind for what a run has found and no case is about yet.

    What home books and the partner does not hold is a case of the home registry; what the partner
    holds and home does not book is one of the partner, where this node keeps it, else of home.
    """
    home, partner = run.unit_type.registry, run.partner
    holder = (partner, home) if partner.hosted else (home, partner)
    opened = []
    for kind, ends, times in (
        (KIND.NOT_ABROAD, (home, partner), 1),
        (KIND.NOT_AT_HOME, holder, -1),
    ):
        ranges = [
            (int(first), int(last)) for first, last, count in run.differences if count * times > 0
        ]
        pair = digests.Pair(*ends, run.unit_type)
        opened.append(open_case(pair, kind, ranges, run=run, evidence={"run": run.evidence}, at=at))
    return [case for case in opened if case]


@transaction.atomic
def open_case(pair, kind, ranges, *, evidence, at, **known) -> ReconciliationCase | None:
    """A case in the keeper's books about the ranges that none is about yet, which are frozen.

    `known` is the `run` that found them, or `about`, the transfer. None where a case is about each.
    """
    turns.take(f"linking_cases_{pair.keeper.pk}")
    ranges = without(ranges, _known(kind, pair.keeper, pair.unit_type))
    if not ranges:
        return None
    freezes, refused = _freeze(pair, ranges, at)
    if refused:
        evidence = {**evidence, "not_frozen": refused}
    return ReconciliationCase.objects.create(
        kind=kind,
        registry=pair.keeper,
        partner=pair.partner,
        unit_type=pair.unit_type,
        **known,
        ranges=[[str(first), str(last)] for first, last in ranges],
        units=sum(last - first + 1 for first, last in ranges),
        evidence=evidence,
        freezes=freezes,
        opened_at=at,
    )


def _freeze(pair, ranges, at):
    """Numbers of the freezes, one an account; and why what is not frozen could not be."""
    actor = actor_of_reconciliation()
    freezes, refused = [], []
    for account, lines in held_lines(pair, ranges).items():
        key = f"case-{pair.unit_type.pk}-{account}-{lines[0].first}-{at.timestamp()}"
        try:
            with transaction.atomic():
                done = freeze(actor=actor, lines=lines, key=key, at=at, reason="Reconciliation")
        except DomainError as error:
            refused.append({"account": account, "codes": sorted(error.codes)})
        else:
            freezes.append(str(done.transaction_id))
    return freezes, refused


def held_lines(pair: digests.Pair, ranges, destination=None) -> dict[int, list[Line]]:
    """account -> lines for what the keeper has of the ranges in the books that are compared."""
    held = Holding.objects.filter(registry=pair.keeper, unit_type=pair.unit_type, closed_by=None)
    if pair.is_home:
        held = held.filter(account__stands_for=pair.partner)
    found = {}
    for first, last in ranges:
        rows = held.filter(first__lte=last, last__gte=first).order_by("first")
        for account, begin, end in rows.values_list("account_id", "first", "last"):
            low, high = max(first, begin), min(last, end)
            line = Line(account, destination, pair.unit_type.pk, high - low + 1, first=low)
            found.setdefault(account, []).append(line)
    return found


def _known(kind, registry, unit_type):
    """Ranges that a case under way is about."""
    rows = ReconciliationCase.objects.filter(
        kind=kind, registry=registry, unit_type=unit_type, state__in=UNDER_WAY
    )
    return [
        (int(first), int(last))
        for ranges in rows.values_list("ranges", flat=True)
        for first, last in ranges
    ]
