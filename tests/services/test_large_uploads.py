"""Uploads of 100,000 rows: streamed, in bounded memory, written whole."""

import hashlib
import json
import logging
import os
import subprocess
import sys
import time
import tracemalloc

import pytest

from config.embedded.layout import PROJECT
from registry.models import Account, Transaction, Upload
from registry.services import work_on_upload as working
from registry.services.work_on_upload import work_on_upload
from tests.services.uploading import OPENINGS, decided, errors, numbers, sent
from tests.world import open_operators, stock

ROWS = 100_000
# What checking may take beyond what is remembered of each row: a step, and a piece of the file.
MOST_MEMORY = 120 * 2**20
pytestmark = pytest.mark.slow

logger = logging.getLogger(__name__)


def timed(world, made, text):
    began = time.monotonic()
    work_on_upload(made.pk, clock=lambda: world.at)
    seconds = time.monotonic() - began
    rows = made.rows_total or ROWS
    logger.warning("%s: %d rows/s", text, rows / seconds)
    return Upload.objects.get(pk=made.pk)


def generated(header, row):
    return header + "".join(f"{row(number)}\n" for number in range(ROWS))


def test_accounts(world):
    """100,000 accounts are checked, and opened in one transaction."""
    text = generated(OPENINGS, lambda n: f"trading,Desk {n},KR-OPERATOR-A,,")
    found = timed(world, sent(world, "accounts", text), "checked accounts")
    assert (found.state, found.rows_total) == (Upload.State.CHECKED, ROWS)
    began = time.monotonic()
    assert decided(world, found).state == Upload.State.WRITTEN
    logger.warning("wrote accounts: %d rows/s", ROWS / (time.monotonic() - began))
    assert Account.objects.filter(name__startswith="Desk ").count() == ROWS


def test_memory_is_bounded(world):
    """What is kept of a row while its file is checked is a digest, not the row."""
    text = generated(OPENINGS, lambda n: f"trading,Desk {n} {'x' * 200},KR-OPERATOR-A,,")
    made = sent(world, "accounts", text)
    assert made.size > 20 * 2**20
    del text
    tracemalloc.start()
    try:
        work_on_upload(made.pk, clock=lambda: world.at)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    logger.warning("peak of %d bytes for a file of %d bytes", peak, made.size)
    assert peak < MOST_MEMORY


def test_allocations(world, monkeypatch):
    """100,000 allocations are tried, checked again where a worker was killed, and proposed."""
    stock(world, government=ROWS)
    source = numbers(world)["government"]
    accounts = Account.objects.in_bulk(open_operators(world, ROWS)).values()
    opened = [account.number for account in accounts]
    text = generated(
        "source,destination,unit_type,quantity\n", lambda n: f"{source},{opened[n]},KAU,1"
    )
    made = sent(world, "allocations", text)
    keep, calls = working._keep, []

    def killed(found, at, **changes):
        keep(found, at, **changes)
        calls.append(changes)
        if len(calls) == 50:
            raise KeyboardInterrupt

    monkeypatch.setattr(working, "_keep", killed)
    with pytest.raises(KeyboardInterrupt):
        work_on_upload(made.pk, clock=lambda: world.at)
    monkeypatch.setattr(working, "_keep", keep)
    assert Upload.objects.get(pk=made.pk).rows_checked == 48 * working.STEP
    found = timed(world, made, "checked allocations, resumed after 48,000 rows")
    assert found.state == Upload.State.CHECKED, errors(found)[:5]
    Upload.objects.filter(pk=made.pk).update(state=Upload.State.PROPOSING)
    done = timed(world, found, "proposed allocations")
    assert done.state == Upload.State.SUBMITTED
    assert Transaction.objects.get(pk=done.transaction_number).lines.count() == ROWS
    assert hashlib.sha256(text.encode()).digest() == bytes(done.digest)


def test_killed_workers_lose_nothing(fresh_database):
    """A worker is killed with SIGKILL while it checks 100,000 rows, another one while it writes
    them: the next ones go on where the first was, and write all of it once."""
    found = subprocess.run(
        [sys.executable, "-m", "tests.services.upload_killing", fresh_database.name, str(ROWS)],
        cwd=PROJECT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    said = json.loads(found.stdout)
    logger.warning("killed: %s", said)
    assert 0.4 * ROWS <= said["killed_at"] < ROWS
    assert said["checked"] == ["checked", ROWS, 0]
    assert (said["state_after_the_second"], said["written_by_the_second"]) == ("writing", 0)
    assert said["written"] == ["written", ROWS]
