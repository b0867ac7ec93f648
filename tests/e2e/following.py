"""Following a guide in a browser: what its steps tell is done, and the words they name are seen."""

import importlib
import re
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache

from tests.e2e import browsing
from tests.signing_in import code

PRINTED = "http://localhost:8000"
PASSWORD = "a long sentence that nobody guesses"
MOMENT_S, WORK_S = 0.5, 60
SHOWN = 2000
PATIENCE_MS = 15_000
# The places of a page that a thing to press can be in; their words tell one from another.
FIND = """({name, place}) => {
    const plain = text => (text || '').replace(/\\s+/g, ' ').trim().toLowerCase();
    const shown = each => each.checkVisibility() && !each.closest('[aria-hidden=true]');
    const said = each => plain(each.innerText || each.value);
    const bare = text => text.replace(/^#[\\d,]+ (?=.)|(?<=.) \\d+\\+?$/g, '');
    const named = each => name ? bare(said(each)) === plain(name) : /^#[\\d,]+$/.test(said(each));
    const places = 'tr, li, section, fieldset, form, .module, .task-of, .acts, .cards, #user-tools';
    let found = [...document.querySelectorAll('a, button, input[type=submit], summary')];
    found = found.filter(each => shown(each) && named(each));
    if (place) {
        const size = each => {
            for (let at = each.closest(places); at; at = at.parentElement.closest(places))
                if (plain(at.innerText).includes(plain(place)))
                    return at.innerText.length;
            return Infinity;
        };
        const least = Math.min(...found.map(size));
        found = found.filter(each => size(each) === least && least < Infinity);
    }
    document.querySelectorAll('[data-pressed]').forEach(each => delete each.dataset.pressed);
    if (found.length) found[0].dataset.pressed = '';
    return found.map(each => each.href || each.form?.action || plain(each.outerHTML));
}"""


class Lost(AssertionError):
    """The page does not have what a step of the guide names."""


class Follower:
    """Somebody who does what a guide says, with a window for each person of it.

    `passwords` are those for one time; `work` is done after each step, as a node's workers do;
    pictures are taken into `pictures`, if it is given.
    """

    def __init__(self, browser, address, *, passwords, work, pictures=None):
        self.browser, self.address = browser, address
        self.passwords, self.work, self.pictures = passwords, work, pictures
        self.windows, self.secrets, self.person, self.first = {}, {}, None, None

    @property
    def page(self):
        return self.windows[self.person].page

    def follow(self, section, directory):
        """Does the acts of a section; files are named from the directory of the guide."""
        self.section, self.directory = section, Path(directory)
        self.first = self.first or section
        self.do(section.acts)

    def do(self, acts):
        for act in acts:
            try:
                getattr(self, f"do_{act.verb}")(act)
            except Exception as error:
                page = self.page.inner_text("#content")[:SHOWN] if self.windows else ""
                raise Lost(f"{self.section.heading}, {act}: {error}\n{page}") from error

    def complaints(self):
        return [each for window in self.windows.values() for each in window.complaints]

    def close(self):
        for window in self.windows.values():
            window.page.context.close()

    def do_person(self, act):
        self.person = act.words["person"]
        if self.person not in self.windows:
            context = self.browser.new_context(locale="en", viewport=browsing.WIDE)
            context.set_default_timeout(PATIENCE_MS)
            self.windows[self.person] = browsing.Reader(context.new_page(), self.address)

    def do_repeat(self, act):
        self.do(self.first.between(int(act.words["repeat"]), int(act.words["until"])))

    def do_open(self, act):
        address = act.words["open"]
        assert address.startswith(PRINTED), address
        self.windows[self.person].open(address.removeprefix(PRINTED))

    def do_text(self, act):
        self._field(act.words["field"]).fill(act.words["text"])

    def do_meant(self, act):
        self._field(act.words["field"]).fill(self._meant(act.words["meant"]))

    def do_option(self, act):
        self._field(act.words["list"]).select_option(label=act.words["option"])

    def do_file(self, act):
        self._field(act.words["input"]).set_input_files(self.directory / act.words["file"])

    def do_press(self, act):
        found = self._find(act.words["press"], act.words.get("place"))
        assert len(found) == 1, f"it can be pressed at {len(found)} places: {sorted(found)}"
        if "saved" in act.words:
            self._save(act.words["saved"])
        else:
            self._press()

    def do_uppermost(self, act):
        assert self._find("", act.words["uppermost"]), "there is none"
        self._press()

    def do_seen(self, act):
        assert self._sees(act.words["seen"]), "it is not seen"

    def do_until_seen(self, act):
        deadline = time.monotonic() + WORK_S
        while not self._sees(act.words["until_seen"]):
            assert time.monotonic() < deadline, "it is not seen"
            time.sleep(MOMENT_S)
            self.work()
            self.page.reload()

    def do_later(self, act):
        """More than five minutes after the last code."""
        cookies = self.page.context.cookies()
        (key,) = (each["value"] for each in cookies if each["name"] == settings.SESSION_COOKIE_NAME)
        session = importlib.import_module(settings.SESSION_ENGINE).SessionStore(key)
        for record in session["account_authentication_methods"]:
            record["at"] -= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1
        session.save()
        # Codes that were used are remembered there, as long as they are good.
        cache.clear()

    def do_picture(self, act):
        if self.pictures:
            path = self.pictures / Path(act.words["picture"]).name
            self.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
            self.page.screenshot(path=path)

    def _find(self, name, place):
        """Marks what has this name in this place; where it leads, and all others of the name."""
        return set(self.page.evaluate(FIND, {"name": name, "place": place}))

    def _press(self):
        with self.page.expect_navigation():
            self.page.click("[data-pressed]")
        self.work()

    def _save(self, name):
        complaints = self.windows[self.person].complaints
        before = list(complaints)
        with self.page.expect_download() as download:
            self.page.click("[data-pressed]")
        assert download.value.suggested_filename == name
        # The browser counts what it saves as an address that it has not gone to.
        complaints[:] = before

    def _sees(self, words):
        return words.casefold() in " ".join(self.page.inner_text("body").split()).casefold()

    def _field(self, label):
        named = re.compile(rf"^{re.escape(label)}( \(optional\))?:?$", re.IGNORECASE)
        return self.page.get_by_label(named).locator("visible=true").first

    def _meant(self, words):
        if words == "your username":
            return self.person
        if words == "the one-time password":
            return self.passwords[self.person]
        if words == "a password of your own":
            return PASSWORD
        if words == "the code that your app shows":
            return self._code()
        tomorrow = datetime.now(ZoneInfo("Asia/Seoul")) + timedelta(days=1)
        return tomorrow.strftime("%Y-%m-%dT09:00")

    def _code(self):
        """What an app shows that was given the secret of the page."""
        shown = self.page.locator("input[readonly]")
        if shown.count():
            self.secrets[self.person] = shown.first.input_value()
        return code(self.secrets[self.person])
