"""The city pilot in a real browser: units within the quota, one transfer beyond it, suspension."""

import pytest
from django.urls import reverse
from django.utils import timezone

from linking.models import EdgeChange, LinkEdge, Transfer
from linking.services.carry import carry_due
from registry.actors import actor_for
from registry.models import Account, Person
from registry.services import people
from registry.services.approve import approve
from scenarios.services.load_links import load_links
from scenarios.services.load_reference import load_reference
from tests.e2e import browsing
from tests.e2e.test_wizards import NEXT, SUBMIT, Walk


@pytest.fixture
def pilot(fresh_database, keys_dir):
    """The city pilot in force, with example units at its operators."""
    load_reference()
    load_links("city_pilot", at=timezone.now())


def administrator(username):
    """A person who administers every registry, and signs in."""
    system = people.system_actor(username="keeper", display_name="keeper")
    made = people.add_person(actor=system, username=username, display_name=username, signs_in=True)
    people.give_role(actor=system, person_id=made.pk, role="administrator")
    return Person.objects.get(pk=made.pk)


def number(holder):
    return Account.objects.get(holder__code=holder, kind="operator").number


def approved(transfer, person):
    """Another person approves the sender's half, and the worker brings it to its end."""
    row, at = transfer.source_transaction, timezone.now()
    payload_hash = bytes(row.payload_hash)
    approve(actor=actor_for(person), transaction_id=row.pk, payload_hash=payload_hash, at=at)
    carry_due(at=at)
    transfer.refresh_from_db()
    return transfer


def look_at(going, quantity):
    """The wizard up to what the acceptor would decide."""
    going.open(reverse("admin:linking_transfer_send"))
    going.fill(source=number("EX-BJ-1"), destination=number("EX-TK-1"))
    going.press(NEXT)
    going.fill(pick="BEA", quantity=quantity)
    going.press(NEXT)
    return going.page.inner_text("#content-main")


def test_units_cross_the_pilot_link_until_its_quota_or_its_suspension(pilot):
    """The meter moves, the discount is applied, what exceeds the quota is refused with its code,
    and one act stops the link both ways until another opens it."""
    with browsing.chromium() as browser, browsing.served() as address:
        one, two = administrator("one"), administrator("two")
        with browsing.reading(browser, address, person=one) as reader:
            going = Walk(reader)
            said = look_at(going, "1000")
            assert "10,000 t of 10,000 t left; this leaves 9,200 t" in said
            going.press(SUBMIT)
            done = approved(Transfer.objects.get(), two)
            assert (done.state, done.parts.get().credited) == ("completed", 800)
            refused = look_at(going, "12000")
            assert "QUOTA_PARTIAL" in refused and "9,200 t of 10,000 t left" in refused
            edge = LinkEdge.objects.get(edge_id="BJ>TK", version__status="in_force")
            going.open(reverse("admin:linking_linkedge_change", args=[edge.pk]))
            going.press("a.act-suspend")
            going.fill(reason="a security incident")
            going.press(".decision button.act-approve")
            stopped = EdgeChange.objects.filter(state="suspended")
            assert set(stopped.values_list("edge_id", flat=True)) == {"BJ>TK", "TK>BJ"}
            assert "LINK_SUSPENDED" in look_at(going, "10")
            going.open(reverse("admin:linking_linkedge_change", args=[edge.pk]))
            going.press("a.act-resume")
            going.fill(reason="mended")
            going.press(".decision button.act-approve")
            assert "this leaves 9,192 t" in look_at(going, "10")
            going.open(
                reverse("admin:linking_agreement_change", args=[done.edge.version.agreement_id])
            )
        assert not going.found, "\n".join(going.found)
