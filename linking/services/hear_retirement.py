"""What an acceptor does when a mechanism's node says that credits were retired for a use here.

The edge decides at once and takes quotas and serials, as for what an administrator states; then an
administrator confirms or refuses, and the mechanism's node is told.
"""

from datetime import date

from django.db import transaction

from linking.errors import failure
from linking.messages import values
from linking.messages.kinds import Kind
from linking.models import PeerRegistry
from registry.errors import DomainError, RuleViolated, unknown_account
from registry.models import Account, Registry, UnitType

from .crossing.foreign_issuances import blocks_of
from .crossing.settle import require_receipt
from .post_message import post_message
from .refusals import told
from .retire_elsewhere import Statement, take_statement
from .take_in import actor_of_links


def hear_retire_for(peer, row, message, at):
    """Takes serials and quotas until people decide; or answers why it does not.

    Raises: Unavailable (RECEIPT_DOES_NOT_HOLD).
    """
    require_receipt(peer, message.body)
    try:
        with transaction.atomic():
            said = _statement(peer, row, message.body)
            take_statement(said, stated_by=actor_of_links().person_id, at=at, message=row)
    except DomainError as refusal:
        body = {"retire_for": bytes(row.digest).hex(), "failures": told(refusal.failures)}
        post_message(peer, Kind.NOT_CREDITED, body, about=message.id, at=at)


def _statement(peer, row, body):
    """Raises: RuleViolated, all that is wrong with the ends, or the certificate."""
    block, use = body["block"], body["for"]
    unit_type, account = _ends(peer, body)
    (found,) = blocks_of(peer, unit_type, [block])
    return Statement(
        unit_type=unit_type,
        account=account,
        serial=f"{unit_type.code} {block['first']}-{block['last']}",
        vintage_from=date.fromisoformat(block["certificate"]["issuance"]["vintage_from"]),
        retired_on=values.moment(body["at"]).date(),
        evidence=f"{peer.name} {row.pk}",
        document_hash=bytes(row.digest),
        project_type=found.unit.project_type,
        period=use["period"] or "",
    )


def _ends(peer, body):
    use = body["for"]
    kept = PeerRegistry.objects.filter(peer=peer, registry__code=body["registry"])
    receiver = Registry.objects.filter(code=use["registry"], hosted=True).first()
    account = Account.objects.select_related("registry__jurisdiction").filter(
        number=use["account"], registry=receiver
    )
    unit_type = UnitType.objects.select_related("registry__jurisdiction").filter(
        code=body["unit_type"], registry__code=body["registry"]
    )
    wrong = []
    if not kept.exists():
        wrong.append(failure("NOT_OF_THIS_PEER", registry=body["registry"]))
    if receiver is None:
        wrong.append(failure("NOT_ON_THIS_NODE", registry=use["registry"]))
    elif not account:
        wrong += unknown_account(use["account"]).failures
    if not unit_type:
        wrong.append(failure("UNKNOWN_UNIT_TYPE", unit_type=body["unit_type"]))
    if wrong:
        raise RuleViolated(*wrong)
    return unit_type[0], account[0]
