"""Receive a message whose sender is proved: kept and applied in one transaction, once."""

from django.db import transaction
from django.utils.module_loading import import_string

from linking.errors import failure
from linking.handlers import HANDLERS
from linking.messages import envelope
from linking.messages.envelope import Envelope
from linking.models import InboxMessage, Peer, ReconciliationCase
from registry.errors import Conflict, InvalidInput

from .crossing.cases import open_case_about
from .crossing.steps import Contradicted

APPLIED, KNOWN = "applied", "known"


def receive_message(peer: Peer, given: Envelope, *, at) -> str:
    """What became of it: `applied`, or `known` where the same message came before.

    Raises: Conflict (MESSAGE_ID_REUSED), InvalidInput (KIND_NOT_KNOWN), and whatever its handler
    refuses it with; then nothing of it is written. What contradicts a transfer becomes a case.
    """
    try:
        return _receive(peer, given, at)
    except Contradicted as found:
        if found.role is not None:
            why = {"kind": given.message.kind, "message": str(given.message.id)}
            kind = ReconciliationCase.Kind.CONTRADICTION
            open_case_about(found.uuid, found.role, kind, why=why, at=at)
        raise


@transaction.atomic
def _receive(peer, given, at):
    message = given.message
    if message.kind not in HANDLERS:
        raise InvalidInput(failure("KIND_NOT_KNOWN", kind=message.kind, pointer="/message/kind"))
    digest = envelope.digest(message)
    row, is_new = InboxMessage.objects.get_or_create(
        id=message.id,
        defaults={
            "peer": peer,
            "kind": message.kind,
            "transfer": message.transfer,
            "text": envelope.encode(message).decode(),
            "digest": digest,
            "key_id": given.key_id,
            "signature": given.signature,
            "received_at": at,
        },
    )
    if not is_new:
        if bytes(row.digest) != digest or row.peer_id != peer.pk:
            raise Conflict(failure("MESSAGE_ID_REUSED", message=str(message.id)))
        return KNOWN
    import_string(HANDLERS[message.kind])(peer, row, message, at)
    _wake(peer, at)
    return APPLIED


def _wake(peer, at):
    """Whoever speaks is there: what waits for the peer need not wait longer."""
    silent = Peer.objects.filter(pk=peer.pk, not_before__gt=at)
    if silent.update(failures=0, failing_since=None, not_before=at):
        peer.outbox.filter(state="waiting", next_attempt_at__gt=at).update(next_attempt_at=at)
