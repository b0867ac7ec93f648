"""The guides are executed as they stand, against nodes that have nothing but what they need."""

import os
import re
import subprocess
import sys
import threading
from contextlib import redirect_stdout
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from registry.services.walkthrough import prepare
from tests.api.generated import generate
from tests.docs.pages import ROOT
from tests.e2e import telling
from tests.serving import served

SECONDS = 300
EXPORTED = re.compile(r"(\w+)=(\S+)")


def people(script="people.py"):
    """The variables that a guide's people are told by."""
    said = StringIO()
    text = (ROOT / "docs" / "guides" / script).read_text()
    with redirect_stdout(said):
        call_command("shell", "--no-imports", command=text)
    return dict(EXPORTED.findall(said.getvalue()))


class Clock:
    """What the workers of a node do: complete what is due, take in what has crossed a link, go on
    with uploads."""

    def __init__(self):
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        from linking.tasks import carry_transfers
        from registry.selectors import uploads
        from registry.tasks import execute_due, work_on_upload

        while not self.stopped.wait(0.5):
            execute_due()
            carry_transfers()
            for upload_id in uploads.waiting(timezone.now()):
                work_on_upload(upload_id)
        connections.close_all()

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *error):
        self.stopped.set()
        self.thread.join(30)


@pytest.fixture
def environment(fresh_database):
    """A node over HTTP with reference data, people and their keys; its workers work."""
    call_command("load_reference", verbosity=0)
    with served() as address, Clock():
        yield {**os.environ, **people(), "NODE": address}


def run(arguments, environment):
    return subprocess.run(
        arguments,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.mark.slow
def test_a_year_by_curl_and_by_the_generated_client(environment, tmp_path):
    """Both end with status 0, one after the other on one node: each step did what it says."""
    done = run(["sh", "docs/guides/rest.sh"], environment)
    assert done.returncode == 0, done.stdout
    assert "== Done." in done.stdout and "problem-type" not in done.stdout
    generate(tmp_path)
    found = {**environment, "PYTHONPATH": str(tmp_path)}
    done = run([sys.executable, "docs/guides/rest_client.py"], found)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1] == "operator A has: 700"


@pytest.fixture
def linked(fresh_database, keys_dir):
    """A node as `make run` begins with it, but for the scenario: links, the walk-through's
    administrators, and the people of the guide."""
    call_command("load_reference", verbosity=0)
    for name in ("city_pilot", "indirect_mechanism"):
        call_command("load_links", name, stdout=StringIO())
    keys = list(prepare(at=timezone.now()).keys.values())
    with served() as address, Clock():
        own = {"KEY_1": keys[0], "KEY_2": keys[1], "NODE": address}
        yield {**os.environ, **people("links_people.py"), **own}


@pytest.mark.slow
def test_a_link_by_curl(linked):
    """Twice on one node: nothing of the first run stands in the way of the second."""
    for run_name in ("one", "two"):
        done = run(["sh", "docs/guides/links.sh"], {**linked, "RUN": run_name})
        assert done.returncode == 0, done.stdout
        assert "== Done." in done.stdout


DAY = ROOT / "docs" / "guides" / "a-day-in-the-registry.md"
LARGEST_PICTURE = 200_000


def test_steps_of_the_day_in_the_registry_are_understood():
    """Each bold word of a step is pressed, filled in or seen; steps are numbered one by one, and
    pictures are there and small."""
    sections = telling.sections(DAY.read_text())
    assert len(sections) > 10
    for section in sections:
        numbers = [number for number, _acts in section.steps if number]
        assert numbers == list(range(1, len(numbers) + 1)), section.heading
    pictures = [
        act.words["picture"] for part in sections for act in part.acts if "picture" in act.words
    ]
    assert pictures
    for picture in pictures:
        assert (DAY.parent / picture).stat().st_size < LARGEST_PICTURE, picture


def test_a_word_that_no_verb_takes_is_told():
    """A step that says to fill in a field without saying what with is no step."""
    with pytest.raises(AssertionError, match="line 3"):
        telling.sections("# Guide\n## Part\n1. Put something into **Name**.\n")
