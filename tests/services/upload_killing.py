"""Kills workers in the middle of an upload: python -m tests.services.upload_killing DATABASE ROWS

One while it checks the rows, one while it writes them, each a process of its own that is killed
from outside. Prints a line of JSON: how far they were, and what the next ones made of it.
"""

import json
import os
import signal
import sys
import time
from datetime import timedelta

# Where of its rows the first worker is killed, and how long the second one may write.
CHECKED = 0.4
WRITES_S = 1.5
PATIENCE_S = 300
NAMES = {"name__startswith": "Desk "}


def main(database, rows):
    import django

    django.setup()
    from tests import databases

    databases.point("default", database)
    databases.point("owner", database)
    from registry.models import Account, Upload
    from registry.services.submit_upload import submit_upload
    from tests.people import approved
    from tests.services.uploading import OPENINGS, sent
    from tests.world import make_world

    world = make_world()
    text = "".join(f"trading,Desk {number},KR-OPERATOR-A,,\n" for number in range(rows))
    made = sent(world, "accounts", OPENINGS + text)
    killed_at = killed(world, made, lambda found: found.rows_checked >= CHECKED * rows)
    after = finished(world, made)
    submitted = submit_upload(actor=world.administrator_1, upload_id=made.pk, at=world.at)
    approved(world, submitted.request)
    began = time.monotonic()
    killed(world, made, lambda _found: time.monotonic() > began + WRITES_S)
    said = {
        "killed_at": killed_at.rows_checked,
        "checked": [after.state, after.rows_checked, after.errors_total],
        "state_after_the_second": Upload.objects.get(pk=made.pk).state,
        "written_by_the_second": Account.objects.filter(**NAMES).count(),
        "written": [finished(world, made).state, Account.objects.filter(**NAMES).count()],
    }
    sys.stdout.write(json.dumps(said) + "\n")


def killed(world, made, is_time):
    """The upload as a worker leaves it that is killed from outside, when it is time."""
    from registry.models import Upload

    child = started(world, made, later=timedelta(0))
    deadline = time.monotonic() + PATIENCE_S
    while not is_time(Upload.objects.get(pk=made.pk)):
        assert os.waitpid(child, os.WNOHANG) == (0, 0), "the worker came to its end"
        assert time.monotonic() < deadline, "the worker is too slow"
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    _child, status = os.waitpid(child, 0)
    assert status == signal.SIGKILL, status
    return Upload.objects.get(pk=made.pk)


def finished(world, made):
    """The upload as the next worker leaves it, which comes when the first is taken for dead."""
    from registry.models import Upload
    from registry.selectors import uploads
    from registry.services.work_on_upload import LEASE

    later = LEASE + timedelta(seconds=1)
    assert uploads.waiting(world.at + later) == [made.pk]
    _child, status = os.waitpid(started(world, made, later=later), 0)
    assert status == 0, status
    return Upload.objects.get(pk=made.pk)


def started(world, made, *, later):
    """The number of a process that works on the upload."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        from registry.services.work_on_upload import work_on_upload

        work_on_upload(made.pk, clock=lambda: world.at + later)
        os._exit(0)
    return child


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
