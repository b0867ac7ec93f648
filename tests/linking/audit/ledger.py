"""A sound ledger with something of everything that linking's rules look at."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from linking.decide import Request
from linking.edges.edge import read
from linking.lifecycle.triggers import Observations
from linking.models import AgreementVersion, StoredDecision, Transfer
from linking.route import Unit
from linking.selectors import agreements
from linking.services.accept import Wanted, accept
from linking.services.carry import carry_due
from linking.services.carry_forward import carry_forward
from linking.services.change_edge import resume
from linking.services.plan import Order
from linking.services.release import release
from linking.services.start_phases import start_phases
from linking.services.tell_uses import tell_uses
from linking.services.transfer import transfer
from linking.services.watch import watch
from registry import limits
from registry.lines import Line
from registry.models import Basis
from registry.posting import sequence
from registry.services.approve import approve, reject
from registry.services.surrender import surrender
from tests.linking.conftest import EDGES
from tests.linking.documents import quota, use_quota
from tests.linking.using import of_line
from tests.world import complete, issue_units

CEA = Unit("CEA", "CN", 2026)
PHASE = {"n": 1, "from": "2026-01-01", "overrides": {}}


@dataclass(frozen=True)
class Built:
    """Ids of rows that corruptions are made in."""

    world: object
    version: int
    completed: int
    aborted: int
    waiting: int
    use: int
    undone: int


def build(table) -> Built:
    """An agreement amended once, imports, counter-flows, uses, and a transfer of each fate."""
    world, at = table.world, table.world.at
    net = quota(value="1000", direction="net", carry_forward_max="1/2")
    edges = [{**EDGES[0], "quotas": [net, use_quota()], "phases": [PHASE]}, EDGES[1]]
    table.enact(edges=edges, at=at - timedelta(days=2))
    table.enact(edges=edges, title="Amended", at=at - timedelta(days=1))
    start_phases(at=at)
    Basis.objects.create(entity=world.holder_a, kind="obligation", period="2026", tonnes=2000)
    issue_units(world, world.cea, [(world.at_neighbour.operator, 500)], year=2026)
    use, undone = _uses(world, at)
    made = [_sent(table, 100, decide) for decide in (_approved, _rejected, None)]
    _surrendered(world, 10)
    accept(Wanted(CEA, "KR", "CN", Request(5, year=2026, period="2026")), at=at)
    limits.divide("link:CN>KR:0", "2026", 4)
    accept(Wanted(CEA, "CN", "KR", Request(7, year=2026, period="2026")), at=at)
    row = agreements.edge_in_force(agreements.agreement("KR-CN"), "CN>KR")
    carry_forward(read(row.document), 0, closed="2025", opened="2026", at=at)
    incident = Observations(events=frozenset({"security"}))
    by = {"actor": table.korea, "edge_id": "CN>KR", "at": at + timedelta(days=1)}
    assert watch(seen=incident, **by) == ["security"]
    resume(agreement="KR-CN", **{**by, "at": at + timedelta(days=2)})
    version = AgreementVersion.objects.get(status="in_force")
    return Built(world, version.pk, *made, use, undone)


def _uses(world, at: datetime):
    """A use that stands, and one that was undone."""
    for _time in range(2):
        line = Line(
            world.at_home.operator_a, None, world.cea.pk, 5, period="2026",
            vintage_from=date(2026, 1, 1),
        )  # fmt: skip
        of_line(line, world.home.pk, at)
    one, other = StoredDecision.objects.filter(kind="use").order_by("id")
    assert release(other, at)
    return one.pk, other.pk


def _surrendered(world, quantity):
    """Units that have come over the link are used, and home is told."""
    line = Line(world.at_home.operator_a, None, world.cea.pk, quantity, period="2026")
    by = {"actor": world.administrator_1, "key": world.key(), "at": world.at}
    complete(world, surrender(lines=[line], **by))
    sequence(100)
    assert tell_uses(at=world.at) == 2


def _sent(table, quantity, decide):
    world = table.world
    ends = world.at_neighbour.operator, world.at_home.operator_a
    order = Order(*ends, world.cea.pk, quantity)
    made = transfer(actor=table.china, order=order, key=world.key(), at=world.at).transfer
    if decide:
        row = made.source_transaction
        said = {"transaction_id": row.pk, "payload_hash": bytes(row.payload_hash), "at": world.at}
        decide(actor=world.administrator_2, **said)
        carry_due(at=world.at)
    return Transfer.objects.get(pk=made.pk).pk


def _approved(**said):
    approve(**said)


def _rejected(**said):
    reject(reason="not agreed", **said)
