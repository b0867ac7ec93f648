"""Where the embedded servers put their files, also where that is difficult."""

import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from config.embedded import layout, postgresql, processes
from config.errors import NodeError
from tests.config import homes


@pytest.fixture
def deep_home():
    """A home whose path is too long for a socket."""
    parent = Path(tempfile.mkdtemp(prefix="concord-home-"))
    parent.chmod(0o711)
    deep = parent.joinpath(*["a" * 40] * 3)
    deep.mkdir(parents=True)
    made = homes.make(parent=deep)
    yield made
    made.remove()
    shutil.rmtree(parent, ignore_errors=True)


def test_long_path_gets_a_short_private_socket_directory(deep_home):
    """Sockets of a home with a long path lie in a directory that only its user may enter."""
    directory = Path(deep_home.run("say(layout().sockets); connect()"))
    try:
        assert directory.parent == Path(tempfile.gettempdir())
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert deep_home.run('say(ask(connect(), "SELECT 7"))') == "7"
    finally:
        shutil.rmtree(directory)


def test_prepared_socket_directory_is_refused(deep_home):
    """A link that somebody else put where the sockets would go is not followed."""
    directory = Path(deep_home.run("say(layout().sockets)"))
    directory.symlink_to(deep_home.path.parent)
    try:
        assert "is not a directory of user" in deep_home.refused("connect()")
    finally:
        directory.unlink()


def test_home_that_cannot_be_made_is_named(tmp_path):
    """A home below a file is refused with the variable that chooses another."""
    (tmp_path / "file").touch()
    found = layout.Layout(tmp_path / "file" / "home", None)
    with pytest.raises(NodeError, match="cannot be used") as refused:
        found.make_home()
    assert "REGISTRY_HOME=" in refused.value.remedy


def test_secret_is_invented_once(tmp_path):
    """The first reader invents a secret of 256 bits; everybody later reads the same."""
    found = layout.Layout(tmp_path / "home", None)
    assert len(bytes.fromhex(found.secret("any"))) == 32
    assert found.secret("any") == found.secret("any") != found.secret("other")
    assert [path.name for path in found.secrets.iterdir() if path.name.startswith(".")] == []


def test_little_room_is_told_before_anything_is_made(tmp_path, monkeypatch):
    """A disk too small for a database is refused with its free space and what to do."""
    usage = shutil.disk_usage(tmp_path)._replace(free=12_000_000)
    monkeypatch.setattr(postgresql.shutil, "disk_usage", lambda path: usage)
    found = layout.Layout(tmp_path, None)
    with pytest.raises(NodeError, match=r"has 12 MB left; a new database needs 500 MB"):
        postgresql._initialise(found, Path("/nowhere"))
    assert list(tmp_path.iterdir()) == []


def test_full_disk_is_recognised_in_what_the_server_says():
    """The server's last words are shown, with the remedy for a full disk."""
    error = postgresql._explained("PostgreSQL did not start", "FATAL: x: No space left on device")
    assert "No space left on device" in error.problem
    assert error.remedy.startswith("The disk is full: make room")


def test_missing_programs_are_told(home):
    """A directory without PostgreSQL is refused by name."""
    home.path.mkdir(mode=0o711)
    said = home.refused('os.environ["REGISTRY_PG_BIN"] = "/usr/lib"; connect()')
    assert "REGISTRY_PG_BIN names /usr/lib, where there is no program postgres" in said


def test_zombie_is_not_alive():
    """A process that has ended but was not reaped does not count as running."""
    ended = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    # Its output ends when it does; only wait() would reap it.
    ended.stdout.read()
    while Path(f"/proc/{ended.pid}/stat").exists() and processes.alive(ended.pid):
        pass
    assert not processes.alive(ended.pid)
    ended.wait()
    ended.stdout.close()
    assert not processes.alive(ended.pid)
    assert processes.alive(os.getpid())


def test_valkey_keeps_what_was_queued_through_a_kill(home):
    """After kill -9 of Valkey the next use starts it again, with the queue as it was."""
    said = home.run(
        "import redis\n"
        "r = redis.Redis(unix_socket_path=str(valkey.ensure()))\n"
        'r.config_set("appendfsync", "always"); r.rpush("queue", "a", "b")\n'
        'os.kill(r.info()["process_id"], 9)\n'
        "r = redis.Redis(unix_socket_path=str(valkey.ensure(again=True)))\n"
        'say(r.lrange("queue", 0, -1), r.config_get("maxmemory-policy"))'
    )
    assert said == "[b'a', b'b'] {'maxmemory-policy': 'noeviction'}"
    assert home.wait_without_servers() == []


def test_dead_socket_of_valkey_is_replaced(home):
    """A socket file that nobody listens to does not hinder the start."""
    home.run("valkey.ensure()")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(home.path / "run" / "valkey.sock"))
    assert home.run("valkey.ensure(); say(valkey.status(layout()))").startswith("Valkey runs")


def test_servers_in_use_are_stopped_by_force_only(home):
    """`python -m config.embedded down` leaves servers in use alone unless it is forced."""

    def command(*words):
        return subprocess.run(
            [sys.executable, "-m", "config.embedded", *words],
            capture_output=True,
            text=True,
            env=home.environment,
            cwd=homes.PROJECT,
            check=False,
        )

    holder = home.hold()
    refused = command("down")
    assert (refused.returncode, "--force" in refused.stderr) == (1, True)
    assert f"PostgreSQL runs as process {home.postmaster()}" in command("status").stdout
    assert command("down", "--force").returncode == 0
    assert home.wait_without_servers() == []
    assert command("status").stdout.splitlines() == [
        "PostgreSQL does not run",
        "Valkey does not run",
    ]
    holder.kill()
