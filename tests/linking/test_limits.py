"""Limits are taken when they bind, given back once, and never taken twice."""

from datetime import UTC, date, datetime, timedelta

import pytest

from linking.decide import Request
from linking.edges.edge import read
from linking.models import CarriedForward, StoredDecision, UnitsUsed
from linking.route import Unit
from linking.selectors import agreements
from linking.selectors.meters import meters
from linking.services.accept import Wanted, accept
from linking.services.allot import allot
from linking.services.carry_forward import carry_forward
from linking.services.close_periods import close_periods
from linking.services.release import release
from registry import limits
from registry.errors import DomainError
from registry.lines import Line
from registry.models import Basis, LimitCounter
from tests.linking.conftest import EDGES
from tests.linking.documents import factor, quota
from tests.linking.test_agreements import codes_of
from tests.linking.using import of_line

CEA = Unit("CEA", "CN", 2026)
KAU = Unit("KAU", "KR", 2026)


def wanted(quantity, *, unit=CEA, source="CN", to="KR", **changes):
    return Wanted(unit, source, to, Request(quantity, year=2026, period="2026", **changes))


def counters():
    rows = LimitCounter.objects.order_by("pool").values_list("pool", "used_t", "capacity_t")
    return {pool: (used, capacity) for pool, used, capacity in rows}


def test_import_takes_from_the_quota_in_parts_of_a_tonne(table):
    """1,000 t at 0.8 are 1,250 units, however small the transfers are."""
    table.enact()
    at = table.world.at
    first = accept(wanted(1), at=at)
    assert counters() == {"link:CN>KR:0": (4, 5000)}
    assert first.decision.takes[0].scale == 5
    many = accept(wanted(2000), at=at)
    assert (many.decision.accepted, many.decision.codes) == (1249, ("QUOTA_PARTIAL",))
    assert counters() == {"link:CN>KR:0": (5000, 5000)}
    assert codes_of(accept, wanted(1), at=at) == ["QUOTA_EXHAUSTED"]
    assert codes_of(accept, wanted(1, minimum=2), at=at) == ["QUOTA_EXHAUSTED"]


def test_decision_is_kept_with_versions_and_limits(table):
    """Whoever reads it later sees what it rested on."""
    version = table.enact()
    made = accept(wanted(10), at=table.world.at)
    row = StoredDecision.objects.get()
    assert (row.edge.version, row.kind, row.at) == (version, "import", table.world.at)
    assert row.outcome["limits"] == [
        {"pool": "link:CN>KR:0", "entity": None, "period": "2026", "scale": 5,
         "before": "5000", "after": "4960"}
    ]  # fmt: skip
    assert made.factor_version == f"{row.pk} CN>KR v1 4/5"


def test_counter_flow_restores_net_quotas_only(table):
    """Going home and the other direction make room; beyond nothing used, for as much more."""
    edges = [{**EDGES[0], "quotas": [quota(value="100", direction="net"), quota(value="100")]},
             EDGES[1]]  # fmt: skip
    table.enact(edges=edges)
    at = table.world.at
    accept(wanted(100), at=at)
    assert counters() == {"link:CN>KR:0": (400, 500), "link:CN>KR:1": (400, 500)}
    accept(wanted(60, source="KR", to="CN"), at=at)
    assert counters() == {"link:CN>KR:0": (160, 500), "link:CN>KR:1": (400, 500)}
    accept(wanted(50, unit=KAU, source="KR", to="CN"), at=at)
    # 250 parts come back where 160 were used: 90 parts more than the quota can now come in.
    net, gross = meters("CN>KR", period="2026", at=at)
    assert (net.used, net.capacity, net.left) == (0, 118, 118)
    assert (gross.used, gross.capacity) == (80, 100)


def test_what_does_not_come_about_restores_nothing(table):
    """A withdrawn counter-flow takes its room away, a withdrawn import gives its own back."""
    edges = [{**EDGES[0], "quotas": [quota(value="100", direction="net")]}, EDGES[1]]
    table.enact(edges=edges)
    at = table.world.at
    first = accept(wanted(100), at=at)
    back = accept(wanted(60, source="KR", to="CN"), at=at)
    assert back.stored.outcome["restored"] == [
        {"pool": "link:CN>KR:0", "period": "2026", "scale": 5, "amount": "240"}
    ]
    release(back.stored, at)
    assert left_of(at) == 20
    again = accept(wanted(60, source="KR", to="CN"), at=at)
    # More is given back than is used by now: the counter-flow's room stays.
    release(first.stored, at)
    assert left_of(at) == 148
    release(again.stored, at)
    assert left_of(at) == 100


def left_of(at):
    (meter,) = meters("CN>KR", period="2026", at=at)
    return meter.left


def test_a_quota_can_be_a_share_of_the_cap(table):
    """Uploaded for the acceptor's jurisdiction; without it nothing is accepted."""
    edges = [{**EDGES[0], "quotas": [quota(base="cap", value="0.02")]}, EDGES[1]]
    table.enact(edges=edges)
    at, place = table.world.at, table.world.home.jurisdiction
    assert codes_of(accept, wanted(1), at=at) == ["BASE_UNKNOWN"]
    Basis.objects.create(jurisdiction=place, kind="cap", period="2026", tonnes=4_000)
    made = accept(wanted(1000), at=at).decision
    assert (made.accepted, made.codes) == (100, ("QUOTA_PARTIAL",))
    assert left_of(at) == 0
    # A cap of another year, or tonnes of an entity, change nothing.
    Basis.objects.create(jurisdiction=place, kind="cap", period="2027", tonnes=9_000)
    Basis.objects.create(entity=table.world.holder_a, kind="cap", period="2026", tonnes=9_000)
    assert codes_of(accept, wanted(1), at=at) == ["QUOTA_EXHAUSTED"]
    Basis.objects.filter(jurisdiction=place, period="2026").update(tonnes=5_000)
    assert accept(wanted(1000), at=at).decision.accepted == 25


def test_a_quota_in_slots_decides_alike(table):
    """What is accepted, and when it is exhausted, is the same."""
    table.enact()
    at = table.world.at
    accept(wanted(1), at=at)
    limits.divide("link:CN>KR:0", "2026", 16)
    assert [accept(wanted(100), at=at).decision.accepted for _time in range(12)] == [100] * 12
    many = accept(wanted(2000), at=at).decision
    assert (many.accepted, many.codes) == (49, ("QUOTA_PARTIAL",))
    assert codes_of(accept, wanted(1), at=at) == ["QUOTA_EXHAUSTED"]
    assert left_of(at) == 0


def test_a_quota_counts_each_period_anew(table):
    """The period is that of the acceptance."""
    table.enact()
    accept(wanted(1250), at=table.world.at)
    later = table.world.at + timedelta(days=366)
    assert accept(wanted(10), at=later).decision.accepted == 10


def test_unused_quota_is_carried_forward(table):
    """Half of what is left, once."""
    edges = [{**EDGES[0], "quotas": [quota(value="1000", carry_forward_max="1/2")]}, EDGES[1]]
    table.enact(edges=edges)
    accept(wanted(250), at=table.world.at)
    row = agreements.edge_in_force(agreements.agreement("KR-CN"), "CN>KR")
    assert (
        carry_forward(read(row.document), 0, closed="2026", opened="2027", at=table.world.at)
        == 2000
    )
    assert (
        carry_forward(read(row.document), 0, closed="2026", opened="2027", at=table.world.at) == 0
    )
    later = table.world.at + timedelta(days=366)
    assert accept(wanted(9999), at=later).decision.accepted == 1250 + 500


def test_periods_close_by_themselves(table):
    """Once, from the first moment of the next one; nothing of a period before the edge was."""
    half = quota(value="1000", carry_forward_max="1/2")
    table.enact(edges=[{**EDGES[0], "quotas": [half, quota(value="9000")]}, EDGES[1]])
    at = table.world.at
    accept(wanted(250), at=at)
    assert close_periods(at=at) == 0
    begins = datetime(at.year + 1, 1, 1, tzinfo=UTC)
    assert close_periods(at=begins - timedelta(microseconds=1)) == 0
    assert [close_periods(at=begins) for _time in range(2)] == [1, 0]
    row = CarriedForward.objects.get()
    assert (row.closed, row.opened, row.left, row.carried) == ("2026", "2027", 4000, 2000)
    assert accept(wanted(9999), at=begins + timedelta(days=70)).decision.accepted == 1250 + 500


@pytest.mark.parametrize(
    ("allocation", "wishes", "given", "price"),
    [
        ("pro_rata", (140, 60), (70, 30), 0),
        ("per_entity", (0, 0), (50, 50), 0),
        ("auction", ((80, 9), (80, 7)), (80, 20), 7),
    ],
)
def test_quota_is_given_out_beforehand(table, allocation, wishes, given, price):
    """Then each entity takes from its own part."""
    edges = [{**EDGES[0], "quotas": [quota(value="100", allocation=allocation)]}, EDGES[1]]
    table.enact(edges=edges)
    ids = [table.world.holder_a.pk, table.world.holder_b.pk]
    by = {"actor": table.korea, "agreement": "KR-CN", "edge_id": "CN>KR", "quota_number": 0}
    made = allot(period="2026", wishes=dict(zip(ids, wishes, strict=True)), **by)
    assert (tuple(made.tonnes[i] for i in ids), made.price) == (given, price)
    got = accept(wanted(10_000, entity=ids[0]), at=table.world.at).decision
    assert got.accepted == given[0] * 5 // 4
    assert codes_of(accept, wanted(2, entity=ids[0]), at=table.world.at) == ["QUOTA_EXHAUSTED"]
    assert codes_of(allot, period="2026", wishes={}, **by) == ["QUOTA_BELOW_USE"]
    by["actor"] = table.china
    assert codes_of(allot, period="2026", wishes={}, **by) == ["NOT_PERMITTED"]


def use_line(table, quantity, **changes):
    world = table.world
    return Line(
        **{
            "source": world.at_home.operator_a,
            "destination": None,
            "unit_type": world.cea.pk,
            "quantity": quantity,
            "period": "2026",
            "vintage_from": date(2026, 1, 1),
            **changes,
        }
    )


def owes(table, tonnes, holder=None):
    holder = holder or table.world.holder_a
    Basis.objects.create(entity=holder, kind="obligation", period="2026", tonnes=tonnes)


def test_use_counts_at_the_factor_and_takes_from_the_entitys_limit(table):
    """5 % of 2,000 t are 100 t: 125 units at 0.8."""
    table.enact()
    owes(table, 2000)
    at, home = table.world.at, table.world.home.pk
    value = of_line(use_line(table, 100), home, at)
    assert value.credited_tonnes == 80
    assert value.factor_version.endswith(" CN>KR v1 4/5")
    assert counters() == {"link:CN>KR:1": (80, 100)}
    with pytest.raises(DomainError) as caught:
        of_line(use_line(table, 30), home, at)
    assert (caught.value.codes, caught.value.failures[0].data["accepted"]) == (
        ["QUOTA_PARTIAL"],
        "25",
    )
    assert of_line(use_line(table, 25), home, at).credited_tonnes == 20


def test_credits_are_rounded_over_the_period(table):
    """Batches of 2, 2 and 1 at 0.8 count 1, 2 and 1: together what 5 count."""
    table.enact(edges=[{**EDGES[0], "residue": "absorb"}, EDGES[1]])
    owes(table, 2000)
    credited = [
        of_line(use_line(table, n), table.world.home.pk, table.world.at).credited_tonnes
        for n in (2, 2, 1)
    ]
    assert credited == [1, 2, 1]
    assert UnitsUsed.objects.get().units == 5


def test_use_is_refused_without_a_basis_or_a_link(table):
    """What a limit is measured by must be known; and without a link units count for nothing."""
    home, at = table.world.home.pk, table.world.at
    assert codes_of(of_line, use_line(table, 5), home, at) == ["NO_EDGE"]
    table.enact()
    assert codes_of(of_line, use_line(table, 5), home, at) == ["BASE_UNKNOWN"]
    owes(table, 2000)
    assert codes_of(of_line, use_line(table, 6), home, at) == ["UNITS_FOR_NOTHING"]
    old = use_line(table, 5, vintage_from=date(2020, 1, 1))
    assert codes_of(of_line, old, home, at) == ["VINTAGE_TOO_OLD"]
    assert StoredDecision.objects.filter(kind="use").count() <= 1


def test_home_units_count_at_par(table):
    """Whatever links there are."""
    line = use_line(table, 7, unit_type=table.world.kau.pk)
    assert of_line(line, table.world.home.pk, table.world.at).credited_tonnes == 7
    assert counters() == {}


def test_domestic_and_foreign_offsets_share_one_pool(table):
    """What was taken for domestic offsets is not left for foreign ones."""
    pool = {**EDGES[0]["quotas"][1], "pool": "shared_with_domestic_offsets"}
    table.enact(edges=[{**EDGES[0], "quotas": [pool]}, EDGES[1]])
    owes(table, 2000)
    entity = table.world.holder_a
    LimitCounter.objects.create(pool="offsets:KR", entity=entity, period="2026", capacity_t=100)
    limits.take([limits.Draw("offsets:KR", "2026", 90, entity.pk)])
    home = table.world.home.pk
    assert codes_of(of_line, use_line(table, 100), home, table.world.at) == ["QUOTA_PARTIAL"]


def test_factor_is_exact(table):
    """A third of 300 is 100."""
    third = {**EDGES[0], "factor": factor("1/3"), "quotas": [quota(value="100")]}
    table.enact(edges=[third, EDGES[1]])
    made = accept(wanted(1000), at=table.world.at).decision
    assert (made.accepted, made.credited) == (300, 100)


def test_meters_tell_what_is_left(table):
    """12 t of 1,000 are used: 988 are left, and 100 more would leave 888."""
    table.enact()
    owes(table, 2000)
    at, holder = table.world.at, table.world.holder_a.pk
    accept(wanted(14), at=at)
    of_line(use_line(table, 100), table.world.home.pk, at)
    imports, uses = meters("CN>KR", entity=holder, period="2026", at=at)
    assert (imports.capacity, imports.used, imports.left, imports.after(100)) == (
        *(1000, 12, 988),
        888,
    )
    assert (uses.capacity, uses.used, uses.left) == (100, 80, 20)
    assert [meter.at for meter in meters("CN>KR", period="2026", at=at)] == ["import"]
    (_imports, unknown) = meters("CN>KR", entity=holder, period="2030", at=at)
    assert (unknown.left, unknown.after(1)) == (None, None)
    assert meters("X", period="2026", at=at) == []


def test_every_vintage_that_may_be_taken_is_looked_at(table):
    """Two vintages lie in the account, one too old: serials of the other are to be named."""
    from tests.world import issue_units

    table.enact()
    owes(table, 100_000)
    world = table.world
    account = world.at_neighbour.operator
    issue_units(world, world.cea, [(account, 100)], year=2020)
    issue_units(world, world.cea, [(account, 100)], year=2025)
    line = {"source": account, "entity": world.holder_a.pk, "vintage_from": None}
    home, at = world.home.pk, world.at
    assert codes_of(of_line, use_line(table, 5, **line), home, at) == ["VINTAGE_TOO_OLD"]
    across = use_line(table, 10, first=96, **line)
    assert codes_of(of_line, across, home, at) == ["VINTAGE_TOO_OLD"]
    assert of_line(use_line(table, 5, first=101, **line), home, at).credited_tonnes == 4
    by_vintage = use_line(table, 5, **{**line, "vintage_from": date(2025, 1, 1)})
    assert of_line(by_vintage, home, at).credited_tonnes == 4


def test_an_amended_quota_counts_from_its_first_day(table):
    """What is used stays used; a limit below it is refused when it is proposed."""
    import copy

    table.enact()
    at = table.world.at
    accept(wanted(500), at=at)
    for value, code in (("399", ["QUOTA_BELOW_USE"]), ("401", None), ("2000", None)):
        edges = copy.deepcopy(list(EDGES))
        edges[0]["quotas"] = [quota(value=value)]
        if code:
            assert codes_of(table.propose, edges=edges) == code
            continue
        table.enact(edges=edges)
        (meter,) = meters("CN>KR", period="2026", at=at)
        assert (meter.capacity, meter.used) == (int(value), 400)
    assert accept(wanted(9_999), at=at).decision.accepted == 2_000
    assert counters()["link:CN>KR:0"] == (10_000, 10_000)


def test_an_amended_factor_keeps_the_tonnes_that_are_used(table):
    """At 0.8 a tonne has five parts, at 0.5 two: 100.8 t are 504 parts, then 202."""
    import copy

    table.enact()
    at = table.world.at
    accept(wanted(126), at=at)
    edges = copy.deepcopy(list(EDGES))
    edges[0]["factor"] = factor("0.5")
    table.enact(edges=edges)
    assert counters()["link:CN>KR:0"] == (202, 2000)
    assert accept(wanted(9_999), at=at).decision.accepted == 1_798
