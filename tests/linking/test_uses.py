"""Home knows which of its units were used abroad, where one node keeps both registries."""

import pytest
from django.utils import timezone

from linking.models import UsedAbroad, UsesTold
from linking.selectors.digests import Pair
from linking.services import tell_uses as telling
from linking.services.open_case import open_case
from linking.services.repair_case import approve_repair, propose_repair
from linking.services.tell_uses import tell_uses
from registry.errors import RuleViolated
from registry.lines import Line
from registry.models import Person, Transaction
from registry.posting import sequence
from registry.services.api_keys import issue_key
from registry.services.reverse import reverse
from registry.services.surrender import surrender
from tests.api.conftest import ApiClient
from tests.linking.test_remainder import importing, surrendered
from tests.world import complete, stock

__all__ = ["importing"]


def told(world):
    """Brings the positions up, and tells homes what was used; how much."""
    sequence(100)
    return tell_uses(at=world.at)


def kept():
    rows = UsedAbroad.objects.order_by("first")
    return list(rows.values_list("first", "last", "use", "period", "entity"))


@pytest.fixture
def used(importing):
    """100 CEA at 0.8: of them 80 surrendered in Korea, 5 in the reserve, 15 cancelled."""
    table = importing(remainder_to="split(1/4)")
    surrendered(table, 100)
    return table


def test_home_keeps_each_use_once(used):
    """What was surrendered and what was cancelled; not what lies in the reserve."""
    world = used.world
    assert told(world) == 2
    assert kept() == [
        (1, 80, "surrender", "2026", "KR-OPERATOR-A"),
        (86, 100, "cancellation", "2026", "KR-OPERATOR-A"),
    ]
    assert {row.registry for row in UsedAbroad.objects.all()} == {world.home}
    assert told(world) == 0


def test_a_pass_that_is_cut_into_batches_tells_the_same(used, monkeypatch):
    """Position by position, and its place is kept with what was told."""
    monkeypatch.setattr(telling, "BATCH", 1)
    assert told(used.world) == 2
    assert len(kept()) == 2
    assert UsesTold.objects.get(home=used.world.neighbour).position > 2


def test_reversed_use_is_undone(used):
    """Its rows stay, and the serials may be used anew."""
    world = used.world
    told(world)
    posting = UsedAbroad.objects.values_list("posting", flat=True).first()
    found = surrender_of(int(posting))
    by = {"actor": world.administrator_1, "key": world.key(), "at": world.at}
    complete(world, reverse(transaction_id=found.pk, **by))
    assert told(world) == 1
    assert not UsedAbroad.objects.filter(undone_at=None).exists()
    surrendered(used, 10)
    assert told(world) == 2
    assert UsedAbroad.objects.filter(undone_at=None).count() == 2


def surrender_of(posting):
    return Transaction.objects.get(posting_id=posting)


def test_units_at_home_are_nobodys_business(used):
    """Korea's own units that are used in Korea are not told of."""
    world = used.world
    stock(world, operator_a=10)
    lines = [Line(world.at_home.operator_a, None, world.kau.pk, 10, period="2026")]
    made = surrender(actor=world.administrator_1, lines=lines, key=world.key(), at=world.at)
    complete(world, made)
    told(world)
    assert set(UsedAbroad.objects.values_list("unit_type__code", flat=True)) == {"CEA"}


def test_those_who_read_the_home_registry_see_its_uses(used, description):
    """By REST, filtered, and one by its number; who reads Korea's books only sees none."""
    told(used.world)

    def client(name):
        person = Person.objects.get(username=name)
        issued = issue_key(
            actor=used.world.system, person_id=person.pk, label="k", at=timezone.now()
        )
        return ApiClient(description, issued.text)

    china, korea = client("china"), client("korea")
    items = china.get("uses-abroad", {"unit_type": "CEA", "standing": "true"}).json()["items"]
    assert [(each["first"], each["last"], each["use"]) for each in items] == [
        ("1", "80", "surrender"),
        ("86", "100", "cancellation"),
    ]
    assert (items[0]["registry"], items[1]["message"]) == ("KR-ETRS", None)
    assert china.get(f"uses-abroad/{items[0]['id']}").json() == items[0]
    assert china.get("uses-abroad", {"standing": "false"}).json()["items"] == []
    assert korea.get("uses-abroad").json()["items"] == []
    assert korea.get(f"uses-abroad/{items[0]['id']}").status_code == 404


def test_no_repair_takes_used_units_home(used):
    """A case may say that the partner does not hold them; then the books need people."""
    world = used.world
    told(world)
    pair = Pair(world.neighbour, world.home, world.cea)
    case = open_case(pair, "not_abroad", [(50, 60)], evidence={}, at=world.at)
    said = {"number": case.pk, "at": world.at}
    propose_repair(actor=used.china, repair="take_home", reason="gone", **said)
    with pytest.raises(RuleViolated) as caught:
        approve_repair(actor=world.administrator_2, **said)
    assert caught.value.codes == ["UNITS_USED_ABROAD"]
