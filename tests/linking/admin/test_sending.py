"""Units are sent over a link on the pages: the meter before, the refusal, the transfer after."""

import pytest
from django.urls import reverse

from linking.models import Transfer
from linking.services.change_edge import suspend
from registry.models import Account, LimitCounter, Transaction
from tests.linking.admin.typing import pressed, went_on

PATH = reverse("admin:linking_transfer_send")


@pytest.fixture
def ends(table, link):
    numbers = dict(Account.objects.values_list("pk", "number"))
    world = table.world
    return {
        "source": numbers[world.at_neighbour.operator],
        "destination": numbers[world.at_home.operator_a],
    }


def looked_at(browser, ends, **said):
    """The last page, with what the acceptor would decide."""
    page = went_on(browser, PATH, browser.get(PATH).content.decode(), ends)
    return went_on(browser, PATH, page, said)


def test_dry_run_shows_the_meter_and_the_transfer_takes_from_it(china, ends, clock):
    """Nothing is taken by looking; sending takes what the page has said."""
    page = looked_at(china, ends, pick="CEA", quantity="500")
    assert "1,000 t of 1,000 t left; this leaves 600 t" in page
    assert not LimitCounter.objects.exists() and not Transfer.objects.exists()
    answer = pressed(china, PATH, page, go="submit")
    made = Transfer.objects.get()
    assert answer["Location"] == reverse("admin:linking_transfer_change", args=[made.pk])
    assert (made.quantity, made.state, made.edge.edge_id) == (500, "accepted", "CN>KR")
    assert made.source_transaction.status == Transaction.Status.AWAITING_APPROVAL
    page = looked_at(china, ends, serials="CEA 501-600")
    assert "600 t of 1,000 t left; this leaves 520 t" in page


def test_what_exceeds_the_quota_is_refused_with_its_code(china, ends, clock):
    """The code stands at the quantity, and the meter says what is left."""
    page = looked_at(china, ends, pick="CEA", quantity="1500")
    assert "QUOTA_PARTIAL" in page.split('class="facts said"')[1]
    assert "1,000 t of 1,000 t left" in page and 'value="submit"' not in page


def test_suspended_link_is_told_at_the_destination(china, table, ends, clock):
    """Before anything is sent."""
    suspend(actor=table.korea, agreement="KR-CN", edge_id="CN>KR", at=clock.now())
    assert "LINK_SUSPENDED" in looked_at(china, ends, pick="CEA", quantity="5")


def test_one_cannot_send_what_is_another_s(korea, ends, clock):
    """Korea's administrator does not even see the account."""
    page = went_on(korea, PATH, korea.get(PATH).content.decode(), ends)
    assert "There is no such account in your registries." in page


def test_form_asks_for_whole_units_of_one_run(china, ends, clock):
    """A fraction, two runs, and an account that is not there."""
    assert "whole number of units" in looked_at(china, ends, pick="CEA", quantity="1.5")
    page = looked_at(china, ends, serials="CEA 1-5\nCEA 8-9")
    assert "Name one run of serials" in page
    page = china.post(PATH, {**ends, "destination": "KR-ETRS-0", "step": "0", "go": "next"})
    assert "There is no such account" in page.content.decode()


def test_second_press_sends_once(china, ends, clock):
    """The same page sent twice is one transfer."""
    page = looked_at(china, ends, pick="CEA", quantity="10")
    for _press in range(2):
        assert pressed(china, PATH, page, go="submit").status_code == 302
    assert Transfer.objects.count() == 1
