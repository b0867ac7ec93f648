"""Starting, sharing and stopping the embedded servers, in real processes."""

import os
import signal
import subprocess

import psycopg2
import pytest

from tests.config import homes


def test_first_use_makes_everything_and_last_exit_stops_it(home):
    """One process on an empty home gets a database, and leaves no server behind."""
    assert home.run('say(ask(connect(), "SELECT current_user"))') == "concord_app"
    assert home.wait_without_servers() == []
    assert {entry.name for entry in home.path.iterdir()} == {
        *("lease", "mutex", "pg", "run", "secrets"),
    }


def test_processes_that_start_together_share_one_server(home):
    """Six processes on an empty home make one cluster and one server, and all connect."""
    program = 'say(ask(connect(), "SELECT pg_postmaster_start_time()")); sys.stdin.read()'
    started = [home.start(program) for _ in range(6)]
    times = {process.stdout.readline() for process in started}
    assert len(times) == 1, times
    for process in started:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert home.wait_without_servers() == []


def test_settings_reach_the_server(home):
    """What the launcher sets is what the server runs with; the home's own file wins."""
    home.path.mkdir(mode=0o711)
    (home.path / "postgresql.conf").write_text("work_mem = 7MB\n")
    said = home.run(
        "c = connect()\n"
        "for name in ('fsync', 'jit', 'max_connections', 'listen_addresses', 'work_mem'):\n"
        "    say(name, ask(c, f\"SELECT current_setting('{name}')\"))"
    )
    assert said.splitlines() == [
        "fsync on",
        "jit off",
        "max_connections 120",
        "listen_addresses ",
        "work_mem 7MB",
    ]


def test_killed_holder_does_not_keep_the_server(home):
    """Of two holders one is killed; the server lives for the other and stops with it."""
    first, second = home.hold(), home.hold()
    first.kill()
    first.wait()
    assert home.postmaster() in home.servers()
    assert second.communicate(timeout=60)[0] == "7\n"
    assert home.wait_without_servers() == []


def test_orphaned_server_is_adopted(home):
    """The only holder is killed; the next process finds the server running and stops it."""
    holder = home.hold()
    server = home.postmaster()
    holder.kill()
    holder.wait()
    assert server in home.servers()
    holder = home.hold()
    assert home.postmaster() == server
    holder.communicate(timeout=60)
    assert home.wait_without_servers() == []


def test_last_holder_stops_servers_that_it_never_used(home):
    """A process that used Valkey only is the last to leave: PostgreSQL stops as well."""
    holder = home.hold()
    other = home.start('valkey.ensure(); say("ready"); sys.stdin.read()')
    assert other.stdout.readline() == "ready\n"
    holder.kill()
    holder.wait()
    other.communicate(timeout=60)
    assert home.wait_without_servers() == []


def test_forked_child_does_not_end_its_parents_lease(home):
    """A child that exits first, in an orderly way, leaves the server to its parent."""
    said = home.run(
        "c = connect()\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    sys.exit(0)\n"
        "os.waitpid(child, 0)\n"
        'say(ask(connect(), "SELECT 7"))'
    )
    assert said == "7"
    assert home.wait_without_servers() == []


def test_forked_child_keeps_the_server_when_its_parent_leaves(home):
    """A child holds a lease of its own: its parent's end does not stop the server."""
    process = home.start(
        "postgresql.ensure()\n"
        "if os.fork():\n"
        "    sys.exit(0)\n"
        "time.sleep(1)\n"
        'say(ask(connect(), "SELECT 7"))'
    )
    assert process.communicate(timeout=60)[0] == "7\n"
    assert home.wait_without_servers() == []


def test_commits_survive_a_killed_server(home):
    """After kill -9 of the postmaster, what was acknowledged is found, and no more than that."""
    home.run('c = connect("concord_owner"); ask(c, "CREATE TABLE t (n int)"); c.commit()')
    writer = home.start(
        'c = connect("concord_owner")\n'
        "for n in range(1, 1000000):\n"
        '    ask(c, f"INSERT INTO t VALUES ({n})"); c.commit(); say(n)'
    )
    acknowledged = 0
    while acknowledged < 200:
        acknowledged = int(writer.stdout.readline())
    os.kill(home.postmaster(), signal.SIGKILL)
    for line in writer.stdout:
        if line.strip().isdigit():
            acknowledged = int(line)
    found = int(home.run('say(ask(connect("concord_owner"), "SELECT count(*) FROM t"))'))
    # The last commit may have been done and its acknowledgement lost.
    assert acknowledged <= found <= acknowledged + 1


def test_stale_lock_with_a_living_strangers_number(home):
    """A postmaster.pid that names a live process of somebody else does not stop the start."""
    home.run("connect()")
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        lines = [str(stranger.pid), str(home.path / "pg"), "1", "5432", "", "", "", "ready"]
        (home.path / "pg" / "postmaster.pid").write_text("\n".join(lines) + "\n")
        assert home.run('say(ask(connect(), "SELECT 7"))') == "7"
    finally:
        stranger.kill()
        stranger.wait()


def test_half_made_cluster_is_made_anew(home):
    """What a killed first start left behind does not hinder the next one."""
    home.path.mkdir(mode=0o711)
    for torn in ("pg.new", "pg"):
        (home.path / torn / "base").mkdir(parents=True)
    assert home.run('say(ask(connect(), "SELECT 7"))') == "7"


def test_data_of_another_version_is_refused(home):
    """Data of an older PostgreSQL are left alone, and the message says what to do."""
    home.run("connect()")
    (home.path / "pg" / "PG_VERSION").write_text("16\n")
    said = home.refused("connect()")
    assert "was made by PostgreSQL 16; the installed one is 18" in said
    assert "REGISTRY_PG_BIN" in said


@pytest.mark.parametrize("role", ["concord_superuser", "concord_owner", "concord_app"])
def test_no_role_enters_without_its_password(home, role):
    """The socket alone opens nothing: each role must know its secret."""
    holder = home.hold()
    address = {"host": home.path / "run", "user": role, "dbname": "concord"}
    for attempt in ({}, {"password": "wrong"}):
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(**address, **attempt)
    secret = {"concord_superuser": "superuser", "concord_owner": "owner", "concord_app": "app"}
    password = (home.path / "secrets" / secret[role]).read_text()
    psycopg2.connect(**address, password=password).close()
    holder.communicate(timeout=60)


def test_application_needs_no_secret_but_its_own(home):
    """Once the cluster is made, the application connects without the others' secrets."""
    home.run("connect()")
    for name in ("superuser", "owner"):
        (home.path / "secrets" / name).unlink()
    assert home.run('say(ask(connect(), "SELECT 7"))') == "7"


def test_files_are_private(home):
    """Secrets, data and sockets are for one user; nobody else may enter or read them."""
    holder = home.hold()
    modes = {
        str(path.relative_to(home.path)): path.stat().st_mode & 0o777
        for path in (*home.path.iterdir(), *(home.path / "secrets").iterdir())
    }
    holder.communicate(timeout=60)
    private = ("pg", "run", "secrets")
    assert {modes.pop(name) for name in private} == {0o700}
    assert set(modes.values()) == {0o600}


def test_database_begins_as_a_copy_of_another_that_nobody_uses(home):
    """Rows come along and passwords do not; while somebody uses it, nothing is copied."""
    copy = homes.make(parent=home.path.parent, name="copy")
    made = home.start(
        'c = connect("concord_owner"); ask(c, "CREATE TABLE t AS SELECT 7 AS n")\n'
        "c.commit(); say(postgresql.password('concord_owner')); sys.stdin.read()"
    )
    password = made.stdout.readline().strip()
    copying = f"from config.embedded.__main__ import main\nmain(['copy', {str(home.path)!r}])"
    try:
        assert "are in use" in copy.refused(copying)
        made.communicate(timeout=homes.SECONDS)
        home.wait_without_servers()
        copy.run(copying)
        said = copy.run(
            'say(ask(connect("concord_owner"), "SELECT n FROM t"), '
            'postgresql.password("concord_owner"))'
        )
        assert said.split()[0] == "7"
        assert said.split()[1] != password
    finally:
        copy.remove()
