"""What two nodes say to each other of units that go through their home to a third registry."""

from linking.errors import failure
from linking.messages.kinds import Kind
from linking.models import OnwardTransfer, OutboxMessage
from linking.onward import Event, State
from linking.selectors import transfers
from linking.services.go_onward import move
from registry import turns
from registry.errors import Conflict, RuleViolated, Unavailable

from .hear_proposal import rejection
from .steps import ROLE, locked


def hear_onward(peer, _row, message, at):
    """Keeps where the units go on to, which is said before they are accepted.

    Raises: Conflict (ONWARD_TOO_LATE), NotFound (UNKNOWN_ACCOUNT), RuleViolated
    (ONWARD_OF_ANOTHER_REGISTRY).
    """
    half = locked(message.transfer, ROLE.DESTINATION)
    name = {"uuid": message.transfer, "role": ROLE.DESTINATION}
    if half is not None or OnwardTransfer.objects.filter(**name).exists():
        # Whoever has the account counts on what has come already.
        raise Conflict(failure("ONWARD_TOO_LATE", transfer=str(message.transfer)))
    if rejection(peer, message.transfer) is not None:
        return
    body = message.body
    registry = transfers.destination(body["account"]).registry
    if registry.code != body["registry"]:
        raise RuleViolated(failure("ONWARD_OF_ANOTHER_REGISTRY", registry=registry.code))
    OnwardTransfer.objects.create(
        peer=peer,
        registry=registry,
        account=body["account"],
        period=body["period"] or "",
        ordered_at=at,
        **name,
    )


def hear_went_on(peer, _row, message, at):
    """The units are in the third registry.   Raises: Conflict, Unavailable."""
    _end(peer, message, Event.WENT_ON, at)


def hear_stayed(peer, _row, message, at):
    """The units stay in the account at home, and why.   Raises: Conflict, Unavailable."""
    _end(peer, message, Event.STAYED, at)


def _end(peer, message, event, at):
    """Raises: Conflict (ONWARD_CONTRADICTED), Unavailable (ONWARD_IS_UNDER_WAY) while this node has
    not heard that the first transfer has ended."""
    row = OnwardTransfer.objects.filter(peer=peer, uuid=message.transfer, role=ROLE.SOURCE).first()
    if row is not None:
        turns.take(f"linking_onward_{row.pk}")
        row.refresh_from_db()
    said = {"peer": peer, "transfer": message.transfer, "kind": Kind.ONWARD}
    order = OutboxMessage.objects.filter(**said).first()
    agrees = order and bytes(order.digest).hex() == message.body["onward"]
    if row is not None and agrees and row.state == State.PLANNED:
        raise Unavailable(failure("ONWARD_IS_UNDER_WAY", transfer=str(message.transfer)))
    if row is None or not agrees or not move(row, event, at=at, answer=message.body):
        raise Conflict(failure("ONWARD_CONTRADICTED", transfer=str(message.transfer)))
