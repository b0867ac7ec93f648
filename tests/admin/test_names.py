"""Names beside codes: what a reader does not know by its code is told in their language."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from registry.lines import Line
from registry.models import Transaction
from registry.posting import sequence
from registry.selectors import overview
from registry.services.surrender import surrender
from registry.services.transfer import transfer
from tests.admin.naming import JAPANESE, bare, name_all
from tests.world import complete, stock


@pytest.fixture
def names(world):
    """code -> Japanese name, of all unit types and jurisdictions."""
    return name_all()


@pytest.fixture
def pages(names, world, signed_in):
    """The browser of administrator 2, with something in most lists."""
    stock(world, operator_a=1000, operator_b=10)
    said = {"actor": world.administrator_1, "at": world.at}
    line = Line(world.at_home.operator_a, None, world.kau.pk, 100, period="2025")
    complete(world, surrender(lines=[line], key=world.key(), **said))
    line = Line(world.at_home.operator_a, world.at_home.operator_b, world.kau.pk, 5)
    transfer(lines=[line], key=world.key(), **said)
    sequence(100)
    overview.count(at=world.at)
    return signed_in("administrator_2")


def test_bare_codes_are_seen(names):
    """A code alone is found; one with its name beside it, and one inside a serial, is not."""
    row = "<table><tr><td>KAU</td><td>5</td></tr></table>"
    assert bare(row, names) == ["KAU 5"]
    assert bare(row.replace("<td>5", "<td>kauの名"), names) == []
    assert bare("<li>KR-ETRS:KAU:1-100:34</li>", names) == []


def test_lists_and_filters_name_what_they_show(pages, names):
    """No list has a bare code of a unit type or jurisdiction, neither in its rows nor in what it
    is filtered by."""
    told = 0
    for model in admin.site._registry:
        if model._meta.app_label == "registry":
            path = reverse(f"admin:registry_{model._meta.model_name}_changelist")
            text = pages.get(path, headers=JAPANESE).content.decode()
            assert bare(text, names) == [], path
            told += sum(name in text for name in names.values())
    assert told > 20


def test_pages_name_what_they_show(pages, names, world):
    """Neither have the home page with its charts and panels, the pages of an account, of a
    transaction, of a decision, of a search, and the choices of a wizard."""
    waiting = [Transaction.objects.latest("pk").pk]
    paths = (
        "/admin/",
        reverse("admin:registry_account_change", args=[world.at_home.operator_a]),
        reverse("admin:registry_transaction_change", args=waiting),
        reverse("admin:registry_transaction_decide", args=[*waiting, "approve"]),
        reverse("admin:search") + "?q=KAU+1-5",
        reverse("admin:propose_type", args=["KR-ETRS", "issue"]),
        reverse("admin:registry_unittype_add"),
    )
    for path in paths:
        answer = pages.get(path, headers=JAPANESE)
        if answer.status_code == 200:
            assert bare(answer.content.decode(), names) == [], path
    home = pages.get("/admin/", headers=JAPANESE).content.decode()
    assert re.search(r"<text [^>]*>KAU kauの名</text>", home)
    assert re.search(r"<text [^>]*>KR krの名</text>", home)
