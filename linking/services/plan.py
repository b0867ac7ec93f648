"""How an order goes over a link: by which units, to which accounts, decided on by what."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from linking.decide import Request as Asked
from linking.decide import refusals
from linking.errors import failure
from linking.models import LinkEdge, Transfer
from linking.route import route
from linking.selectors import carrying, known_rows
from linking.selectors.graph import Links, links
from linking.selectors.transfers import AccountAbroad
from linking.selectors.units import blocks_of
from registry import errors
from registry.checks.existence import DestinationExists, SourceExists
from registry.errors import RuleViolated
from registry.lines import Line
from registry.models import Account, Registry, UnitType

from .accept import Wanted

METHOD = Transfer.Method
# By which type of transaction units leave, for each method.
LEAVES_BY = {
    METHOD.RECOGNITION: "external_transfer",
    METHOD.ESCROW_MIRROR: "external_transfer",
    METHOD.ISSUE_AND_CANCEL: "linked_conversion",
    METHOD.REPATRIATION: "return_home",
}
CLASSES = {"operator": "covered", "trading": "intermediary"}


@dataclass(frozen=True)
class Order:
    """`quantity` units of a type from an account to one in another registry, by their ids.

    `first` names serials (the run that begins there), `vintage_from` a vintage; else the oldest
    go first. `period` is the label of the acceptor's compliance period; without it, the
    calendar year. Where another node keeps the destination, `abroad` names it and `destination`
    is None. `onward` is the account of a third registry that units go on to from their home.
    """

    source: int
    destination: int | None
    unit_type: int
    quantity: int
    first: int | None = None
    vintage_from: date | None = None
    period: str = ""
    abroad: AccountAbroad | None = None
    onward: AccountAbroad | None = None

    def line(self) -> Line:
        """The order as one line of a proposal."""
        return Line(
            self.source,
            self.destination,
            self.unit_type,
            self.quantity,
            first=self.first,
            vintage_from=self.vintage_from,
            period=self.period,
        )


def towards(to: Account | AccountAbroad) -> dict:
    """The end of an order, by where its account is kept."""
    is_abroad = isinstance(to, AccountAbroad)
    return {"destination": None, "abroad": to} if is_abroad else {"destination": to.pk}


@dataclass(frozen=True)
class Part:
    """Blocks that one decision is about."""

    blocks: tuple
    wanted: Wanted

    @property
    def vintage_from(self):
        return self.blocks[0].vintage_from


@dataclass(frozen=True)
class Plan:
    """`leaves_to` is the account in the sender's registry that the units lie in afterwards; None
    where they leave its books. `destination` is None where another node keeps it. `known` are the
    links by which it was planned."""

    order: Order
    method: str
    edge: LinkEdge | None
    source: Account
    receiver: Registry
    destination: Account | None
    unit_type: UnitType
    leaves_to: int | None
    parts: list
    known: Links

    @property
    def type_code(self):
        return LEAVES_BY[self.method]

    def lines(self, reserved=0) -> list[Line]:
        """What the sender's transaction moves, by named serials; `reserved` units stay in its own
        reserve."""
        blocks = [(block.first, block.last) for part in self.parts for block in part.blocks]
        pieces = [(self.leaves_to, *block) for block in blocks]
        if reserved:
            reserve = account_of(self.source.registry_id, kind="buffer")
            pieces = cut(blocks, reserved, self.leaves_to, reserve)
        return [
            Line(self.source.pk, to, self.order.unit_type, last - first + 1, first=first)
            for to, first, last in pieces
        ]


def plan(order: Order, at) -> Plan:
    """Nothing is decided or taken yet.

    Raises: RuleViolated.
    """
    source, destination = _accounts(order)
    unit_type = _unit_type(order)
    here = source.registry
    there = order.abroad.registry if order.abroad else destination.registry
    home = unit_type.registry
    if here.pk == there.pk:
        raise RuleViolated(failure("SAME_REGISTRY", registry=here.code))
    blocks = _taken(order, blocks_of(order.line(), unit_type.code, home.jurisdiction.code))
    ends = here.jurisdiction.code, there.jurisdiction.code
    known = links()
    way = route(known.graph, blocks[0].unit, *ends, at)
    method = METHOD.REPATRIATION
    if home.pk == here.pk:
        method = way.edge.method if way.edge else METHOD.RECOGNITION
    asked = Asked(
        order.quantity,
        # Of an account abroad only its own node knows whose it is.
        destination and destination.holder_id,
        class_of(destination),
        at.year,
        order.period or str(at.year),
    )
    if home.pk not in (here.pk, there.pk):
        raise RuleViolated(*_onward(known.graph, blocks, ends, home, asked, at))
    return Plan(
        order,
        METHOD(method),
        known.rows.get(way.edge.edge_id) if way.edge else None,
        source,
        there,
        destination,
        unit_type,
        _leaves_to(method, here, there),
        [_part(list(same), ends, asked) for _unit, same in groupby(blocks, lambda b: b.unit)],
        known,
    )


def class_of(destination) -> str:
    """How edges call the holder of an account; of one that another node keeps, the best it may
    be, because that node decides."""
    return "covered" if destination is None else CLASSES.get(destination.kind, "other")


def _onward(graph, blocks, ends, home, asked, at):
    """Why units that are at home in neither registry do not go straight on.

    A serial lies in one place abroad, by the books of its home: so it goes home first. Where that
    would not help, because the destination does not recognise it or it is not let go, the codes
    of that are told, and going home is not proposed.
    """
    here, there = ends
    onward, back = {}, {}
    for unit in dict.fromkeys(block.unit for block in blocks):
        onward |= dict.fromkeys(refusals(route(graph, unit, here, there, at), asked, at))
        back |= dict.fromkeys(refusals(route(graph, unit, here, unit.issuer, at), asked, at))
    # That they are not let go straight is mended by the way through home.
    if not back and not onward.keys() - {"RE_EXPORT_FORBIDDEN"}:
        return [failure("ONWARD_THROUGH_HOME", home=home.code)]
    return [failure(code, home=home.code) for code in onward | back]


def account_of(registry_id, *, kind, stands_for_id=None) -> int:
    """The one account of a kind that a registry keeps for links.

    Raises: RuleViolated (NO_ACCOUNT_FOR_LINKS).
    """
    pk = carrying.account_of(registry_id, kind, stands_for_id)
    if pk is None:
        raise RuleViolated(failure("NO_ACCOUNT_FOR_LINKS", kind=kind))
    return pk


def cut(blocks, kept, account, reserve):
    """(account, first, last) of each piece; the last `kept` units go to the reserve."""
    left = sum(last - first + 1 for first, last in blocks) - kept
    pieces = []
    for first, last in blocks:
        middle = min(last, first + left - 1)
        if middle >= first:
            pieces.append((account, first, middle))
            left -= middle - first + 1
        if middle < last:
            pieces.append((reserve, max(first, middle + 1), last))
    return pieces


def _accounts(order):
    ends = [(order.source, SourceExists)]
    if order.abroad is None:
        ends.append((order.destination, DestinationExists))
    rows = known_rows.accounts([pk for pk, _ in ends])
    missing = [check.failure(account=str(pk)) for pk, check in ends if pk not in rows]
    if missing:
        raise RuleViolated(*missing)
    return rows[order.source], rows.get(order.destination)


def _unit_type(order):
    unit_type = known_rows.unit_type(order.unit_type)
    if unit_type is None:
        raise RuleViolated(failure("UNKNOWN_UNIT_TYPE", unit_type=str(order.unit_type)))
    return unit_type


def _taken(order, blocks):
    """The first blocks that hold as much as is ordered.   Raises: RuleViolated."""
    taken, left = [], order.quantity
    for block in blocks:
        if left:
            part = replace(block, last=min(block.last, block.first + left - 1))
            taken.append(part)
            left -= part.quantity
    if left:
        lacking = {"line": 1, "asked": str(order.quantity), "available": str(order.quantity - left)}
        raise errors.from_gate([{"code": "INSUFFICIENT_UNITS", **lacking}])
    return taken


def _part(blocks, ends, asked):
    quantity = sum(block.quantity for block in blocks)
    wanted = Wanted(blocks[0].unit, *ends, replace(asked, quantity=quantity))
    return Part(tuple(blocks), wanted)


def _leaves_to(method, here, there):
    if method == METHOD.REPATRIATION:
        return None
    if method == METHOD.ISSUE_AND_CANCEL:
        return account_of(here.pk, kind="conversion")
    return account_of(here.pk, kind="partner", stands_for_id=there.pk)
