"""How every transaction begins: form, facts, rights, checks, then the gate.

The order is fixed: a broken form hides everything else, a missing right hides the checks, and
all failed checks are returned together with those of the gate. Equal requests under one key get
the first answer, whatever has happened since.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from registry import canonical, errors, facts, lines, permissions, ports, posting
from registry.checks.base import Proposal
from registry.models import Transaction
from registry.posting import Header, Outcome, Terms

from .delays import ending

# How often the reference data may change under a proposal before it is given up.
ATTEMPTS = 10
REFERENCE_MOVES = errors.Failure(
    "REFERENCE_DATA_CHANGES",
    _("Transaction types, unit types or accounts are being changed all the time."),
    _("Repeat the request with the same key when the changes have ended."),
)
LONGEST_REASON = 10_000
# An attribute: what a transaction waits for beyond approvals. Who proposed it so completes it.
AWAITS = "awaits"


@dataclass(frozen=True)
class Request:
    """What the caller wants. `key` makes it idempotent for its proposer.

    `said` is what the caller said where a service has completed the lines from the registry's
    state: repeated requests are compared by it. `execute_at` is the moment before which it is not
    to be completed; `approvals` how many persons approve it at least, whatever its type asks.
    """

    type_code: str
    lines: list
    key: str
    at: datetime
    reason: str = ""
    attributes: dict = field(default_factory=dict)
    reverses: Transaction | None = None
    said: list | None = None
    execute_at: datetime | None = None
    approvals: int = 0

    def digest(self):
        """SHA-256 of what the caller said."""
        said = {
            "type": self.type_code,
            "reason": self.reason,
            "reverses": self.reverses and str(self.reverses.pk),
            "attributes": self.attributes,
            "said": [line.said() for line in (self.lines if self.said is None else self.said)],
        }
        if self.execute_at is not None:
            said["execute_at"] = self.execute_at.isoformat()
        return canonical.digest(said)


def propose(actor, request: Request) -> Outcome:
    """Proposes a transaction; completes it when its type asks for no approval.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated, Unavailable.
    """
    permissions.require_actor(actor)
    lines.require_form(request.lines)
    _require_key(request.key)
    require_reason(request.reason)
    for _attempt in range(ATTEMPTS):
        proposal = prepare(actor, request)
        failures = failures_of(proposal)
        if not failures:
            outcome = posting.submit(actor, header_of(proposal, request), request.lines)
            if outcome is not None:
                return outcome
        elif not facts.outdated(proposal.facts.version):
            break
        facts.forget()
    else:
        failures = None
    replayed = replay(actor, request)
    if replayed is not None:
        return replayed
    if failures is None:
        raise errors.Unavailable(REFERENCE_MOVES)
    raise errors.RuleViolated(*_with_gate_failures(failures, proposal, request))


def dry_run(actor, request: Request):
    """All failures that the proposal would meet now; nothing stays written.

    Raises: InvalidInput, NotPermitted.
    """
    permissions.require_actor(actor)
    lines.require_form(request.lines)
    _require_key(request.key)
    require_reason(request.reason)
    facts.forget()
    proposal = prepare(actor, request)
    return _with_gate_failures(failures_of(proposal), proposal, request)


def replay(actor, request: Request) -> Outcome | None:
    """The outcome of the actor's earlier equal request under the same key, or None.

    Raises: Conflict (IDEMPOTENCY_KEY_REUSED).
    """
    earlier = Transaction.objects.filter(proposer_id=actor.person_id, key=request.key).first()
    if earlier is None:
        return None
    if bytes(earlier.request_hash) != request.digest():
        raise errors.from_gate([{"code": "IDEMPOTENCY_KEY_REUSED", "transaction": str(earlier.pk)}])
    return Outcome(earlier.pk, earlier.posting_id, earlier.status, replayed=True)


def _require_key(key):
    if not (isinstance(key, str) and 0 < len(key) <= 200 and "\0" not in key):
        raise errors.InvalidInput(
            errors.Failure(
                "KEY_MISSING",
                _("The request has no idempotency key of 1 to 200 characters."),
                _("Send a key of your choice; send the same key when you repeat the request."),
            )
        )


def require_reason(reason):
    """Raises: InvalidInput."""
    failure = lines.text_failure(reason, "reason", LONGEST_REASON)
    if failure:
        raise errors.InvalidInput(failure)


def prepare(actor, request):
    """The proposal with what is known of its rows.   Raises: NotPermitted."""
    known = facts.read(request.type_code, request.at, request.lines)
    proposal = Proposal(
        actor,
        request.type_code,
        request.lines,
        request.attributes,
        known,
        request.at,
        request.reverses,
        request.reason,
        request.execute_at,
    )
    if known.type is not None:
        permissions.require_initiator(actor, proposal)
    return proposal


def failures_of(proposal):
    """What the checks have against a proposal."""
    checks = ports.checks()
    return checks.existence.failures(proposal) or checks.others.failures(proposal)


def _with_gate_failures(failures, proposal, request):
    """Adds what only the gate can tell, if the lines have their ends and name rows that exist."""
    first = {check.code for check in ports.checks().existence.checks}
    if proposal.facts.type is None or any(failure.code in first for failure in failures):
        return failures
    known = {(f.code, f.line) for f in failures}
    try:
        with transaction.atomic():
            posting.submit(proposal.actor, header_of(proposal, request), request.lines)
            transaction.set_rollback(True)
    except errors.DomainError as error:
        failures = failures + [f for f in error.failures if (f.code, f.line) not in known]
    except IntegrityError:
        # A guard stopped what the failed checks have named; without them it is a defect.
        if not failures:
            raise
    return failures


def header_of(proposal, request) -> Header:
    """What the gate is told besides the lines, of a proposal whose rows exist."""
    known = proposal.facts
    terms = terms_of(proposal, request)
    waits = known.type["approvals"] if terms is None else terms.needed or terms.due_at
    return Header(
        type_id=known.type["id"],
        registry_id=_registry_of(request.lines[0], known),
        key=request.key,
        request_hash=request.digest(),
        # What approvers will approve; nothing where nobody is asked and nothing waits.
        payload_hash=canonical.digest(payload_of(proposal, request)) if waits else None,
        attributes=request.attributes,
        reason=request.reason,
        reverses_id=request.reverses.pk if request.reverses else None,
        at=request.at,
        reference=known.version,
        terms=terms,
    )


def terms_of(proposal, request) -> Terms | None:
    """What is asked of this proposal beyond the plain rule of its type; None for nothing."""
    known = proposal.facts
    kind = known.type
    is_plain = kind["bands"] is None and kind["delay"] == "none"
    execute_at = request.at if AWAITS in request.attributes else request.execute_at
    if is_plain and execute_at is None and not request.approvals:
        return None
    needed = max(request.approvals, approvals_needed(kind, request.lines))
    end = None
    if not needed:
        end = ending(
            kind,
            lines=request.lines,
            registry_id=_registry_of(request.lines[0], known),
            execute_at=execute_at,
            at=request.at,
        )
    return Terms(needed, execute_at, end and end.at)


def approvals_needed(kind, lines) -> int:
    """How many persons approve so many units in all: the highest band below the amount tells."""
    units = sum(line.quantity for line in lines)
    bands = [band["approvals"] for band in kind["bands"] or () if units > band["above"]]
    return max([kind["approvals"], *bands])


def _registry_of(line, known):
    account = known.accounts.get(line.source or line.destination)
    return account and account.registry_id


def payload_of(proposal, request):
    """The canonical payload: what approvers approve, in public numbers and codes.

    Each line is a list: source, destination, unit type, quantity, minimum, first serial,
    vintage, entity, period, credited tonnes, factor version.
    """
    known = proposal.facts
    accounts = {key: account.number for key, account in known.accounts.items()}
    unit_types = {key: unit_type.code for key, unit_type in known.unit_types.items()}
    return {
        "type": request.type_code,
        "version": known.type["version"] if known.type else None,
        "reason": request.reason,
        "reverses": str(request.reverses.pk) if request.reverses else None,
        "execute_at": request.execute_at and request.execute_at.isoformat(),
        "attributes": request.attributes,
        "lines": [
            [
                accounts.get(line.source),
                accounts.get(line.destination),
                unit_types.get(line.unit_type),
                str(line.quantity),
                None if line.minimum is None else str(line.minimum),
                None if line.first is None else str(line.first),
                None if line.vintage_from is None else line.vintage_from.isoformat(),
                known.entities.get(line.entity),
                line.period,
                None if line.credited_tonnes is None else str(line.credited_tonnes),
                line.factor_version,
            ]
            for line in request.lines
        ],
    }
