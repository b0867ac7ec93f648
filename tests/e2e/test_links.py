"""The city pilot in a real browser: units within the quota, one transfer beyond it, suspension."""

from contextlib import ExitStack

import pytest
from django.urls import reverse
from django.utils import timezone

from linking.models import EdgeChange, LinkEdge, Transfer
from linking.services.carry import carry_due
from registry.models import Account, Person, Registry, Representative
from registry.services import people
from scenarios.services.load_links import load_links
from scenarios.services.load_reference import load_reference
from tests.e2e import browsing
from tests.e2e.test_wizards import NEXT, SUBMIT, Walk


@pytest.fixture
def pilot(fresh_database, keys_dir):
    """The city pilot in force, with example units at its operators."""
    load_reference()
    load_links("city_pilot", at=timezone.now())


def person(username):
    """Somebody without a role, who signs in."""
    system = people.system_actor(username="keeper", display_name="keeper")
    made = people.add_person(actor=system, username=username, display_name=username, signs_in=True)
    return Person.objects.get(pk=made.pk)


def administrator(username, registry):
    """A person who administers one registry, and signs in."""
    system = people.system_actor(username="keeper", display_name="keeper")
    made = person(username)
    place = Registry.objects.get(code=registry).pk
    people.give_role(actor=system, person_id=made.pk, role="administrator", registry_id=place)
    return made


def seller():
    """A person of the operator in Beijing, who sends units for it."""
    made = person("seller")
    Representative.objects.create(
        person=made,
        account=Account.objects.get(holder__code="EX-BJ-1", kind="operator"),
        right="initiate",
        valid_from=timezone.now(),
    )
    return made


def number(holder):
    return Account.objects.get(holder__code=holder, kind="operator").number


def approved(window, transfer):
    """The administrator of the sender's registry approves its half on the page of the transaction,
    and the worker brings the transfer to its end."""
    pk = transfer.source_transaction_id
    window.open(reverse("admin:registry_transaction_decide", args=[pk, "approve"]))
    window.fill(reason="checked")
    window.press(".decision button.act-approve")
    carry_due(at=timezone.now())
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


def act(window, edge, name, reason):
    """What the administrator of the acceptor's registry does to an edge on its page."""
    window.open(reverse("admin:linking_linkedge_change", args=[edge.pk]))
    window.press(f"a.act-{name}")
    window.fill(reason=reason)
    window.press(".decision button.act-approve")


def test_units_cross_the_pilot_link_until_its_quota_or_its_suspension(pilot):
    """Each person in a window of their own: the seller's sends, Beijing's administrator approves,
    Tokyo's stops the link and opens it. The meter moves, the discount is applied, what exceeds the
    quota is refused with its code, and one act stops both ways."""
    with browsing.chromium() as browser, browsing.served() as address, ExitStack() as windows:

        def window(who):
            return Walk(windows.enter_context(browsing.reading(browser, address, person=who)))

        going = window(seller())
        beijing = window(administrator("beijing", "CN-BJ-REG"))
        tokyo = window(administrator("tokyo", "JP-13-REG"))
        assert "10,000 t of 10,000 t left; this leaves 9,200 t" in look_at(going, "1000")
        going.press(SUBMIT)
        done = approved(beijing, Transfer.objects.get())
        assert (done.state, done.parts.get().credited) == ("completed", 800)
        refused = look_at(going, "12000")
        assert "QUOTA_PARTIAL" in refused and "9,200 t of 10,000 t left" in refused
        assert "At most 11,500 of these units would be accepted now." in refused
        edge = LinkEdge.objects.get(edge_id="BJ>TK", version__status="in_force")
        beijing.open(reverse("admin:linking_linkedge_change", args=[edge.pk]))
        assert not beijing.page.locator("a.act-suspend").count()
        act(tokyo, edge, "suspend", "a security incident")
        stopped = EdgeChange.objects.filter(state="suspended")
        assert set(stopped.values_list("edge_id", flat=True)) == {"BJ>TK", "TK>BJ"}
        assert "LINK_SUSPENDED" in look_at(going, "10")
        act(tokyo, edge, "resume", "mended")
        assert "this leaves 9,192 t" in look_at(going, "10")
        tokyo.open(reverse("admin:linking_agreement_change", args=[done.edge.version.agreement_id]))
        found = [*going.found, *beijing.found, *tokyo.found]
        assert not found, "\n".join(found)
