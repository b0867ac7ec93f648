"""Answer a mechanism that has said what it retired for a use here: its node, or its own row."""

from linking.errors import failure
from linking.messages.kinds import Kind
from linking.models import ExternalRetirement, RetirementFor
from registry.models import Transaction
from registry.services.make_receipt import of_transaction

from .post_message import post_message
from .refusals import told

STATE = RetirementFor.State


def tell_credited(found: ExternalRetirement, *, at) -> None:
    """The credits are taken, and were turned into units; nobody is told of what people stated."""
    done = Transaction.objects.select_related("posting").get(pk=found.transaction_id)
    lines = done.lines.filter(destination=found.account_id).select_related("unit_type")
    body = {
        "unit_type": lines[0].unit_type.code if lines else found.unit_type.code,
        "quantity": str(sum(line.quantity for line in lines)),
        "posting": str(done.posting_id),
    }
    if found.message is not None:
        body["receipt"] = of_transaction(done, at=at)
    _answer(found, Kind.CREDITED, STATE.CREDITED, body, at)


def tell_refused(found: ExternalRetirement, *, at) -> None:
    """People of the acceptor do not take them."""
    failures = told([failure("RETIREMENT_REFUSED")])
    _answer(found, Kind.NOT_CREDITED, STATE.REFUSED, {"failures": failures}, at)


def _answer(found, kind, state, body, at):
    row = found.message
    if row is not None:
        body = {"retire_for": bytes(row.digest).hex(), **body}
        post_message(row.peer, kind, body, about=row.pk, at=at)
    else:
        RetirementFor.objects.filter(statement=found, state=STATE.TOLD).update(
            state=state, answer=body, ended_at=at
        )
