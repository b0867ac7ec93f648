"""The example sets come into force through the services, once."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from linking.models import AgreementVersion, LinkEdge, VersionSignature
from linking.route import Unit, route
from linking.selectors.graph import links
from linking.selectors.meters import meters
from linking.selectors.readiness import pair
from linking.services.accept import Wanted, accept
from linking.services.carry import carry
from linking.services.change_edge import resume, suspend
from linking.services.plan import Order
from linking.services.transfer import transfer
from registry.actors import actor_for
from registry.errors import RuleViolated
from registry.models import (
    Account,
    Holding,
    Jurisdiction,
    Person,
    ReferenceLoading,
    UnitType,
)
from registry.services.approve import approve
from registry.services.people import add_person, give_role, system_actor
from scenarios.services.load_links import load_links, names
from scenarios.services.load_reference import load_reference
from tests.linking.test_example_sets import load

TUESDAY = datetime(2027, 3, 2, 9, tzinfo=UTC)
AT = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def reference(db, keys_dir):
    return load_reference()


@pytest.mark.parametrize("name", names())
def test_set_is_in_force_after_loading(reference, name):
    """All parties have signed; a second call changes nothing."""
    loaded = load_links(name, at=AT)
    count = 2 if name == "indirect_mechanism" else 6
    assert not loaded.already and loaded.edges == count
    version = AgreementVersion.objects.get()
    assert version.status == "in_force"
    parties = version.agreement.parties.count()
    assert VersionSignature.objects.count() == parties == len(load(name)["parties"])
    again = load_links(name, at=AT)
    assert again.already and LinkEdge.objects.count() == count


def test_city_pilot_runs(reference):
    """A Tokyo operator acquires within the quota, the meter moves, what exceeds it is refused,
    and the link is suspended with one action and resumed."""
    load_links("city_pilot", at=AT)
    bea = Unit("BEA", "CN-BJ", 2027)

    def ask(quantity, at=TUESDAY, minimum=1):
        from linking.decide import Request

        request = Request(quantity, year=2027, period="2027", minimum=minimum)
        return accept(Wanted(bea, "CN-BJ", "JP-13", request), at=at).decision

    first = ask(1_000)
    assert (first.accepted, first.credited, first.remainder) == (1_000, 800, {"cancel": 200})
    (meter,) = meters("BJ>TK", period="2027", at=TUESDAY)
    assert (meter.capacity, meter.used, meter.left) == (10_000, 800, 9_200)
    with pytest.raises(Exception, match="QUOTA_EXCEEDED"):
        ask(20_000, minimum=20_000)
    tokyo = actor_for(Person.objects.get(username="links-jp-13"))
    by = {"actor": tokyo, "agreement": "CITY-PILOT", "edge_id": "BJ>TK"}
    wednesday, thursday = TUESDAY.replace(day=3), TUESDAY.replace(day=4)
    assert len(suspend(at=wednesday, **by)) == 2
    graph = links().graph
    assert route(graph, bea, "CN-BJ", "JP-13", wednesday).codes == ("LINK_SUSPENDED",)
    tokyo_credit = Unit("TK-EXC", "JP-13", 2027)
    assert route(graph, tokyo_credit, "JP-13", "CN-BJ", wednesday).codes == ("LINK_SUSPENDED",)
    resume(at=thursday, **by)
    assert ask(500, at=thursday).accepted == 500


def test_examples_of_this_year_go_over_the_link_on_any_day(reference):
    """Operators hold units of the year in which the set is loaded; of the next year, when it is
    loaded again then; and no day is shut."""
    sunday = AT.replace(month=2, day=28)
    assert load_links("city_pilot", at=sunday).units == 33_000
    assert load_links("city_pilot", at=AT).units == 0
    later = sunday.replace(year=2029)
    assert load_links("city_pilot", at=later).units == 33_000
    held = Holding.objects.filter(account__holder__code="EX-BJ-1", closed_by=None)
    assert [(each.unit_type.code, each.quantity) for each in held] == [("BEA", 20_000)] * 2
    assert {each.issuance.vintage_label for each in held} == {"2027 (example)", "2029 (example)"}
    numbers = dict(Account.objects.values_list("holder__code", "pk"))
    order = Order(numbers["EX-BJ-1"], numbers["EX-TK-1"], held[0].unit_type_id, 1_000)
    with pytest.raises(RuleViolated, match="VINTAGE_TOO_OLD"):
        transfer(actor=beijing(), order=order, key="a", at=later)
    order = replace(order, vintage_from=date(2029, 1, 1))
    sent = transfer(actor=beijing(), order=order, key="b", at=later)
    assert sent.transfer.parts.get().credited == 800


def beijing():
    return actor_for(Person.objects.get(username="links-cn-bj"))


class Crossing:
    """Units of Seoul, sent from place to place by whoever administers where they are."""

    def __init__(self):
        self.numbers = dict(Account.objects.values_list("holder__code", "pk"))
        self.seoul = UnitType.objects.get(code="SEO-EXC").pk
        self.approver = system_actor(username="approver", display_name="Approver")

    def send(self, source, destination, place, quantity=100):
        order = Order(self.numbers[source], self.numbers[destination], self.seoul, quantity)
        actor = actor_for(Person.objects.get(username=f"links-{place}"))
        made = transfer(actor=actor, order=order, key=f"{source} {destination}", at=TUESDAY)
        row = made.transfer.source_transaction
        digest = bytes(row.payload_hash)
        approve(actor=self.approver, transaction_id=row.pk, payload_hash=digest, at=TUESDAY)
        return carry(made.transfer.pk, at=TUESDAY)

    def held(self, holder):
        held = Holding.objects.filter(account=self.numbers[holder], closed_by=None)
        return sum(each.quantity for each in held.filter(unit_type=self.seoul))


def test_units_go_on_through_home(reference):
    """Seoul's units in Tokyo go to Beijing by way of Seoul; where nobody recognises them, that
    is said instead."""
    load_links("city_pilot", at=AT)
    crossing = Crossing()
    crossing.send("EX-SEO-1", "EX-TK-1", "kr-11")
    with pytest.raises(RuleViolated) as caught:
        crossing.send("EX-TK-1", "EX-BJ-1", "jp-13")
    assert caught.value.codes == ["ONWARD_THROUGH_HOME"]
    assert "KR-11-REG" in str(caught.value.failures[0].data)
    with pytest.raises(RuleViolated) as caught:
        crossing.send("EX-TK-1", "EX-ST-1", "jp-13")
    assert caught.value.codes == ["ORIGIN_NOT_RECOGNISED"]
    assert crossing.send("EX-TK-1", "EX-SEO-1", "jp-13").method == "repatriation"
    assert crossing.send("EX-SEO-1", "EX-BJ-1", "kr-11").edge.edge_id == "SEO>BJ"
    assert (crossing.held("EX-TK-1"), crossing.held("EX-BJ-1")) == (0, 100)


def test_all_sets_can_be_loaded(reference):
    """With the scores of seven pairs, read once, and unit types that are marked unofficial."""
    for name in names():
        load_links(name, at=AT)
    ids = dict(Jurisdiction.objects.values_list("code", "id"))
    assert pair(ids["CN"], ids["KR"]).assessment.form == "restricted"
    assert pair(ids["JP-13"], ids["JP-11"]).assessment.form == "reciprocal"
    assert len(links().graph.edges) == 14
    assert UnitType.objects.get(code="SEO-EXC").code_is_official is False


def test_the_owner_loads_where_rows_change_by_approval(fresh_database, keys_dir):
    """On a node with two system administrators the application may not add a unit type; the
    command does it as the owner, and the history says so."""
    load_reference()
    keeper = system_actor(username="keeper", display_name="Keeper")
    for name in ("system administrator 1", "system administrator 2"):
        person = add_person(actor=keeper, username=name, display_name=name)
        give_role(actor=keeper, person_id=person.pk, role="system_administrator", registry_id=None)
    with pytest.raises(RuleViolated, match="REFERENCE_DATA_NEED_APPROVAL"):
        load_links("city_pilot", at=AT)
    said = StringIO()
    call_command("load_links", "city_pilot", stdout=said)
    assert "CITY-PILOT is in force" in said.getvalue()
    assert UnitType.objects.filter(code="SEO-EXC").exists()
    assert ReferenceLoading.objects.filter(what="manage.py load_links").count() == 1
    connections["owner"].close()


def test_command_says_what_it_did(reference):
    """Once loaded, then already there; an unknown set is named with those that exist."""
    said = StringIO()
    call_command("load_links", "city_pilot", stdout=said)
    call_command("load_links", "city_pilot", stdout=said)
    first, issued, second = said.getvalue().splitlines()
    assert "CITY-PILOT is in force: 6 edges" in first and "already" in second
    assert "33,000 units of this year" in issued
    with pytest.raises(CommandError, match="LINKS_UNKNOWN"):
        call_command("load_links", "moon")
