"""What the destination does with a proposal: decide, take what its limits lose, and answer."""

from dataclasses import replace
from itertools import groupby

from django.conf import settings
from django.db import transaction

from linking.decide import Request as Asked
from linking.errors import failure
from linking.messages import values
from linking.messages.kinds import Kind
from linking.models import (
    Agreement,
    OutboxMessage,
    PeerRegistry,
    ReconciliationCase,
    Transfer,
)
from linking.ranges import without
from linking.route import Unit
from linking.selectors import agreements, uses
from linking.selectors.digests import Pair
from linking.selectors.graph import links
from linking.selectors.units import Block, blocks_of
from linking.services.accept import Wanted, accept_all, asks_people
from linking.services.open_case import open_case
from linking.services.plan import Part, account_of, class_of
from linking.services.post_message import post_message
from linking.services.refusals import told
from linking.services.take_in import Sent, actor_of_links, request_of
from linking.services.transfer import write_parts
from registry import canonical
from registry.errors import DomainError, RuleViolated, unknown_account
from registry.lines import Line
from registry.models import Account, Registry, UnitType
from registry.services.propose import failures_of, prepare

from . import foreign_issuances, promises
from .steps import ROLE, STATE, locked, say

METHOD = Transfer.Method


class AsksPeople(Exception):
    """The rules accept, and people have to; `half` is not saved."""

    def __init__(self, half):
        super().__init__()
        self.half = half


class UsedAbroad(RuleViolated):
    """Units are to come home of which home was told that they were used there."""

    def __init__(self, half, rows, runs):
        told = [{"first": str(first), "last": str(last)} for first, last in runs]
        super().__init__(*(failure("UNITS_USED_ABROAD", **run) for run in told))
        self.half, self.rows, self.runs = half, rows, runs


def hear_proposal(peer, row, message, at):
    """Accepts the units, and holds for them what its limits lose; or rejects them and keeps no
    more than the two messages, and a case of units that should have been used up."""
    half = locked(message.transfer, ROLE.DESTINATION, peer)
    if half is not None or rejection(peer, message.transfer) is not None:
        # One transfer is proposed once: what comes again under another id says nothing new.
        return
    try:
        with transaction.atomic():
            accept(_half(peer, message), row, message, at=at)
    except AsksPeople as asked:
        # What the limits had lost is given back with the savepoint: it is taken by who accepts.
        _wait(asked.half, message)
    except DomainError as refusal:
        body = {"propose": bytes(row.digest).hex(), "failures": told(refusal.failures)}
        post_message(peer, Kind.REJECTED, body, transfer=message.transfer, about=message.id, at=at)
        if isinstance(refusal, UsedAbroad):
            _open_case(refusal, message, at)


def _open_case(refusal, message, at):
    """Both statements are kept side by side, and the units frozen in the books of their home."""
    half = refusal.half
    evidence = {
        "proposal": str(message.id),
        "used": [{"posting": row.posting, "message": str(row.message_id)} for row in refusal.rows],
    }
    open_case(
        Pair(half.receiver, half.sender, half.unit_type),
        ReconciliationCase.Kind.CONTRADICTION,
        refusal.runs,
        evidence=evidence,
        at=at,
        about=str(message.transfer),
    )


def rejection(peer, uuid) -> OutboxMessage | None:
    """What a proposal was refused with, if it was; nothing else is kept of it."""
    return OutboxMessage.objects.filter(peer=peer, transfer=uuid, kind=Kind.REJECTED).first()


def _wait(half, message):
    """The half, asked: its people see it until the source no longer waits."""
    half.state, half.asks_people = STATE.ASKED, True
    half.valid_until = values.moment(message.body["expires_at"])
    half.save()


def accept(half, row, message, *, at, by=None) -> None:
    """Takes what the proposal takes from limits, and says that the units will be taken in.

    `by` is the id of the person who accepts, where the edge asks for people.

    Raises: AsksPeople, DomainError.
    """
    body = message.body
    blocks = _blocks(half.peer, half, body)
    wanted = _parts(half, blocks, body, at)
    accepted = accept_all([part.wanted for part in wanted], at=at, known=links())
    versions = {each.stored.edge for each in accepted}
    edge = versions.pop() if len(versions) == 1 else None
    if half.method != METHOD.REPATRIATION:
        _require_same(edge, body)
    ranges = [(block.first, block.last) for block in blocks]
    promises.require_free(half, ranges)
    _require_room(half, ranges, at)
    if by is None and asks_people(accepted):
        half.edge = edge
        raise AsksPeople(half)
    half.accepted_by_id = by
    half.edge = edge
    half.state, half.accepted_at = STATE.ACCEPTED, at
    half.valid_until = at + settings.CONCORD["ACCEPTANCE_LASTS"]
    half.save()
    promises.promise(half, ranges)
    write_parts(half, wanted, accepted)
    decisions = [each.decision for each in accepted]
    answer = {
        "propose": bytes(row.digest).hex(),
        "valid_until": canonical.instant(half.valid_until),
        "withheld": str(sum(each.withheld for each in decisions)),
        "credited_t": str(sum(each.credited for each in decisions)),
        "factor": accepted[0].stored.outcome["factor"].removesuffix("/1"),
        "edge": half.edge and half.edge.edge_id,
    }
    say(half, Kind.ACCEPTED, answer, at=at, about=message.id)


def _half(peer, message):
    """The half that would be kept: who sends what to whom. Not saved.

    Raises: RuleViolated, all that is wrong with the ends.
    """
    body = message.body
    kept = PeerRegistry.objects.filter(peer=peer, registry__code=body["source"]["registry"])
    sender = kept.select_related("registry__jurisdiction").first()
    receiver = Registry.objects.filter(code=body["destination"]["registry"], hosted=True).first()
    number = body["destination"]["account"]
    account = Account.objects.filter(number=number, registry=receiver).first()
    unit_type = (
        UnitType.objects.filter(code=body["unit_type"])
        .select_related("registry__jurisdiction")
        .first()
    )
    wrong = []
    if sender is None:
        wrong.append(failure("NOT_OF_THIS_PEER", registry=body["source"]["registry"]))
    if receiver is None:
        wrong.append(failure("NOT_ON_THIS_NODE", registry=body["destination"]["registry"]))
    elif account is None:
        wrong += unknown_account(number).failures
    if unit_type is None:
        wrong.append(failure("UNKNOWN_UNIT_TYPE", unit_type=body["unit_type"]))
    elif sender and receiver:
        home = receiver if body["method"] == METHOD.REPATRIATION else sender.registry
        if unit_type.registry_id != home.pk:
            wrong.append(failure("UNITS_OF_ANOTHER_HOME", home=unit_type.registry.code))
    if wrong:
        raise RuleViolated(*wrong)
    return Transfer(
        uuid=message.transfer,
        role=ROLE.DESTINATION,
        peer=peer,
        method=METHOD(body["method"]),
        sender=sender.registry,
        receiver=receiver,
        destination=account,
        account_abroad=body["source"]["account"],
        unit_type=unit_type,
        quantity=int(body["quantity"]),
        period=body["period"],
    )


def _blocks(peer, half, body) -> list[Block]:
    """The units, as their certificates describe them; those that come home, as they lie abroad.

    Raises: RuleViolated.
    """
    if half.method != METHOD.REPATRIATION:
        blocks = foreign_issuances.blocks_of(peer, half.unit_type, body["blocks"])
        if half.method == METHOD.RECOGNITION:
            # What is known of them must not be found wanting when they have left.
            foreign_issuances.keep(half.unit_type, body["blocks"])
        return blocks
    ranges = [(int(offer["first"]), int(offer["last"])) for offer in body["blocks"]]
    used = uses.used_of(half.unit_type, ranges)
    if used:
        runs = [(row.first, row.last) for row in used]
        raise UsedAbroad(half, used, without(runs, without(runs, ranges)))
    partner = account_of(half.receiver_id, kind="partner", stands_for_id=half.sender_id)
    found, missing = [], []
    for first, last in ranges:
        line = Line(partner, None, half.unit_type_id, last - first + 1, first=first)
        home = half.unit_type.registry.jurisdiction.code
        held = blocks_of(line, half.unit_type.code, home)
        if sum(block.quantity for block in held) != line.quantity:
            missing.append(failure("BLOCK_NOT_HELD_ABROAD", first=str(first), last=str(last)))
        found += held
    if missing:
        raise RuleViolated(*missing)
    return found


def _parts(half, blocks, body, at):
    ends = half.sender.jurisdiction.code, half.receiver.jurisdiction.code
    asked = Asked(
        half.quantity,
        half.destination.holder_id,
        class_of(half.destination),
        at.year,
        body["period"],
    )
    return [_part(list(same), ends, asked) for _unit, same in groupby(blocks, lambda b: b.unit)]


def _part(blocks, ends, asked):
    unit: Unit = blocks[0].unit
    quantity = sum(block.quantity for block in blocks)
    return Part(tuple(blocks), Wanted(unit, *ends, replace(asked, quantity=quantity)))


def _require_same(edge, body):
    """Both nodes go by the same version of the agreement.   Raises: RuleViolated."""
    of = Agreement.objects.filter(code=body["agreement"]).first()
    version = of and agreements.in_force(of)
    if version is None or bytes(version.digest).hex() != body["digest"]:
        raise RuleViolated(failure("AGREEMENT_DIFFERS", agreement=body["agreement"]))
    if edge is None or edge.edge_id != body["edge"] or edge.document["method"] != body["method"]:
        raise RuleViolated(failure("EDGE_DIFFERS", edge=body["edge"]))


def _require_room(half, ranges, at):
    """The account would take the units in now.   Raises: RuleViolated."""
    sent = Sent(ranges, "", lambda: "")
    if half.method == METHOD.RECOGNITION:
        foreign = request_of(half, sent, half.destination_id, at)
        failures = failures_of(prepare(actor_of_links(), foreign))
        if failures:
            raise RuleViolated(*failures)
