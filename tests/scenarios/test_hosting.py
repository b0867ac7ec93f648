"""A node that keeps the registries of one jurisdiction, and knows all others as partners."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry.models import Account, ApiKey, Holding, KeyRecord, Person, Registry, UnitType
from scenarios.models import LoadedScenario
from scenarios.services.load_reference import load_reference
from scenarios.services.load_scenario import load_scenario
from scenarios.services.prepare_member import ADMINISTRATORS, prepare_member, registries
from tests import databases

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def member(django_db_setup, django_db_blocker):
    """The node of Japan in a federation; the keys of its administrators."""
    with django_db_blocker.unblock(), databases.fresh():
        load_reference(hosts=["JP"])
        yield prepare_member(known={}, at=AT)


@pytest.fixture
def there(member, django_db_blocker):
    with django_db_blocker.unblock():
        yield member


def test_registries_of_the_hosts_are_kept(there):
    """Those of Japan and of what lies in it; all others are rows that can be referred to."""
    kept = set(Registry.objects.filter(hosted=True).values_list("code", flat=True))
    assert kept == {row.code for row in Registry.objects.all() if row.code.startswith("JP-")}
    assert {"JP-GX-REG", "JP-13-REG", "JP-11-REG"} <= kept
    assert Registry.objects.count() == 19
    assert UnitType.objects.filter(code__in=["CEA", "KAU"]).count() == 2


def test_nothing_of_partners_is_here_but_what_stands_for_them(there):
    """No account, key or unit of theirs; one account for each partner in the own registry."""
    assert not Account.objects.filter(registry__hosted=False).exists()
    assert not KeyRecord.objects.filter(registry__hosted=False).exists()
    assert set(Holding.objects.values_list("unit_type__code", flat=True)) == {"GXA"}
    partners = Account.objects.filter(kind="partner").values_list("stands_for__code", flat=True)
    assert sorted([*partners, "JP-GX-REG"]) == registries()


def test_two_administrators_have_a_key_each(there):
    """Keys are for life: a second start gives no other ones, and adds nothing."""
    assert list(there) == list(ADMINISTRATORS)
    before = (ApiKey.objects.count(), Account.objects.count(), Person.objects.count())
    assert prepare_member(known=there, at=AT) == there
    assert (ApiKey.objects.count(), Account.objects.count(), Person.objects.count()) == before


def test_what_is_kept_stays_as_it_was(there):
    """The choice is made when a row is added: another call, with other hosts, changes none."""
    load_reference(hosts=["KR"], using="owner")
    assert Registry.objects.get(code="JP-GX-REG").hosted
    assert not Registry.objects.get(code="KR-ETRS").hosted


@pytest.mark.django_db
@pytest.mark.parametrize("hosts", [["UNFCCC"], ["JP", "NO"]], ids=["outside", "unknown"])
def test_a_host_that_is_no_place_of_a_party_is_told(hosts):
    """A mechanism outside all Parties is on no node, and a misspelt code is on none either."""
    with pytest.raises(CommandError, match="HOST_UNKNOWN"):
        call_command("load_reference", "--hosts", *hosts, stdout=StringIO())
    assert not Registry.objects.exists()


@pytest.mark.django_db
def test_a_scenario_is_loaded_for_what_is_kept(keys_dir):
    """Steps, operators and accounts of other jurisdictions are left out."""
    load_scenario("northeast_asia", at=AT, tell=lambda text: None, hosts=["JP-11"])
    loaded = LoadedScenario.objects.get()
    assert loaded.completed_at
    assert 0 < loaded.step_count < 20
    assert set(Account.objects.values_list("registry__code", flat=True)) == {"JP-11-REG"}
    assert set(Holding.objects.values_list("account__registry__code", flat=True)) == {"JP-11-REG"}
