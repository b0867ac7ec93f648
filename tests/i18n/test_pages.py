"""What readers of each language see: pages, problems, commands, numbers."""

import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.management import call_command
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, override

from tests.i18n import catalogues, literals
from tests.i18n.catalogues import LOCALES, ROOT
from tests.signing_in import sign_in

each_language = pytest.mark.parametrize("language", LOCALES)
LISTS = [
    f"/admin/registry/{model._meta.model_name}/"
    for model in admin.site._registry
    if model._meta.app_label == "registry"
]
COMMANDS = [
    path.stem
    for app in literals.APPS
    for path in sorted((ROOT / app).glob("management/commands/[a-z]*.py"))
]
LETTERS = re.compile("[A-Za-z]{2,}")
# Columns that show what people have written, and codes.
WRITTEN = ("code", "display_name", "holder", "label", "name", "person", "proposer", "username")


def translation(language, text):
    """What the committed catalogue says, not what Django makes of it."""
    return catalogues.source(LOCALES[language]).find(text, include_obsolete_entries=False).msgstr


class Texts(HTMLParser):
    """The texts of a page, each without the white space around it."""

    def __init__(self, page):
        super().__init__()
        self.found = set()
        self.hidden = ""
        self.feed(page.content.decode())

    def handle_starttag(self, tag, attributes):
        if self.hidden:
            return
        given = dict(attributes)
        classes = set((given.get("class") or "").split())
        # The switch names each language in its own.
        switch = tag == "button" and "lang" in given
        if tag in ("script", "style") or switch or classes & {f"field-{name}" for name in WRITTEN}:
            self.hidden = tag
            return
        self.found |= {given[name] for name in ("alt", "title", "aria-label") if given.get(name)}
        if given.get("type") == "submit":
            self.found.add(given.get("value") or "")

    def handle_endtag(self, tag):
        if tag == self.hidden:
            self.hidden = ""

    def handle_data(self, data):
        if not self.hidden and data.strip():
            self.found.add(" ".join(data.split()))


@pytest.fixture
def pages(world):
    """The browser of an administrator, and the addresses of all pages that they read.

    There is something to read on each: units were issued, transferred and surrendered, and a
    transfer waits for approval.
    """
    from registry.lines import Line
    from registry.models import Person
    from registry.services import people
    from registry.services.surrender import surrender
    from registry.services.transfer import transfer
    from tests.world import complete, stock

    stock(world, operator_a=1000, operator_b=10)
    at_home = world.at_home
    line = Line(at_home.operator_a, None, world.kau.pk, 100, period="2025")
    said = {"actor": world.administrator_1, "at": world.at}
    complete(world, surrender(lines=[line], key=world.key(), **said))
    line = Line(at_home.operator_a, at_home.operator_b, world.kau.pk, 5)
    waiting = transfer(lines=[line], key=world.key(), **said).transaction_id
    person = people.add_person(
        actor=world.system, username="reader", display_name="reader", signs_in=True
    )
    for role in ("administrator", "system_administrator", "auditor"):
        people.give_role(actor=world.system, person_id=person.pk, role=role)
    browser = sign_in(Client(), Person.objects.get(pk=person.pk))
    rows = [
        reverse(f"admin:registry_{model._meta.model_name}_change", args=[row.pk])
        for model in admin.site._registry
        if model._meta.app_label == "registry" and (row := model.objects.last())
    ]
    decision = reverse("admin:registry_transaction_decide", args=[waiting, "approve"])
    return browser, ["/admin/", "/admin/password_change/", decision, *rows, *LISTS]


def test_languages_are_those_of_the_catalogues():
    """Every language of the settings but English has a catalogue, and there are no others."""
    assert {code for code, _name in settings.LANGUAGES} == {"en", *LOCALES}
    found = {path.name for path in (ROOT / "locale").iterdir() if path.is_dir()}
    assert found == set(LOCALES.values())


@each_language
def test_home_page_is_translated(language, pages):
    """Headings, sections, panels and names of models are those of the catalogue."""
    browser, _addresses = pages
    page = browser.get("/admin/", headers={"accept-language": language})
    assert page["Content-Language"] == language
    assert f'<html lang="{language}"' in page.content.decode()
    found = Texts(page).found
    for text in ("Work queue", "Waiting for approval", "Reference data", "Decisions and messages",
                 "transaction type", "posting", "Language"):  # fmt: skip
        assert translation(language, text) in found, text
        assert text not in found


@each_language
def test_pages_keep_no_english(language, pages):
    """Whatever the catalogue translates is translated on the page of every model."""
    browser, addresses = pages
    known = {
        entry.msgid.casefold()
        for entry in catalogues.source(LOCALES[language])
        if catalogues.texts(entry)[0] != entry.msgid and LETTERS.search(entry.msgid)
    }
    wrong = []
    for address in addresses:
        page = browser.get(address, headers={"accept-language": language})
        assert page.status_code == 200, address
        texts = {text.strip(" :·›").casefold() for text in Texts(page).found}
        wrong += [f"{address}: {text}" for text in texts & known]
    assert not wrong, "\n".join(wrong)


@each_language
def test_filters_are_headed_by_translated_names(language, pages):
    """What a list is filtered by has a marked name; no filter is headed by a name of Python."""
    browser, _addresses = pages
    headed = 0
    for address in LISTS:
        page = browser.get(address, headers={"accept-language": language})
        for each in page.context["cl"].filter_specs:
            assert isinstance(each.title, Promise), f"{address}: {each.title}"
            headed += 1
    assert headed > 10


@each_language
def test_problems_are_told_in_the_language_of_the_request(language):
    """Title, detail and hint are translated; the code is what it was."""
    answer = Client().get("/api/v1/nowhere", headers={"accept-language": language})
    problem = answer.json()
    assert answer.status_code == 404
    assert problem["code"] == "UNKNOWN_ADDRESS"
    assert problem["title"] == translation(language, "There is no such thing.")
    assert problem["detail"] == translation(language, "There is nothing at this address.")
    hint = translation(language, "See the API description for the addresses.")
    assert problem["errors"][0]["hint"] == hint


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("zh-CN,zh;q=0.9", "zh-hans"),
        ("zh-Hans-CN", "zh-hans"),
        ("ja-JP,en;q=0.5", "ja"),
        ("ko-KR", "ko"),
    ],
)
def test_languages_are_asked_for_as_browsers_do(asked, language):
    """The codes with regions, which browsers send, lead to the same catalogues."""
    answer = Client().get("/api/v1/nowhere", headers={"accept-language": asked})
    assert answer["Content-Language"] == language
    assert answer.json()["detail"] == translation(language, "There is nothing at this address.")


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_explain_themselves(command, capsys):
    """The help of every command can be printed; a text that is not there yet cannot."""
    with pytest.raises(SystemExit) as ended:
        call_command(command, "--help")
    assert ended.value.code == 0
    assert len(capsys.readouterr().out) > 100


@each_language
def test_commands_speak_the_language_of_the_node(language, capsys):
    """A command says what the rules of the ledger are in the language that is in force."""
    with override(language):
        call_command("check_ledger", "--list")
    said = capsys.readouterr().out
    assert translation(language, "Open holdings of a registry share no serial.") in said
    assert "share no serial" not in said


@each_language
def test_texts_with_values_and_senses(language):
    """Values are put in their places, and a word in another sense has its own translation."""
    with override(language):
        text = gettext("Transaction #%(number)s: %(status)s.") % {"number": 7, "status": "x"}
    assert "#7" in text
    assert "x" in text
    senses = {
        entry.msgctxt: entry.msgstr
        for entry in catalogues.source(LOCALES[language])
        if entry.msgid == "closed"
    }
    assert len(set(senses.values())) == 2


@pytest.mark.parametrize("language", ["en", *LOCALES])
def test_numbers_are_grouped(language):
    """Thousands are grouped by commas in every language, in Python and in templates."""
    with override(language):
        assert number_format(1234567) == "1,234,567"
        assert number_format("1234567.5", decimal_pos=1) == "1,234,567.5"
        shown = Template("{{ units }} {{ few }}").render(Context({"units": 10**12, "few": 999}))
    assert shown == "1,000,000,000,000 999"


@pytest.mark.parametrize("language", ["en", *LOCALES])
def test_dates_are_written_alike(language):
    """Dates are those of ISO 8601 in every language, so that columns sort as they read."""
    from datetime import UTC, datetime

    at = datetime(2026, 11, 2, 9, 5, 7, tzinfo=UTC)
    with override(language):
        assert date_format(at, "DATETIME_FORMAT") == "2026-11-02 09:05:07 UTC"
        assert date_format(at.date(), "SHORT_DATE_FORMAT") == "2026-11-02"
