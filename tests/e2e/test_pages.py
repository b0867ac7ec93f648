"""The administrators' pages in a real browser, in four languages, by keyboard, with a key."""

import re

import pytest

from registry.lines import Line
from registry.models import Person, Transaction
from registry.selectors import overview
from registry.services import people
from registry.services.tasks.open import Subject, open_task
from registry.services.transfer import transfer
from tests.e2e import browsing, pages
from tests.world import moved, stock

LANGUAGES = ("en", "zh-hans", "ja", "ko")
# Each language is looked at on a screen or on a tablet, and each of these in two languages.
SIZES = dict(zip(LANGUAGES, [browsing.WIDE, browsing.TABLET] * 2, strict=True))
PASSWORD = "a long sentence that nobody guesses"
CODES = 10
# What a browser reports of an address that is not found, which is what such a test asks for.
EXPECTED = re.compile(r"status of 404")


@pytest.fixture
def browser():
    with browsing.chromium() as found:
        yield found


@pytest.fixture
def node(browser, fresh_database, world):
    """A node with a little history, a transfer that waits, and its address.

    The browser comes first and goes last: a connection belongs to the loop that it was made in.
    """
    from registry.posting import sequence

    stock(world, operator_a=1000, operator_b=50)
    at_home = world.at_home
    moved(world, at_home.operator_a, at_home.operator_b, 10, first=991)
    sequence(100)
    line = Line(at_home.operator_a, at_home.operator_b, world.kau.pk, 100)
    made = transfer(actor=world.administrator_1, lines=[line], key=world.key(), at=world.at)
    about = Subject(transaction_id=made.transaction_id)
    open_task(actor=world.administrator_2, about=about, at=world.at)
    overview.count(at=world.at)
    with browsing.served() as address:
        yield address


@pytest.fixture
def administrator(node, world):
    """Administrator 2, who may approve what administrator 1 has proposed."""
    person = Person.objects.get(username="administrator_2")
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    people.change_password(person=person, password=PASSWORD)
    people.give_role(actor=world.system, person_id=person.pk, role="system_administrator")
    return person


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_accessible_and_keep_to_the_policy(node, browser, administrator, language):
    """No violation of WCAG 2.2 A or AA, none of the content policy, nothing in the console; no
    page is wider than the window, on a screen or on a tablet."""
    found, size = [], SIZES[language]
    for person, paths in ((administrator, pages.addresses()), (None, pages.OUTSIDE)):
        with browsing.reading(browser, node, person=person, language=language, size=size) as reader:
            for name, path in paths.items():
                status = reader.open(path)
                assert status == (404 if name in pages.NOT_FOUND else 200), name
                assert reader.page.evaluate("document.documentElement.lang") == language, name
                said = [each for each in reader.complaints if not EXPECTED.search(each)]
                found += [f"{name}: {each}" for each in said + reader.violations()]
                wider = reader.page.evaluate(
                    "document.documentElement.scrollWidth - window.innerWidth"
                )
                if wider > 1:
                    found.append(f"{name}: {wider} points wider than the window")
                # axe itself tries inline styles, which the policy refuses.
                reader.complaints.clear()
    assert not found, "\n".join(found)


def focused(page):
    return page.evaluate("document.activeElement.innerText || document.activeElement.name || ''")


def tab_to(page, text):
    """Presses Tab until something with this text has the focus, which can be seen."""
    for _press in range(150):
        page.keyboard.press("Tab")
        if text in focused(page):
            outline = page.evaluate(
                "(e => { const s = getComputedStyle(e); return s.outlineStyle + s.boxShadow + "
                "s.borderColor + s.textDecorationLine })(document.activeElement)"
            )
            assert outline, text
            return
    raise AssertionError(f"Tab never came to {text}")


def press(page, selector):
    """A click that leads to another page, which is there with its scripts when this ends."""
    with page.expect_navigation(wait_until="load"):
        page.click(selector)


def enter(page):
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")


def test_approval_by_keyboard_alone(node, browser, administrator):
    """From the work queue to the approval without a mouse."""
    waiting = Transaction.objects.get(status=0)
    with browsing.reading(browser, node, person=administrator) as reader:
        reader.open("/admin/")
        for text in (f"#{waiting.pk}", "Approve", "reason"):
            tab_to(reader.page, text)
            if text != "reason":
                enter(reader.page)
        reader.page.keyboard.type("as agreed")
        tab_to(reader.page, "Approve")
        enter(reader.page)
        assert f"Transaction #{waiting.pk}: completed." in reader.page.inner_text("body")
        assert reader.complaints == []
    waiting.refresh_from_db()
    assert waiting.get_status_display() == "completed"


def add_authenticator(page):
    """A security key of the browser's own, which says yes to everything."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_newcomer_enrols_a_security_key_and_signs_in_with_it(node, browser, administrator, world):
    """From a password for one time to the work queue, and in again with the key alone."""
    once = people.give_one_time_password(actor=world.system, person_id=administrator.pk)
    with browsing.reading(browser, node) as reader:
        page = reader.page
        add_authenticator(page)
        reader.open("/")
        page.fill("[name=login]", administrator.username)
        page.fill("[name=password]", once)
        press(page, "button.act-approve")
        page.fill("[name=old_password]", once)
        page.fill("[name=new_password1]", PASSWORD)
        page.fill("[name=new_password2]", PASSWORD)
        press(page, "#content [type=submit]")
        press(page, "text=Add a key")
        press(page, "#mfa_webauthn_add")
        assert page.locator("ul.codes li").count() == CODES
        press(page, "text=go to the work queue")
        assert "Waiting for approval" in page.inner_text("body")
        press(page, "#logout-form button")
        reader.open("/admin/")
        page.fill("[name=login]", administrator.username)
        page.fill("[name=password]", PASSWORD)
        press(page, "button.act-approve")
        press(page, "#mfa_webauthn_authenticate")
        assert "Waiting for approval" in page.inner_text("body")
        assert reader.complaints == []
