"""Ask another node whether it takes units: once its sender's transaction is approved and due."""

from datetime import timedelta

from django.db import transaction

from linking.messages.kinds import Kind
from linking.models import OnwardTransfer, Transfer
from linking.protocol import Event
from linking.services.plan import class_of
from registry import canonical
from registry.models import Transaction
from registry.selectors import certificates

from .steps import ROLE, STATE, locked, move, say, stepped

METHOD = Transfer.Method
# How long an answer is waited for where the transaction's type names no end.
PATIENCE = timedelta(days=1)


@transaction.atomic
def ask(uuid, *, at) -> Transfer | None:
    """The half, asked; None where there is nothing to ask yet.

    Raises: Unavailable (ISSUANCE_NOT_SIGNED) until the units can prove where they come from.
    """
    half = locked(uuid, ROLE.SOURCE)
    sent = half and Transaction.objects.get(pk=half.source_transaction_id)
    is_due = sent and sent.status == Transaction.Status.DELAYED and sent.due_at <= at
    if not is_due or not stepped(half, Event.ASK, at=at):
        return None
    _say_onward(half, at)
    say(half, Kind.PROPOSE, _body(half, sent, at), at=at, article6=_article6(half))
    return move(half, STATE.ASKED)


def _say_onward(half, at):
    """Where the units go on to from their home has to be said before they are taken in there."""
    onward = OnwardTransfer.objects.filter(uuid=half.uuid, role=ROLE.SOURCE).first()
    if onward is not None:
        body = {"registry": onward.registry.code, "account": onward.account}
        # Messages go in the order of their moments, and one moment has none.
        before = at - timedelta(microseconds=1)
        say(half, Kind.ONWARD, {**body, "period": onward.period or None}, at=before)


def _body(half, sent, at):
    lines = list(sent.lines.select_related("source").order_by("first"))
    goes_home = half.method == METHOD.REPATRIATION
    version = None if goes_home else half.edge.version
    source = lines[0].source
    return {
        "agreement": version and version.agreement.code,
        "version": version and version.number,
        "digest": version and bytes(version.digest).hex(),
        "edge": version and half.edge.edge_id,
        "method": half.method,
        "source": {
            "registry": half.sender.code,
            "account": source.number,
            "holder_class": class_of(source),
        },
        "destination": {"registry": half.receiver.code, "account": half.account_abroad},
        "unit_type": half.unit_type.code,
        "quantity": str(half.quantity),
        "period": half.period or str(at.year),
        "blocks": list(_blocks(half, lines, certified=not goes_home)),
        "expires_at": canonical.instant(sent.expires_at or at + PATIENCE),
    }


def _blocks(half, lines, *, certified):
    """Each block with where it comes from; units that go home are known there."""
    for line in lines:
        first, last = line.first, line.first + line.quantity - 1
        if not certified:
            yield _block(first, last, None)
            continue
        issued = certificates.issuances(half.unit_type_id, first, last, limit=line.quantity)
        for issuance in issued:
            ends = max(first, issuance.first), min(last, issuance.last)
            proof = certificates.of_issuance(issuance, first=ends[0], last=ends[1])
            yield _block(*ends, proof)


def _block(first, last, certificate):
    return {"first": str(first), "last": str(last), "certificate": certificate}


def _article6(half):
    """What the edge says of accounting under Article 6; nothing of units that go home."""
    if half.edge is None:
        return None
    told = half.edge.document["article6"]
    return {
        "cooperative_approach": None,
        "authorisation_id": told.get("authorisation_id"),
        "first_transfer": told.get("first_transfer"),
        "ca_required": bool(told.get("ca_required")),
        "purpose": None,
    }
