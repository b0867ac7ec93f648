"""Each wizard from its first page to its last in a real browser, in four languages."""

import pytest
from django.urls import reverse

from registry.lines import Line
from registry.models import GovernanceRequest, Transaction
from registry.services.governance import Request, ask
from registry.services.transfer import transfer
from tests.admin.wizards import number, of_kind, of_type
from tests.e2e import browsing
from tests.e2e.test_pages import LANGUAGES, SIZES, administrator, browser, node, press
from tests.world import complete

__all__ = ["administrator", "browser", "node"]
NEXT, SUBMIT = "button[name=go][value=next]", "button[name=go][value=submit]"


class Walk:
    """Goes through pages and keeps what is wrong with any of them."""

    def __init__(self, reader):
        self.reader, self.page, self.found = reader, reader.page, []

    def open(self, path):
        assert self.reader.open(path) == 200, path
        self.look(path)

    def press(self, selector):
        press(self.page, selector)
        self.look(self.page.url)

    def fill(self, **values):
        for name, value in values.items():
            if self.page.locator(f"select[name={name}]").count():
                self.page.select_option(f"select[name={name}]", value)
            else:
                self.page.fill(f"[name={name}]", value)

    def look(self, name):
        """What the console, axe and the width of the page complain of."""
        wrong = [*self.reader.complaints, *self.reader.violations()]
        # axe itself tries inline styles, which the policy refuses.
        self.reader.complaints.clear()
        wider = "document.documentElement.scrollWidth - window.innerWidth"
        if self.page.evaluate(wider) > 1:
            wrong.append("wider than the window")
        self.found += [f"{name}: {each}" for each in wrong]


@pytest.fixture
def walk(node, browser, administrator):
    """walk("ko", size) is a walk of administrator 2 through the pages in that language."""
    opened = []

    def begin(language, size):
        window = browsing.reading(browser, node, person=administrator, language=language, size=size)
        opened.append(window)
        return Walk(window.__enter__())

    yield begin
    for window in opened:
        window.__exit__(None, None, None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_transfer_from_the_account_to_the_proposal(walk, world, language):
    """From an account's page over accounts, units and preview to the transaction; what fails
    stands beside its field."""
    going, home = walk(language, SIZES[language]), world.at_home
    going.open(reverse("admin:registry_account_change", args=[home.operator_a]))
    going.press(".starts a[href*='/propose/?source']")
    going.press(".card a[href*='/transfer/']")
    going.fill(destination=number(home.operator_b))
    going.press(NEXT)
    going.fill(pick="KAU", quantity="5000", reason="as agreed")
    going.press(NEXT)
    assert "INSUFFICIENT_UNITS" in going.page.inner_text(".said .wrong")
    going.press("button[name=go][value=back]")
    going.fill(quantity="5")
    going.press(NEXT)
    going.press(SUBMIT)
    made = Transaction.objects.latest("pk")
    assert f"/transaction/{made.pk}/" in going.page.url
    assert (made.type.code, made.status, made.reason) == ("transfer", 0, "as agreed")
    assert not going.found, "\n".join(going.found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_freeze_release_and_reversal_begin_on_the_pages(walk, world, language):
    """A block is frozen from its page and released from the freeze's page; a transfer is
    reversed from its own."""
    going = walk(language, SIZES[language])
    going.open(reverse("admin:block", args=["KAU", 501, 510]))
    going.press("a[href*='/freeze/']")
    going.press(NEXT)
    going.fill(reason="order")
    going.press(NEXT)
    going.press(SUBMIT)
    assert Transaction.objects.latest("pk").type.code == "freeze"
    going.press(".starts a")
    going.press(NEXT)
    going.press(SUBMIT)
    assert Transaction.objects.latest("pk").type.code == "release"
    line = Line(world.at_home.operator_a, world.at_home.operator_b, world.kau.pk, 20)
    made = transfer(actor=world.administrator_1, lines=[line], key=world.key(), at=world.at)
    complete(world, made)
    going.open(reverse("admin:registry_transaction_change", args=[made.transaction_id]))
    going.press(f".starts a[href$='reverses={made.transaction_id}']")
    going.press(NEXT)
    assert "20" in going.page.inner_text(".sides .gain")
    going.press(SUBMIT)
    found = Transaction.objects.latest("pk")
    assert (found.type.code, found.reverses_id) == ("reverse", made.transaction_id)
    assert not going.found, "\n".join(going.found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_issuance(walk, world, language):
    """All on one page, and the preview."""
    going = walk(language, SIZES[language])
    going.open(of_type("issue"))
    going.fill(
        account=number(world.at_home.government),
        unit_type="KAU",
        quantity="1000",
        vintage_label="2026",
        vintage_from="2026-01-01",
        vintage_to="2027-01-01",
    )
    going.press(NEXT)
    going.press(SUBMIT)
    assert Transaction.objects.latest("pk").type.code == "issue"
    assert not going.found, "\n".join(going.found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_account_is_asked_for_and_another_one_decided(walk, world, language):
    """One's own request gets a document; that of somebody else is decided on its page."""
    going = walk(language, SIZES[language])
    going.open("/admin/")
    going.press(".starts a[href$='/ask/']")
    going.press("a[href='?registry=KR-ETRS']")
    going.press(f"a[href='{of_kind('account_opening')}']")
    going.fill(account_kind="operator", name="Second plant", reason="new plant")
    going.press(NEXT)
    going.press(SUBMIT)
    found = GovernanceRequest.objects.latest("pk")
    document = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    going.page.set_input_files("[name=document]", document)
    going.press("form[enctype] button")
    assert found.documents.get().name == "letter.pdf"
    change = Request("account_change", world.home.pk, world.at_home.operator_a, {"name": "New"})
    found = ask(actor=world.administrator_1, request=change, at=world.at)
    going.open(reverse("admin:registry_governancerequest_decide", args=[found.pk, "approve"]))
    going.press(".decision button.act-approve")
    assert GovernanceRequest.objects.get(pk=found.pk).status == "waiting"
    going.fill(reason="in order")
    going.press(".decision button.act-approve")
    found.refresh_from_db()
    assert found.status == "approved"
    assert not going.found, "\n".join(going.found)
