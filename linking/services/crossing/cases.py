"""Cases of transfers between nodes: where the halves can not come to an end by themselves.

Nothing is released and nothing taken back: people of both sides compare what they have, and the
units that the transfer is about stay where they are, frozen in this node's books.
"""

import json
from datetime import timedelta

from django.db import transaction
from django.db.models import CharField, Q
from django.db.models.functions import Cast

from linking.messages.kinds import Kind
from linking.models import OutboxMessage, ReconciliationCase, Transfer
from linking.selectors.digests import Pair
from linking.selectors.timeline import timeline
from linking.services.open_case import open_case
from registry import canonical

from .steps import ROLE, STATE, heard, locked, said

KIND = ReconciliationCase.Kind
# So long after an acceptance has ended, or units have left, the other node should have spoken.
PATIENCE = timedelta(days=1)
BATCH = 500


@transaction.atomic
def open_case_about(uuid, role, kind, *, why: dict, at) -> ReconciliationCase | None:
    """A case with what both nodes have said of a transfer; None where there is one already."""
    half = locked(uuid, role)
    if half is None or ReconciliationCase.objects.filter(about=str(uuid), kind=kind).exists():
        return None
    ends = half.sender, half.receiver
    pair = Pair(*(ends if role == ROLE.SOURCE else ends[::-1]), half.unit_type)
    evidence = {"half": half.role, "state": half.state, "why": why, "messages": _messages(half)}
    ranges = _ranges(half)
    return open_case(pair, kind, ranges, evidence=evidence, at=at, about=str(uuid))


def open_due(*, at) -> int:
    """Opens the cases of halves that have waited too long, or whose messages the other node has
    refused for good; how many."""
    waiting = Q(role=ROLE.DESTINATION, state=STATE.ACCEPTED, valid_until__lte=at - PATIENCE) | Q(
        role=ROLE.SOURCE, state=STATE.COMMITTED, valid_until__lte=at - PATIENCE
    )
    halves = _without_a_case(Transfer.objects.filter(waiting), "uuid", KIND.SILENCE)
    halves = halves.order_by("id").values_list("uuid", "role")
    opened = [
        open_case_about(uuid, role, KIND.SILENCE, why={"since": canonical.instant(at)}, at=at)
        for uuid, role in halves[:BATCH]
    ]
    refused = OutboxMessage.objects.filter(
        state=OutboxMessage.State.REFUSED, kind__in=[Kind.ACCEPTED, Kind.COMMITTED, Kind.COMPLETED]
    )
    refused = _without_a_case(refused, "transfer", KIND.CONTRADICTION)
    for uuid, kind, refusal in refused.values_list("transfer", "kind", "refusal")[:BATCH]:
        role = ROLE.SOURCE if kind == Kind.COMMITTED else ROLE.DESTINATION
        why = {"kind": kind, "refusal": refusal}
        opened.append(open_case_about(uuid, role, KIND.CONTRADICTION, why=why, at=at))
    return sum(case is not None for case in opened)


def _without_a_case(rows, name, kind):
    """The rows that name transfers of which no case tells yet: the others need not be locked."""
    told = ReconciliationCase.objects.filter(kind=kind).exclude(about="").values("about")
    return rows.annotate(named=Cast(name, CharField())).exclude(named__in=told)


def _ranges(half):
    """(first, last) of the serials that the transfer is about, as the proposal names them."""
    proposal = said if half.role == ROLE.SOURCE else heard
    blocks = json.loads(proposal(half, Kind.PROPOSE).text)["body"]["blocks"]
    return [(int(block["first"]), int(block["last"])) for block in blocks]


def _messages(half):
    return [
        {"at": canonical.instant(each.at), "by": each.by, "kind": each.kind}
        for each in timeline(half)
    ]
