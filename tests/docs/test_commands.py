"""Every command that the pages print is executed, or at least exists.

What stands after ``` says which: `sh run` is executed in a clone beside the project, `sh node`
against a node that runs, and `sh start` is looked at, because it starts servers or installs things.
"""

import re

import pytest

from tests.docs import commands
from tests.docs.pages import all_pages, page
from tests.docs.scratch import Scratch

MARKS = ("sh run", "sh node", "sh start")
LANGUAGES = ("json", "python", "sql", "text")
# Where commands stand; on other pages only those with a mark are executed.
FOR_COMMANDS = ("README.md", "docs/README.md", "docs/concepts.md", "docs/operations.md")
COPY = "concord.sql"


def blocks(*marks, copy=False):
    """The blocks with these marks; those that make and read a copy of the database are apart."""
    return [
        block
        for page in all_pages()
        for block in page.blocks()
        if block.info in marks and (COPY in block.text) == copy
    ]


@pytest.fixture(scope="module")
def scratch():
    made = Scratch()
    try:
        made.start()
        yield made
    finally:
        made.remove()


def test_every_block_says_what_it_is():
    """A block is commands with a mark, or in a language that is no command."""
    wrong = [
        f"{block}: ```{block.info}: write one of {', '.join(MARKS + LANGUAGES)}"
        for name in FOR_COMMANDS
        for block in page(name).blocks()
        if block.info not in MARKS + LANGUAGES
    ]
    assert not wrong, "\n".join(wrong)
    assert all(blocks(mark) for mark in MARKS)


@pytest.mark.parametrize("block", blocks("sh run", "sh node"), ids=str)
def test_commands_succeed(block, scratch):
    """The commands end with status 0, in the order of the page, and complain of nothing."""
    done = scratch.run(block.text)
    assert done.returncode == 0, done.stdout
    assert "Traceback" not in done.stdout and "problem-type" not in done.stdout, done.stdout


def test_copy_is_restored_whole(scratch):
    """What is told of backup gives another database with the same rows, which is then checked."""
    backup, restore = blocks("sh run", copy=True)
    look = "SELECT count(*) FROM registry_unittype"
    count = f'.venv/bin/python manage.py dbshell -- -At --command="{look}"'
    done = scratch.run(f"{backup.text}\n{count}\n{restore.text}\n{count}")
    assert done.returncode == 0, done.stdout
    before, after = re.findall(r"^[0-9]+$", done.stdout, re.MULTILINE)
    assert before == after != "0"
    assert "POSTING_CONSERVES" in done.stdout


def test_a_command_that_fails_is_seen(scratch):
    """A block whose first command fails does not pass because its last one succeeds."""
    assert scratch.run("false\ntrue").returncode != 0
    assert scratch.run(".venv/bin/python manage.py check_ledger --rule NONE").returncode != 0


@pytest.mark.parametrize("block", blocks("sh start"), ids=str)
def test_commands_exist(block):
    """Targets of make, commands of manage.py with their options, scripts and services exist."""
    assert not list(commands.unknown(block.text))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("make run PORT=8001", []),
        ("make jump", ["make jump"]),
        ("PORT=8001 make run   # a comment", []),
        ("sh config/compose/secrets.sh", []),
        ("sh config/compose/gone.sh", ["sh config/compose/gone.sh"]),
        (".venv/bin/python manage.py walkthrough --new-keys", []),
        (".venv/bin/python manage.py walkthrough --newkeys", ["manage.py walkthrough --newkeys"]),
        ("python manage.py fly", ["manage.py fly"]),
        ("python manage.py keys rotate --purpose log", []),
        ("python manage.py keys list --purpose log", ["manage.py keys --purpose"]),
        ("docker compose run --rm web python manage.py migrate", []),
        ("docker compose run gone python manage.py migrate", ["the service gone"]),
    ],
)
def test_what_does_not_exist_is_told(line, told):
    """A misspelt target, command, option, script or service is found."""
    assert list(commands.unknown(line)) == told
