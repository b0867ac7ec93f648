"""What registries lay down for accounts and people, loaded with the reference data and kept."""

import pytest
from django.utils import timezone

from registry import reference_tables
from registry.errors import RuleViolated
from registry.models import AccountClass, AccountHolder, Registry, RegistryRules
from registry.selectors.rules import rules_in_force
from registry.services.accounts import NewAccount, open_accounts
from registry.services.people import add_person, system_actor
from registry.services.representatives import Appointment, appoint
from scenarios.services.load_reference import load_reference

pytestmark = pytest.mark.django_db


@pytest.fixture
def loader():
    load_reference()
    return system_actor(username="loader", display_name="Loader")


def opened(loader, registry, **columns):
    (account,) = open_accounts(
        actor=loader,
        registry_id=registry.pk,
        accounts=[NewAccount(**columns)],
        at=timezone.now(),
    )
    return account


def holder(registry, code):
    return AccountHolder.objects.create(
        code=code, name=code, jurisdiction=registry.jurisdiction, is_synthetic=True
    )


def test_ccer_has_initiating_and_confirming_representatives(loader):
    """Nobody has both rights in China's registry of voluntary reductions; elsewhere one may."""
    ccer = Registry.objects.get(code="CN-CCER-REG")
    held = opened(loader, ccer, kind="trading", name="Desk")
    for username, right in (("first", "initiate"), ("second", "approve")):
        add_person(actor=loader, username=username, display_name=username)
        appoint(actor=loader, new=Appointment(held, username, right), at=timezone.now())
    add_person(actor=loader, username="both", display_name="both")
    with pytest.raises(RuleViolated) as told:
        both = Appointment(held, "both", "initiate_and_approve")
        appoint(actor=loader, new=both, at=timezone.now())
    assert told.value.codes == ["RIGHT_NOT_GIVEN_HERE"]
    other = opened(loader, Registry.objects.get(code="KR-ETRS"), kind="trading", name="Desk")
    both = Appointment(other, "both", "initiate_and_approve")
    assert appoint(actor=loader, new=both, at=timezone.now()).right == "initiate_and_approve"


def test_tokyo_has_one_designated_account_for_a_facility(loader):
    """A second designated account of one holder is refused; general accounts are as many as
    they want, and each class is of its kind of account."""
    tokyo = Registry.objects.get(code="JP-13-REG")
    designated, general = AccountClass.objects.filter(registry=tokyo).order_by("code")
    assert (designated.name_ja, general.name_ja) == ("指定管理口座", "一般管理口座")
    facility = holder(tokyo, "JP-13-FACILITY-1")
    main = {"kind": "operator", "holder_id": facility.pk, "account_class_id": designated.pk}
    opened(loader, tokyo, name="Facility 1", **main)
    with pytest.raises(RuleViolated) as told:
        opened(loader, tokyo, name="Facility 1 again", **main)
    assert told.value.codes == ["ACCOUNT_CLASS_FULL"]
    other = holder(tokyo, "JP-13-FACILITY-2")
    opened(loader, tokyo, name="Facility 2", **{**main, "holder_id": other.pk})
    trades = {"kind": "trading", "holder_id": facility.pk, "account_class_id": general.pk}
    assert opened(loader, tokyo, name="Desk 1", **trades)
    assert opened(loader, tokyo, name="Desk 2", **trades)


def test_versions_have_the_digest_of_proposed_ones(loader):
    """A loaded version is what a proposal of the same would have made."""
    loaded = RegistryRules.objects.get(registry__code="CN-CCER-REG")
    table = reference_tables.table_of(RegistryRules)
    again = RegistryRules(
        registry=loaded.registry,
        rights=loaded.rights,
        most_representatives=loaded.most_representatives,
        trusted_delay_days=loaded.trusted_delay_days,
        stop_quorum=loaded.stop_quorum,
        valid_from=loaded.valid_from,
    )
    reference_tables.compute(table, again)
    assert again.version == 2
    said = {name: getattr(loaded, name) for name in reference_tables.NAMES}
    said["registry"] = loaded.registry.code
    assert reference_tables.rules_digest(said) == bytes(loaded.digest)
    assert reference_tables.rules_digest({**said, "version": 2}) == bytes(again.digest)


def test_what_a_deployment_lays_down_is_kept(loader):
    """A later load neither changes a version nor brings its own back over a newer one."""
    ccer = Registry.objects.get(code="CN-CCER-REG")
    first = RegistryRules.objects.get(registry=ccer)
    now = timezone.now()
    RegistryRules.objects.filter(pk=first.pk).update(valid_to=now)
    RegistryRules.objects.create(
        registry=ccer,
        version=2,
        rights=["read", "initiate", "approve"],
        most_representatives=3,
        trusted_delay_days=1,
        stop_quorum=3,
        valid_from=now,
        digest=bytes(32),
    )
    report = {each.table: each for each in load_reference()}["RegistryRules"]
    assert (report.added, report.updated, report.kept) == (0, 0, [])
    assert rules_in_force(ccer.pk, timezone.now()).version == 2
