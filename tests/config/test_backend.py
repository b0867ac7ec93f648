"""Django on the embedded server, and Django that must not touch it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.config import homes

DJANGO = """
import django
from django.db import connection
def current():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]
"""


def django(environment, program):
    found = subprocess.run(
        [sys.executable, "-W", "error", "-c", DJANGO + program],
        capture_output=True,
        text=True,
        cwd=homes.PROJECT,
        env={
            **environment,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            # An existing directory: WhiteNoise warns of static files that were not collected.
            "STATIC_ROOT": str(Path(__file__).parent),
        },
        check=False,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


def test_settings_start_nothing(home):
    """Loading every app and address of a node leaves its servers alone."""
    django(home.environment, "django.setup(); import config.urls, config.celery, config.wsgi")
    assert home.servers() == []
    assert not (home.path / "pg").exists()


def test_connection_starts_the_server_again(home):
    """After the server was killed, the next connection of the same process finds a new one."""
    said = django(
        home.environment,
        "import os, signal, config.embedded.layout as l\n"
        "django.setup(); print(current())\n"
        'lock = l.layout().data / "postmaster.pid"\n'
        "os.kill(int(lock.read_text().split()[0]), signal.SIGKILL)\n"
        "connection.close(); print(current())",
    )
    assert said.split() == ["concord_app", "concord_app"]
    assert home.wait_without_servers() == []


def test_external_servers_keep_the_embedded_code_out(fresh_database):
    """With both addresses set, no module of the embedded servers is ever imported."""
    said = django(
        {**fresh_database.environment, "REDIS_URL": "redis://localhost:6379/0"},
        "import sys; django.setup(); import config.urls, config.wsgi, config.processes\n"
        "from django.core.management import execute_from_command_line\n"
        'execute_from_command_line(["manage.py", "migrate", "-v", "0"])\n'
        "config.processes.look_after_servers()\n"
        'print(current(), [name for name in sys.modules if "embedded" in name])',
    )
    assert said == "concord_app []"


def test_external_server_needs_a_known_secret_key(fresh_database):
    """Processes on several hosts cannot each invent their own key."""
    environment = {**fresh_database.environment, "SECRET_KEY": ""}
    found = subprocess.run(
        [sys.executable, "manage.py", "check"],
        capture_output=True,
        text=True,
        cwd=homes.PROJECT,
        env=environment,
        check=False,
    )
    assert found.returncode != 0
    assert "Set SECRET_KEY (or SECRET_KEY_FILE)" in found.stderr


def test_termination_stops_the_servers_too(home):
    """SIGTERM ends a command in an orderly way: the servers that it started stop with it."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v", "0"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=homes.PROJECT,
        env={**home.environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
    )
    process.stdin.write(
        "from django.db import connection as c; c.ensure_connection(); print('up', flush=True)\n"
        "import time; time.sleep(60)\n"
    )
    process.stdin.close()
    assert "up" in process.stdout.readline()
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(timeout=60) == 143
    process.stdout.close()
    assert home.wait_without_servers() == []


def test_application_migrates_where_no_owner_is_named(fresh_database):
    """Without DATABASE_OWNER_URL one role does both, and the checks warn of what it owns."""
    environment = {**fresh_database.environment, "DATABASE_URL": fresh_database.owner_url}
    del environment["DATABASE_OWNER_URL"]
    for words in (["migrate", "-v", "0"], ["check", "--database", "default"]):
        found = subprocess.run(
            [sys.executable, "manage.py", *words],
            capture_output=True,
            text=True,
            cwd=homes.PROJECT,
            env=environment,
            check=False,
        )
        assert found.returncode == 0, found.stderr
        assert "config.W001" in found.stderr
