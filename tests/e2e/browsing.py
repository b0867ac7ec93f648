"""Debian's Chromium in front of a node that answers from the database of a test."""

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import sync_playwright

from tests import serving
from tests.config.homes import PROJECT
from tests.signing_in import sign_in

CHROMIUM = "/usr/bin/chromium"
AXE = PROJECT / "third_party" / "axe-core" / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE = {"width": 1280, "height": 900}
TABLET = {"width": 820, "height": 1180}
RUN_AXE = """async levels => {
    const told = await axe.run(document, {runOnly: levels, preload: false});
    const why = node => (node.any[0] || node.all[0] || {message: ''}).message;
    return told.violations.map(found => `${found.id} (${found.impact}): ${found.help}: `
        + found.nodes.map(node => `${node.target.join(' ')} ${why(node)}`).join(' | '));
}"""


def served():
    """The node at localhost: security keys need a name."""
    return serving.served("localhost")


@contextmanager
def chromium():
    """The browser. Playwright runs a loop in this thread, in which Django asks the database.

    Django keeps other connections inside of a loop than outside: whoever drops the database of the
    test does not see them, so they are closed here.
    """
    if not Path(CHROMIUM).exists():
        raise AssertionError(f"{CHROMIUM} is missing: make test-slow installs it")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as program:
            found = program.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            try:
                yield found
            finally:
                found.close()
                connections.close_all()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass
class Reader:
    """A window of the browser, and everything that its console has complained of."""

    page: object
    address: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", lambda asked: self.complaints.append(f"failed: {asked.url}"))

    def open(self, path):
        return self.page.goto(self.address + path, wait_until="load").status

    def violations(self):
        """What axe finds against WCAG 2.2, levels A and AA."""
        self.page.evaluate(_axe())
        return self.page.evaluate(RUN_AXE, LEVELS)

    def _said(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} {message.location}")


@contextmanager
def reading(browser, address, *, person=None, language="en", size=None):
    """A window for a person who has just signed in with a second factor, or for nobody."""
    context = browser.new_context(locale=language, viewport=size or WIDE)
    if person is not None:
        value = sign_in(Client(), person).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": address}]
        )
    language_cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": address}
    context.add_cookies([language_cookie])
    try:
        yield Reader(context.new_page(), address)
    finally:
        context.close()


@cache
def _axe():
    return AXE.read_text()
