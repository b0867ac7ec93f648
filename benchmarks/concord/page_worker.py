"""Opens pages of the administrators as a browser does; prints milliseconds of each.

Everything happens in one transaction that is rolled back: the ledger is kept for other measures.
"""

import json
import random
import sys
import time

import django

django.setup()

from allauth.account.internal.flows.login import record_authentication  # noqa: E402
from django.conf import settings  # noqa: E402 - after the setup
from django.db import transaction  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import override_settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.choices import UNIT_TYPE, Choices  # noqa: E402
from registry.actors import actor_for  # noqa: E402
from registry.lines import Line  # noqa: E402
from registry.models import Person  # noqa: E402
from registry.selectors import overview  # noqa: E402
from registry.services.transfer import transfer  # noqa: E402

WARM_UP = 20
WAITING = 20
# In this process alone: a page asks neither a cache nor sessions that others use.
ALONE = {
    "ALLOWED_HOSTS": ["localhost"],
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    "SESSION_ENGINE": "django.contrib.sessions.backends.cache",
    "SECURE_SSL_REDIRECT": False,
    # The files themselves are not asked for.
    "STORAGES": {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
}


def main(accounts: int, serials: int, seconds: float) -> None:
    with override_settings(**ALONE), transaction.atomic():
        browser = signed_in()
        furnish(accounts)
        choose = random.Random(1)  # noqa: S311 - a load, not a secret
        pages = {
            "home": lambda: "/admin/",
            "account": lambda: f"/admin/registry/account/{choose.randint(1, accounts)}/change/",
            "block": lambda: f"/admin/search/?q=KAU+{choose.randint(1, serials)}",
        }
        took = {name: [] for name in pages}
        ends, turns = None, 0
        while ends is None or time.perf_counter() < ends:
            for name, address in pages.items():
                took[name].append(opened(browser, address()))
            turns += 1
            if turns == WARM_UP:
                took = {name: [] for name in pages}
                ends = time.perf_counter() + seconds
        transaction.set_rollback(True)
    print(json.dumps(took))


def opened(browser: Client, path: str) -> float:
    """Milliseconds until the page is there, over the redirect where the search leads to one."""
    began = time.perf_counter()
    answer = browser.get(path, follow=True)
    ended = time.perf_counter()
    if answer.status_code != 200 or b"logout-form" not in answer.content:
        raise SystemExit(f"{path}: {answer.status_code}")
    return (ended - began) * 1_000


def signed_in() -> Client:
    """The browser of administrator 2, who has just given a second factor."""
    person = Person.objects.get(username="administrator 2")
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    browser = Client(headers={"host": "localhost"})
    browser.force_login(person, settings.AUTHENTICATION_BACKENDS[0])
    request, session = HttpRequest(), browser.session
    request.session, request.user = session, person
    record_authentication(request, person, "mfa", type="totp", reauthenticated=True)
    session.save()
    return browser


def furnish(accounts: int) -> None:
    """Proposals that wait for administrator 2, and the figures that a task has counted."""
    proposer = actor_for(Person.objects.get(username="administrator 1"))
    at, choices = timezone.now(), Choices(seed=1, accounts=accounts)
    for number in range(WAITING):
        choice = choices.next()
        line = Line(choice.source, choice.destination, UNIT_TYPE, choice.quantity)
        transfer(actor=proposer, lines=[line], key=f"pages {number}", at=at)
    overview.count(at=at)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
