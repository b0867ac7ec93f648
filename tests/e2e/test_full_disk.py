"""A disk that is too small, full at the start, or full in the middle of the work."""

import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.config import homes


@pytest.fixture
def disk(as_root):
    """Mount a disk of so many megabytes; give its directory."""
    mounted = []

    def mount(megabytes):
        place = Path(tempfile.mkdtemp(prefix="concord-disk-"))
        options = ["-t", "tmpfs", "-o", f"size={megabytes}m,mode=711", "tmpfs", str(place)]
        subprocess.run(["mount", *options], check=True)
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
        place.rmdir()


def fill(place: Path) -> Path:
    """Leave no byte; return the file that takes all the room."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as taken:
        block = bytes(1_000_000)
        try:
            while True:
                taken.write(block)
                if taken.tell() % 1_000_000:
                    break
        except OSError:
            pass
    return filler


def test_small_disk_is_refused_before_anything_is_made(disk):
    """A disk that cannot hold a new database is named with its room and what is needed."""
    home = homes.make(parent=disk(60))
    try:
        said = home.refused("connect()")
        assert "MB left; a new database needs 500 MB" in said
        assert "REGISTRY_HOME=" in said
        assert not (home.path / "pg").exists() and not (home.path / "pg.new").exists()
    finally:
        home.remove()


def test_full_disk_at_the_start_is_told(disk):
    """A server that cannot start for want of room says so, and starts once there is room."""
    place = disk(700)
    home = homes.make(parent=place)
    try:
        home.run("connect()")
        filler = fill(place)
        said = home.refused("connect()")
        assert "No space left on device" in said
        assert "The disk is full: make room" in said
        filler.unlink()
        assert home.run('say(ask(connect(), "SELECT 7"))') == "7"
    finally:
        home.remove()


def test_disk_that_fills_during_the_work_loses_nothing(disk):
    """Commits fail while there is no room; what was acknowledged is found when there is."""
    place = disk(700)
    home = homes.make(parent=place)
    try:
        home.run(
            'c = connect("concord_owner"); ask(c, "CREATE TABLE t (n int, x text)"); c.commit()'
        )
        writer = home.start(
            'c = connect("concord_owner")\n'
            "n = 0\n"
            "try:\n"
            "    while True:\n"
            "        n += 1\n"
            "        ask(c, f\"INSERT INTO t VALUES ({n}, repeat('x', 100000) || random())\")\n"
            "        c.commit(); say(n)\n"
            "except psycopg2.Error as error:\n"
            '    say("refused", type(error).__name__)'
        )
        assert writer.stdout.readline() == "1\n"
        filler = fill(place)
        *acknowledged, refused = writer.communicate(timeout=120)[0].splitlines()
        assert refused.startswith("refused"), refused
        last = int(acknowledged[-1]) if acknowledged else 1
        filler.unlink()
        found = home.run(
            'c = connect("concord_owner")\n'
            'say(ask(c, "SELECT count(*) FROM t"), ask(c, "SELECT max(n) FROM t"))'
        )
        assert found in (f"{last} {last}", f"{last + 1} {last + 1}")
    finally:
        home.remove()
