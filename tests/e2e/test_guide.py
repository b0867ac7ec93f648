"""The guide "A day in the registry" is followed in a browser, step by step, as it stands.

`make screenshots` takes its pictures by the same walk.
"""

import re
from io import StringIO

from django.core.management import call_command
from django.utils import timezone

from registry import tasks
from registry.selectors import overview, uploads
from tests import databases
from tests.config.homes import PROJECT
from tests.e2e import browsing, telling
from tests.e2e.following import Follower

GUIDE = PROJECT / "docs" / "guides" / "a-day-in-the-registry.md"
PASSWORD = re.compile(r"^password of (\w+), for one time +(\S+)$", re.MULTILINE)
LARGEST = 200_000


def work():
    """What the workers of a node do within seconds."""
    tasks.sequence_postings()
    tasks.sign_issuances()
    tasks.execute_due()
    for upload_id in uploads.waiting(timezone.now()):
        tasks.work_on_upload(upload_id)
    tasks.complete_tasks()
    tasks.tell_persons()


def loaded():
    """Loads what `make run` loads, in its order; the passwords for one time, by their persons."""
    call_command("load_scenario", "northeast_asia", stdout=StringIO())
    call_command("load_links", "city_pilot", stdout=StringIO())
    said = StringIO()
    call_command("walkthrough", stdout=said)
    work()
    overview.count(at=timezone.now())
    return dict(PASSWORD.findall(said.getvalue()))


def follow(*, pictures=None):
    """Follows the guide to its end on a node of its own; what the browser has complained of."""
    with browsing.chromium() as browser, databases.fresh(), browsing.served() as address:
        follower = Follower(browser, address, passwords=loaded(), work=work, pictures=pictures)
        try:
            for section in telling.sections(GUIDE.read_text()):
                follower.follow(section, GUIDE.parent)
        finally:
            follower.close()
        return follower.complaints()


def test_the_guide_can_be_followed(tmp_path, django_db_setup, django_db_blocker):
    """Every button and field that it names is there, every word that it promises is seen, and its
    pictures are small."""
    with django_db_blocker.unblock():
        assert follow(pictures=tmp_path) == []
    taken = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    assert taken and max(taken.values()) < LARGEST, taken
