"""Who represents an account sends its units over a link, and sees that and no more."""

import pytest
from django.urls import reverse

from linking.models import Transfer
from registry.models import Account
from tests.linking.admin.test_builder import opened
from tests.linking.admin.typing import pressed, went_on
from tests.people import represents

LISTS = ("transaction", "account", "holding", "posting", "task", "person", "governancerequest")


@pytest.fixture
def sender(world, link, signed_in, clock):
    """The browser of who initiates for the Chinese operator."""
    represents(world, "initiator", world.at_neighbour.operator, "initiate")
    return signed_in("initiator")


def test_representative_sends_and_sees_the_transfer(sender, world, link):
    """With the dry run before, and the page of the transfer after; not those of others."""
    assert "Send units over a link" in opened(sender, reverse("admin:index"))
    path = reverse("admin:linking_transfer_send")
    numbers = dict(Account.objects.values_list("pk", "number"))
    ends = {
        "source": numbers[world.at_neighbour.operator],
        "destination": numbers[world.at_home.operator_a],
    }
    page = opened(sender, path)
    assert ends["source"] in page
    page = went_on(sender, path, page, ends)
    page = went_on(sender, path, page, {"pick": "CEA", "quantity": "1000"})
    assert "this leaves 200 t" in page and not Transfer.objects.exists()
    here = pressed(sender, path, page, go="submit")["Location"]
    made = Transfer.objects.get()
    assert f"#{made.pk}" in opened(sender, here)
    assert f"#{made.pk}" in opened(sender, reverse("admin:linking_transfer_changelist"))


def test_meters_are_of_whom_one_represents(world, link, signed_in, clock):
    """The holder's own quotas, without asking; those of another holder are not told."""
    represents(world, "reader", world.at_home.operator_a, "read")
    browser = signed_in("reader")
    edge = reverse("admin:linking_linkedge_change", args=[link.edges.get(edge_id="CN>KR").pk])
    own = Account.objects.get(pk=world.at_home.operator_a).holder.code
    assert f'value="{own}"' in opened(browser, edge)
    other = Account.objects.get(pk=world.at_home.operator_b).holder.code
    assert "UNKNOWN_ENTITY" in opened(browser, f"{edge}?entity={other}&period=2026")
    assert "UNKNOWN_ENTITY" not in opened(browser, f"{edge}?entity={own}&period=2026")
    assert browser.get(reverse("admin:linking_transfer_send")).status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_representative_sees_nothing_else(sender, name):
    """The pages of administrators stay theirs."""
    assert sender.get(reverse(f"admin:registry_{name}_changelist")).status_code == 403


def test_other_pages_are_closed(sender, link):
    """Nothing is proposed, asked for, or done for a party."""
    for path in (
        reverse("admin:propose"),
        reverse("admin:ask"),
        reverse("admin:linking_agreement_changelist"),
        reverse("admin:linking_agreement_begin"),
        reverse("admin:linking_externalretirement_state"),
        reverse("admin:linking_linkedge_act", args=[link.edges.first().pk, "suspend"]),
    ):
        assert sender.get(path).status_code == 403, path


def test_who_represents_nobody_any_more_is_out(sender, world):
    """A suspension counts at once."""
    from registry.models import Representative

    Representative.objects.update(suspended_at=world.at)
    assert sender.get(reverse("admin:linking_transfer_changelist")).status_code in (302, 403)
