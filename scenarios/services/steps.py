"""How each kind of step becomes a proposal to the registry's services."""

from dataclasses import dataclass

from registry.actors import Actor
from registry.lines import Line
from registry.models import Transaction
from registry.services.allocate import allocate, deliver_auction
from registry.services.cancel import cancel
from registry.services.convert import convert
from registry.services.freeze import freeze, release
from registry.services.issue import Issuance, issue
from registry.services.reverse import reverse
from registry.services.surrender import surrender
from registry.services.transfer import deliver, transfer
from scenarios.plan import Place


@dataclass(frozen=True)
class Books:
    """Ids of what the plan calls by code, and who proposes."""

    prefix: str
    proposer: Actor
    accounts: dict
    holders: dict
    unit_types: dict
    credits: set

    def key(self, step):
        """The idempotency key of a step."""
        return self.key_of(step.name)

    def key_of(self, name):
        return f"{self.prefix}/{name}"


def propose_step(step, books, at):
    """Proposes all lines of a step as one transaction; returns its outcome.

    Raises: InvalidInput, NotPermitted, Conflict, RuleViolated.
    """
    asked = {"actor": books.proposer, "key": books.key(step), "at": at, "reason": step.reason}
    return PROPOSERS[step.kind](step, books, asked)


def _lines(step, books, *, vintage=True):
    return [
        Line(
            books.accounts[move.source],
            books.accounts[move.destination] if move.destination else None,
            books.unit_types[step.unit_type],
            move.tonnes,
            vintage_from=step.vintage.starts_on if vintage else None,
            period=step.period,
        )
        for move in step.moves
    ]


def _issuance(unit_type, vintage, blocks, books, project=""):
    return Issuance(
        unit_type=books.unit_types[unit_type],
        blocks=blocks,
        vintage_from=vintage.starts_on,
        vintage_to=vintage.ends_before,
        vintage_label=vintage.label,
        usable_until=vintage.usable_until,
        project=project,
    )


def _issue(step, books, asked):
    """Allowances are one issuance; credits one for each account, as each project's are its own."""
    blocks = [(books.accounts[move.destination], move.tonnes) for move in step.moves]
    if step.unit_type in books.credits:
        issuances = [
            _issuance(step.unit_type, step.vintage, [block], books, _project(move))
            for move, block in zip(step.moves, blocks, strict=True)
        ]
    else:
        issuances = [_issuance(step.unit_type, step.vintage, blocks, books)]
    return issue(issuances=issuances, **asked)


def _project(move):
    return f"Project of {move.destination.holder} (synthetic)"


def _convert(step, books, asked):
    """The old units go to the account of converted units; new ones are issued for them."""
    unit_type, vintage = step.target
    ended = books.accounts[Place(step.registry, "conversion")]
    lines = [
        Line(
            books.accounts[move.source],
            ended,
            books.unit_types[step.unit_type],
            move.tonnes,
            vintage_from=step.vintage.starts_on,
        )
        for move in step.moves
    ]
    blocks = [(books.accounts[move.destination], move.tonnes) for move in step.moves]
    return convert(lines=lines, issuances=[_issuance(unit_type, vintage, blocks, books)], **asked)


def _undone(step, books):
    """The id of the transaction that a release or a reversal undoes."""
    return Transaction.objects.values_list("pk", flat=True).get(
        proposer_id=books.proposer.person_id, key=books.key_of(step.undone)
    )


def _moved_by(service):
    """A step whose lines the service takes as they are."""
    return lambda step, books, asked: service(lines=_lines(step, books), **asked)


def _ended_by(service):
    """A step whose units end in the registry's own account, which the service finds."""

    def propose(step, books, asked):
        lines = [
            Line(
                line.source,
                None,
                line.unit_type,
                line.quantity,
                vintage_from=line.vintage_from,
                period=line.period,
            )
            for line in _lines(step, books)
        ]
        return service(lines=lines, **asked)

    return propose


PROPOSERS = {
    "issue": _issue,
    "allocate": _moved_by(allocate),
    "auction": _moved_by(deliver_auction),
    "trade": _moved_by(deliver),
    "transfer": _moved_by(transfer),
    "convert": _convert,
    "surrender": _ended_by(surrender),
    "cancel": _ended_by(cancel),
    "freeze": _moved_by(freeze),
    "release": lambda step, books, asked: release(freeze_id=_undone(step, books), **asked),
    "reverse": lambda step, books, asked: reverse(transaction_id=_undone(step, books), **asked),
}
