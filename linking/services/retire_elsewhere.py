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
from registry.services.people import system_actor
from registry.services.propose import Request, propose

from .accept import Wanted, accept
from .linked_issuance import issuance, lines_of
from .plan import CLASSES
from .release import release

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
    NO_EDGE, and what else the edge refuses).
    """
    registry = said.account.registry
    permissions.require_role(actor, {Role.ADMINISTRATOR}, registry.pk)
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
        CLASSES.get(said.account.kind, "other"),
        at.year,
        said.period or str(at.year),
    )
    unit = Unit(said.unit_type.code, issuer, said.vintage_from.year, project_type=said.project_type)
    accepted = accept(Wanted(unit, issuer, here, asked), at=at, whole=True, known=known)
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
        stated_by_id=actor.person_id,
        stated_at=at,
    )


@transaction.atomic
def confirm_retirement(*, actor, number, at) -> ExternalRetirement:
    """Issues what the credits convert to, to the account that was named.

    Raises: NotPermitted (OWN_STATEMENT), NotFound, Conflict (RETIREMENT_DECIDED), RuleViolated.
    """
    found = _undecided(actor, number)
    decision = found.decision
    code = decision.edge.document["converts_to"][found.unit_type.code]
    unit_type = found.account.registry.unit_types.get(code=code)
    vintage = found.vintage_from.replace(month=1, day=1)
    made = issuance(unit_type, found.account_id, decision, vintage_from=vintage)
    lines, described = lines_of([made])
    attributes = {
        "issuances": described,
        "retirement": {"serial": found.serial, "document": bytes(found.document_hash).hex()},
    }
    links_actor = system_actor(username="links", display_name="Links")
    request = Request("linked_issuance", lines, f"retirement-{found.pk}", at, "", attributes)
    found.transaction_id = propose(links_actor, request).transaction_id
    return _decide(found, STATE.CONFIRMED, actor, at)


@transaction.atomic
def refuse_retirement(*, actor, number, at) -> ExternalRetirement:
    """Gives serials and quotas back.

    Raises: NotPermitted (OWN_STATEMENT), NotFound, Conflict (RETIREMENT_DECIDED).
    """
    found = _undecided(actor, number)
    release(found.decision, at)
    return _decide(found, STATE.REFUSED, actor, at)


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
    return found
