"""Use credits of a mechanism outside: retired there, used once here.

Nothing of the credit comes to this node but its serial and the evidence. One administrator of the
acceptor states the retirement, and the edge decides at once, so that quotas and serials are taken;
another one looks at the evidence and confirms, and the registry issues what the credits convert to.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from linking.decide import Request as Asked
from linking.errors import failure
from linking.models import ExternalRetirement
from linking.route import Unit
from linking.selectors import retirements
from linking.selectors.graph import links
from registry import permissions, turns
from registry.errors import Conflict, NotPermitted, RuleViolated
from registry.models import Account, Role, UnitType
from registry.services.propose import Request, propose

from .accept import Wanted, accept
from .linked_issuance import issuance, lines_of
from .plan import class_of
from .release import release
from .take_in import actor_of_links
from .tell_retirements import tell_credited, tell_refused

STATE = ExternalRetirement.State


@dataclass(frozen=True)
class Statement:
    """Credits by their serial, for whom and when they were retired, and what proves it.

    `account` gets what they convert to; `evidence` is where the mechanism says so, and
    `document_hash` the SHA-256 of what it says.
    """

    unit_type: UnitType
    account: Account
    serial: str
    vintage_from: date
    retired_on: date
    evidence: str
    document_hash: bytes
    project_type: str | None = None
    period: str = ""


@transaction.atomic
def state_retirement(*, actor, said: Statement, at) -> ExternalRetirement:
    """Takes serials and quotas for a use; nothing is issued before another person confirms.

    Raises: NotPermitted, InvalidInput (the serial), RuleViolated (ALREADY_RETIRED, RETIRED_LATER,
    NO_EDGE, UNKNOWN_UNIT_TYPE where the account's registry issues nothing for the credits, and
    what else the edge refuses).
    """
    permissions.require_role(actor, {Role.ADMINISTRATOR}, said.account.registry_id)
    return take_statement(said, stated_by=actor.person_id, at=at)


@transaction.atomic
def take_statement(said: Statement, *, stated_by, at, message=None) -> ExternalRetirement:
    """Takes serials and quotas for what a person, or the mechanism's node by `message`, states.

    Raises: InvalidInput, RuleViolated, as `state_retirement` does.
    """
    registry = said.account.registry
    series, first, last = retirements.serials_of(said.serial, said.unit_type)
    turns.take(f"linking_external_{series}")
    if retirements.taken(series, first, last):
        raise RuleViolated(failure("ALREADY_RETIRED", serial=said.serial[:200]))
    if said.retired_on > at.date():
        raise RuleViolated(failure("RETIRED_LATER", retired_on=said.retired_on.isoformat()))
    issuer, here = said.unit_type.registry.jurisdiction.code, registry.jurisdiction.code
    known = links()
    if not any(edge.form == "indirect" for edge in known.graph.between(issuer, here)):
        raise RuleViolated(failure("NO_EDGE"))
    asked = Asked(
        last - first + 1,
        said.account.holder_id,
        class_of(said.account),
        at.year,
        said.period or str(at.year),
    )
    unit = Unit(said.unit_type.code, issuer, said.vintage_from.year, project_type=said.project_type)
    accepted = accept(Wanted(unit, issuer, here, asked), at=at, whole=True, known=known)
    _issued_for(said.unit_type, said.account, accepted.stored)
    return ExternalRetirement.objects.create(
        decision=accepted.stored,
        unit_type=said.unit_type,
        serial=said.serial,
        series=series,
        serials=(first, last + 1),
        vintage_from=said.vintage_from,
        account=said.account,
        period=asked.period,
        retired_on=said.retired_on,
        evidence=said.evidence,
        document_hash=said.document_hash,
        stated_by_id=stated_by,
        stated_at=at,
        message=message,
    )


@transaction.atomic
def confirm_retirement(*, actor, number, at) -> ExternalRetirement:
    """Issues what the credits convert to, to the account that was named.

    Raises: NotPermitted (OWN_STATEMENT), NotFound, Conflict (RETIREMENT_DECIDED), RuleViolated.
    """
    found = _undecided(actor, number)
    decision = found.decision
    unit_type = _issued_for(found.unit_type, found.account, decision)
    vintage = found.vintage_from.replace(month=1, day=1)
    made = issuance(unit_type, found.account_id, decision, vintage_from=vintage)
    lines, described = lines_of([made])
    attributes = {
        "issuances": described,
        "retirement": {"serial": found.serial, "document": bytes(found.document_hash).hex()},
    }
    links_actor = actor_of_links()
    request = Request("linked_issuance", lines, f"retirement-{found.pk}", at, "", attributes)
    found.transaction_id = propose(links_actor, request).transaction_id
    _decide(found, STATE.CONFIRMED, actor, at)
    tell_credited(found, at=at)
    return found


@transaction.atomic
def refuse_retirement(*, actor, number, at) -> ExternalRetirement:
    """Gives serials and quotas back.

    Raises: NotPermitted (OWN_STATEMENT), NotFound, Conflict (RETIREMENT_DECIDED).
    """
    found = _undecided(actor, number)
    release(found.decision, at)
    _decide(found, STATE.REFUSED, actor, at)
    tell_refused(found, at=at)
    return found


def _issued_for(unit_type, account, decision):
    """What the account's registry issues for a credit.

    Raises: RuleViolated (CONVERSION_NOT_STATED, UNKNOWN_UNIT_TYPE).
    """
    code = decision.edge.document.get("converts_to", {}).get(unit_type.code)
    if code is None:
        raise RuleViolated(failure("CONVERSION_NOT_STATED", unit_type=unit_type.code))
    issued = account.registry.unit_types.filter(code=code).first()
    if issued is None:
        raise RuleViolated(
            failure("UNKNOWN_UNIT_TYPE", unit_type=code, registry=account.registry.code)
        )
    return issued


def _undecided(actor, number):
    turns.take(f"linking_retirement_{number}")
    found = retirements.find(actor, number)
    permissions.require_role(actor, {Role.ADMINISTRATOR}, found.account.registry_id)
    if found.state != STATE.STATED:
        raise Conflict(failure("RETIREMENT_DECIDED", state=found.state))
    if found.stated_by_id == actor.person_id:
        raise NotPermitted(failure("OWN_STATEMENT"))
    return found


def _decide(found, state, actor, at):
    found.state, found.decided_by_id, found.decided_at = state, actor.person_id, at
    found.save(update_fields=["state", "decided_by", "decided_at", "transaction"])
