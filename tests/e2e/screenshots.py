"""`make screenshots`: pictures of the main pages, in four languages, over the loaded scenario, and
those of the guide "A day in the registry", which are taken while it is followed.

usage: python -m tests.e2e.screenshots DIRECTORY [name ...]

The name of the guide's pictures is `guide`; those in docs/images are taken so:

    make screenshots TO=docs/images ONLY=guide
"""

import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from registry.actors import actor_for  # noqa: E402
from registry.lines import Line  # noqa: E402
from registry.models import Person, UnitType  # noqa: E402
from registry.posting import sequence  # noqa: E402
from registry.selectors import overview  # noqa: E402
from registry.selectors.examples import movable  # noqa: E402
from registry.services import keep_log  # noqa: E402
from registry.services.governance import Request, ask  # noqa: E402
from registry.services.sign_issuances import sign_issuances  # noqa: E402
from registry.services.signing_keys import ensure_keys  # noqa: E402
from registry.services.tasks.claim import claim  # noqa: E402
from registry.services.tasks.comment import comment  # noqa: E402
from registry.services.tasks.open import Subject, open_task  # noqa: E402
from registry.services.transfer import transfer  # noqa: E402
from registry.services.walkthrough import prepare  # noqa: E402
from tests import databases  # noqa: E402
from tests.e2e import browsing, neighbours, pages, test_guide  # noqa: E402

LANGUAGES = ("en", "zh-hans", "ja", "ko")
SCENARIO = "northeast_asia"
GUIDE = "guide"
# The name by which a test client asks.
SERVER = "testserver"


def furnish():
    """Loads the scenario, signs and logs it, and leaves a proposal to decide; who looks at it."""
    at = timezone.now()
    call_command("load_reference", verbosity=0)
    call_command("load_scenario", SCENARIO, verbosity=0)
    prepare(at=at)
    while sequence(10_000):
        pass
    ensure_keys(at=at)
    sign_issuances(at=at)
    keep_log.keep_log(timezone.now)
    example = movable(registry="KR-ETRS", unit_type="KAU", quantity=1000)
    unit_type = UnitType.objects.get(code="KAU")
    ends = example.source.pk, example.destination.pk
    line = Line(*ends, unit_type.pk, 1000, first=example.first)
    proposer = Person.objects.get(username="administrator-1")
    made = transfer(actor=actor_for(proposer), lines=[line], key="screenshots", at=at)
    reader = Person.objects.get(username="administrator")
    by = {"actor": actor_for(reader), "at": at}
    task = claim(task_id=open_task(about=Subject(made.transaction_id), **by).pk, version=0, **by)
    comment(task_id=task.pk, version=1, text="Asked the operator for the contract.", **by)
    registry, account = example.source.registry_id, example.source.pk
    renamed = Request("account_change", registry, account, {"name": "Renamed"}, "a new name")
    ask(actor=actor_for(proposer), request=renamed, at=at)
    overview.count(at=at)
    return reader


def take(directory, names):
    """Writes one picture for each page and language, and tells what is not as it should be."""
    with browsing.chromium() as browser, databases.fresh(), browsing.served() as address:
        person = furnish()
        person.must_change_password = False
        person.save(update_fields=["must_change_password"])
        settings.CONCORD["PEER_NETWORKS"] = neighbours.NETWORKS
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, SERVER]
        neighbours.furnish(Client())
        inside = pages.addresses() | pages.of_links() | neighbours.addresses()
        for language in LANGUAGES:
            for who, paths in ((person, inside), (None, pages.OUTSIDE)):
                window = browsing.reading(browser, address, person=who, language=language)
                with window as reader:
                    for name, path in paths.items():
                        if names and name not in names:
                            continue
                        reader.open(path)
                        picture = directory / f"{name}.{language}.png"
                        reader.page.screenshot(path=picture, full_page=True)
                        sys.stdout.write(f"{picture}\n")


def main():
    databases.prepare_template()
    directory, names = Path(sys.argv[1]), set(sys.argv[2:])
    directory.mkdir(parents=True, exist_ok=True)
    if names != {GUIDE}:
        take(directory, names)
    if not names or GUIDE in names:
        complaints = test_guide.follow(pictures=directory)
        if complaints:
            sys.exit("\n".join(complaints))


if __name__ == "__main__":
    main()
