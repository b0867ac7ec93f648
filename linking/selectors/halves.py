"""Which halves of transfers with another node's registries were posted here by a position."""

import json

from django.db.models import Q

from linking.messages.kinds import Kind
from linking.models import InboxMessage, Transfer

from .digests import Pair


def sent_out(home_pair: Pair, at: int, *, since) -> dict[str, list[tuple[int, int]]]:
    """transfer -> runs that home had sent to the other node by a position, and of which it does
    not know since before `since` that they were taken in."""
    rows = _halves(Transfer.Role.SOURCE, home_pair.keeper, home_pair.partner, home_pair.unit_type)
    rows = rows.filter(
        Q(state="committed") | Q(state="completed", ended_at__gte=since),
        source_transaction__posting__place__position__lte=at,
    ).exclude(method__in=[Transfer.Method.ISSUE_AND_CANCEL, Transfer.Method.REPATRIATION])
    return _runs(rows, "source_transaction")


def come_home(home_pair: Pair, at: int, *, since) -> dict[str, list[tuple[int, int]]]:
    """transfer -> runs that home had taken back from the other node by a position, since then."""
    rows = _halves(
        Transfer.Role.DESTINATION, home_pair.partner, home_pair.keeper, home_pair.unit_type
    )
    rows = rows.filter(
        state="completed",
        ended_at__gte=since,
        method=Transfer.Method.REPATRIATION,
        destination_transaction__posting__place__position__lte=at,
    )
    return _runs(rows, "destination_transaction")


def returning(pair: Pair, at: int) -> dict[str, list[tuple[int, int]]]:
    """transfer -> runs that a registry abroad had sent home by a position, without an answer."""
    rows = _halves(Transfer.Role.SOURCE, pair.keeper, pair.partner, pair.unit_type)
    rows = rows.filter(
        state="committed",
        method=Transfer.Method.REPATRIATION,
        source_transaction__posting__place__position__lte=at,
    )
    return _runs(rows, "source_transaction")


def going_home(home_pair: Pair, at: int) -> dict[str, list[tuple[int, int]]]:
    """transfer -> runs that the other node may have sent home, and that had not come by a
    position."""
    rows = _halves(
        Transfer.Role.DESTINATION, home_pair.partner, home_pair.keeper, home_pair.unit_type
    ).filter(method=Transfer.Method.REPATRIATION)
    late = Q(state="completed", destination_transaction__posting__place__position__gt=at)
    late |= Q(state="completed", destination_transaction__posting__place=None)
    found = {}
    for half in rows.filter(Q(state="accepted") | late):
        offered = InboxMessage.objects.filter(
            peer=half.peer_id, transfer=half.uuid, kind=Kind.PROPOSE
        ).first()
        blocks = json.loads(offered.text)["body"]["blocks"]
        found[str(half.uuid)] = [(int(each["first"]), int(each["last"])) for each in blocks]
    return found


def arrived(names, at: int) -> set[str]:
    """Which of these transfers this node had taken in by a position."""
    rows = Transfer.objects.filter(
        uuid__in=list(names),
        role=Transfer.Role.DESTINATION,
        destination_transaction__posting__place__position__lte=at,
    )
    return {str(name) for name in rows.values_list("uuid", flat=True)}


def posted(peer, names, at: int) -> set[str]:
    """Which of a peer's transfers this node had posted by a position, out or in."""
    rows = Transfer.objects.filter(
        Q(
            role=Transfer.Role.DESTINATION,
            destination_transaction__posting__place__position__lte=at,
        )
        | Q(role=Transfer.Role.SOURCE, source_transaction__posting__place__position__lte=at),
        uuid__in=list(names),
        peer=peer,
    )
    return {str(name) for name in rows.values_list("uuid", flat=True)}


def _halves(role, sender, receiver, unit_type):
    return Transfer.objects.filter(role=role, sender=sender, receiver=receiver, unit_type=unit_type)


def _runs(rows, half):
    found = {}
    for name, first, quantity in rows.values_list(
        "uuid", f"{half}__lines__first", f"{half}__lines__quantity"
    ):
        found.setdefault(str(name), []).append((first, first + quantity - 1))
    return found
