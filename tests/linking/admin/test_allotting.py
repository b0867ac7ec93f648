"""A quota is given out beforehand by a form, to those who ask."""

import pytest
from django.urls import reverse

from registry.models import Account, LimitCounter
from tests.linking.admin.test_acts import edge_act, seen
from tests.linking.conftest import EDGES
from tests.linking.documents import quota


@pytest.fixture
def auctioned(table, clock):
    """An edge whose hundred tonnes of 2026 go to the highest bids."""
    edges = [{**EDGES[0], "quotas": [quota(value="100", allocation="auction")]}, EDGES[1]]
    edge = table.enact(edges=edges).edges.get(edge_id="CN>KR")
    holders = dict(Account.objects.values_list("pk", "holder__code"))
    world = table.world
    table.one = holders[world.at_home.operator_a]
    table.two = holders[world.at_home.operator_b]
    table.path = edge_act(edge, "allot")
    table.page = reverse("admin:linking_linkedge_change", args=[edge.pk])
    return table


def said(table, browser, wishes):
    form = {"party": "KR", "seen": seen(browser, table.path), "quota": "0", "period": "2026"}
    return browser.post(table.path, {**form, "wishes": wishes}, follow=True).content.decode()


def test_bids_are_served_once(auctioned, korea):
    """The highest first, at one price; the second time the period has been given out."""
    assert auctioned.path in korea.get(auctioned.page).content.decode()
    bids = f"{auctioned.one} 80 9\n{auctioned.two} 80 7\n"
    page = said(auctioned, korea, bids)
    assert f"Given out: {auctioned.one} 80 t; {auctioned.two} 20 t; price of a tonne: 7" in page
    given = list(LimitCounter.objects.order_by("pk").values())
    assert len(given) == 2
    assert 'class="error"' in said(auctioned, korea, bids)
    assert list(LimitCounter.objects.order_by("pk").values()) == given


@pytest.mark.parametrize(
    ("wishes", "told"),
    [
        ("{one} 80", "This makes no sense beside the other fields"),
        ("{one} 8.5 9", "Row 1: write a code, whole tonnes"),
        ("{one} 80 9\n\n{two}", "Row 2: write a code"),
        ("{one} 80 9\n{one} 10 9", "Name each account holder once."),
        ("NOBODY 80 9", "There is no such account holder."),
    ],
    ids=["no price", "a fraction", "no tonnes", "twice", "nobody"],
)
def test_what_can_not_be_given_out_is_told(auctioned, korea, wishes, told):
    """On the page, with what was typed; nothing is given out."""
    page = said(auctioned, korea, wishes.format(one=auctioned.one, two=auctioned.two))
    assert told in page
    assert not LimitCounter.objects.exists()


def test_only_quotas_that_are_given_out_ask_for_it(table, link, korea, clock):
    """An edge whose quotas serve whoever comes first has no such button."""
    edge = link.edges.get(edge_id="CN>KR")
    page = korea.get(reverse("admin:linking_linkedge_change", args=[edge.pk])).content.decode()
    assert edge_act(edge, "allot") not in page
    assert "No quota of this edge" in korea.get(edge_act(edge, "allot")).content.decode()
