"""A command whose reader has left, as `head` leaves: it ends, and says nothing of it."""

import os
import subprocess
import sys

import pytest

from config.output import READER_LEFT
from tests.config.homes import PROJECT


def unread(*command, environment=None):
    """Run a program whose output nobody reads; the status, and what it complained of."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, *command],
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
            env={**os.environ, **(environment or {})},
            timeout=120,
            check=False,
        )
    finally:
        os.close(writer)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["check_ledger"],
        ["check_ledger", "--list"],
        ["check_ledger", "--json", "--rule", "HELD_ONCE"],
        ["load_reference"],
        ["showmigrations"],
        ["help"],
    ],
    ids=" ".join,
)
def test_commands_end_without_a_word(fresh_database, tmp_path, arguments):
    """Whatever is written, in pieces or all at the end: no traceback, and the shells' status."""
    # With a place for keys, the system checks have nothing to warn of.
    environment = {**fresh_database.environment, "KEYS_DIR": str(tmp_path)}
    assert unread("manage.py", *arguments, environment=environment) == (READER_LEFT, "")


def test_embedded_servers_by_hand_end_without_a_word():
    """`python -m config.embedded` has no manage.py and ends in the same way."""
    assert unread("-m", "config.embedded", "status") == (READER_LEFT, "")


PROGRAM = """
import atexit, sys
from config.output import ends_with_its_reader
with ends_with_its_reader():
    {body}
"""


@pytest.mark.parametrize("body", ["print('buffered')", "print('buffered'); sys.exit(1)"])
def test_what_was_buffered_does_not_change_the_end(body):
    """Output that would only be written at the exit is written before, whatever the status."""
    status, complaints = unread("-W", "error", "-c", PROGRAM.format(body=body))
    assert (status, complaints) == (READER_LEFT, "")


def test_what_runs_at_the_exit_still_runs(tmp_path):
    """An embedded server is stopped by the process that leaves last, also when it leaves so."""
    trace = tmp_path / "trace"
    body = f"atexit.register(lambda: open({str(trace)!r}, 'w').close()); print('unread')"
    assert unread("-c", PROGRAM.format(body=body))[0] == READER_LEFT
    assert trace.exists()


def test_other_ends_stay_as_they_are():
    """With a reader, the output and the status are the program's own."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(body="print('read'); sys.exit(3)")],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "read\n")
