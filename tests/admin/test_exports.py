"""Lists as CSV and XLSX files: what the list shows, in its scope, and never a formula."""

import csv
from io import BytesIO, StringIO

import pytest
from django.contrib import admin
from django.urls import reverse
from openpyxl import load_workbook

from registry.admin import exports
from registry.models import AccountHolder
from tests.world import moved, stock

EVERY = [model for model in admin.site._registry if model._meta.app_label == "registry"]


def address(model, **query):
    name = model if isinstance(model, str) else model._meta.model_name
    return reverse(f"admin:registry_{name}_changelist", query=query)


def lines(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


def cells(answer):
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    return list(sheet.iter_rows())


@pytest.fixture
def traded(world):
    stock(world, operator_a=1000, operator_b=50)
    moved(world, world.at_home.operator_a, world.at_home.operator_b, 10, first=991)
    return world


def test_csv_holds_what_the_list_shows(traded, signed_in):
    """The filtered rows in the columns of the list, with a mark for spreadsheets."""
    answer = signed_in("auditor").get(address("holding", q="KAU 995", held="ever", export="csv"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="holding.csv"'
    heading, *rows = lines(answer)
    assert heading[:3] == ["Serials", "Quantity (units)", "Account"]
    # Beside the block is the name of its unit type, which is KAU here as well.
    blocks = ["KAU 991 – 1,000 KAU", "KAU 1 – 1,000 KAU"]
    assert [row[0].split(" KR-")[0] for row in rows] == blocks


def test_workbook_holds_text_only(traded, signed_in):
    """The same rows; no cell is a formula, and no serial loses digits."""
    AccountHolder.objects.filter(pk=traded.holder_a.pk).update(name="=1+1")
    found = cells(signed_in("auditor").get(address("accountholder", export="xlsx")))
    names = [row[1] for row in found]
    assert "=1+1" in [cell.value for cell in names]
    assert {cell.data_type for row in found for cell in row if cell.value is not None} == {"s"}


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx"])
def test_formulas_become_text_in_csv(traded, signed_in, name):
    """A cell that a spreadsheet would carry out is quoted."""
    AccountHolder.objects.filter(pk=traded.holder_a.pk).update(name=name)
    found = [
        row[1] for row in lines(signed_in("auditor").get(address("accountholder", export="csv")))
    ]
    assert f"'{name}" in found


@pytest.mark.parametrize("language", ["en", "zh-hans", "ja", "ko"])
def test_every_list_can_be_exported(traded, signed_in, system_administrator, language):
    """In every language, headed as the list is, without markup."""
    for model in EVERY:
        for pages in (signed_in("auditor"), system_administrator):
            answer = pages.get(address(model, export="csv"), headers={"accept-language": language})
            if answer.status_code == 403:
                continue
            heading, *rows = lines(answer)
            assert len(heading) == len(admin.site._registry[model].list_display)
            assert not [text for row in rows for text in row if "<" in text or "&" in text], model


def test_export_is_in_scope(traded, elsewhere, system_administrator):
    """Nobody exports what they do not see."""
    assert len(lines(elsewhere.get(address("holding", export="csv")))) == 1
    assert system_administrator.get(address("holding", export="csv")).status_code == 403


def test_large_workbooks_are_refused(traded, signed_in, monkeypatch):
    """The list says so, and keeps its filters."""
    monkeypatch.setattr(exports, "LARGEST_WORKBOOK", 1)
    pages = signed_in("auditor")
    path = address("account", status__exact="open", export="xlsx")
    answer = pages.get(path)
    assert answer["Location"].endswith("?status__exact=open")
    assert "There are more than 1 rows" in pages.get(answer["Location"]).content.decode()
    assert len(lines(pages.get(path.replace("xlsx", "csv")))) > 2


def test_export_of_a_filter_that_does_not_exist(traded, signed_in):
    """The list is shown without the filter, as Django does."""
    answer = signed_in("auditor").get(address("account", export="csv", nonsense__exact="1"))
    assert answer.status_code == 302


def test_lists_offer_their_exports(traded, signed_in):
    """With the filters of the address; unknown forms are the list itself."""
    pages = signed_in("auditor")
    text = pages.get(address("account", status__exact="open")).content.decode()
    assert "?status__exact=open&amp;export=csv" in text
    assert "?status__exact=open&amp;export=xlsx" in text
    assert pages.get(address("account", export="pdf")).status_code == 302
