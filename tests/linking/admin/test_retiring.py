"""Credits are retired for a use in another registry, by forms."""

import pytest
from django.urls import reverse

from linking.models import RetirementFor
from registry.models import Account, Transaction
from tests.linking.admin.typing import pressed, went_on

LIST = reverse("admin:linking_retirementfor_changelist")
PATH = reverse("admin:linking_retirementfor_retire")


@pytest.fixture
def ends(table, link):
    numbers = dict(Account.objects.values_list("pk", "number"))
    world = table.world
    return {
        "source": numbers[world.at_neighbour.operator],
        "destination": numbers[world.at_home.operator_a],
    }


def looked_at(browser, ends, **said):
    """The last page, with what would happen."""
    page = went_on(browser, PATH, browser.get(PATH).content.decode(), ends)
    return went_on(browser, PATH, page, said)


def test_retirement_is_tried_and_proposed_once(china, ends):
    """The trial writes nothing; two presses are one proposal; the list shows it."""
    assert PATH in china.get(LIST).content.decode()
    page = looked_at(china, ends, serials="CEA 1-40", for_period="2026")
    assert "KR-ETRS" in page and 'value="submit"' in page
    assert not RetirementFor.objects.exists() and not Transaction.objects.filter(
        type__code="retire"
    )
    answers = [pressed(china, PATH, page, go="submit") for _press in range(2)]
    made = RetirementFor.objects.get()
    here = reverse("admin:linking_retirementfor_change", args=[made.pk])
    assert [answer["Location"] for answer in answers] == [here, here]
    assert (made.first, made.last, made.period, made.state) == (1, 40, "2026", "proposed")
    assert "1–40" in china.get(here).content.decode()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"serials": ""}, "This field is required"),
        ({"serials": "CEA 1-5\nCEA 8-9"}, "Name one run of serials"),
        ({"serials": "CEA 900001-900009"}, "SERIALS_NOT_HELD"),
    ],
    ids=["nothing", "two runs", "what is not held"],
)
def test_what_can_not_be_retired_is_told(china, ends, said, told):
    """On the page, and nothing is proposed."""
    page = looked_at(china, ends, **said)
    assert told in page and 'value="submit"' not in page
    assert not RetirementFor.objects.exists()


def test_credits_are_used_in_another_registry(china, ends):
    """Not in their own."""
    page = looked_at(china, {**ends, "destination": ends["source"]}, serials="CEA 1-5")
    assert "SAME_REGISTRY" in page


def test_who_may_not_propose_sees_no_form(signed_in, table):
    """Neither the button nor the pages."""
    auditor = signed_in("auditor")
    assert PATH not in auditor.get(LIST).content.decode()
    assert auditor.get(PATH).status_code == 403
