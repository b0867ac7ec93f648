"""The command line: what a run prints, writes and answers."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from benchmarks.__main__ import parse
from benchmarks.figures import ratios
from benchmarks.targets import TARGETS
from config.embedded.layout import PROJECT


def bench(home, *arguments):
    """Run the command in a home of its own."""
    environment = {**os.environ, "REGISTRY_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.fixture
def home():
    """A directory that the server's user may enter, also when the tests run as root."""
    made = Path(tempfile.mkdtemp(prefix="concord-bench-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.mark.slow
def test_a_quick_run_ends_with_a_table_and_a_file(home):
    """Configuration, figures and ratios are printed and written, and the answer is 0."""
    written = home / "figures.json"
    ended = bench(home, "--quick", "--only", "l,orm", f"--json={written}")
    assert ended.returncode == 0, ended.stderr
    assert "fsync=on" in ended.stdout
    assert "naive Django ORM" in ended.stdout
    said = json.loads(written.read_text())
    assert {figure["name"] for figure in said["figures"]} == {"l", "orm"}
    assert said["configuration"]["commit"]


def test_a_home_that_can_not_be_used_is_a_sentence(tmp_path):
    """The answer is 1, and the reason is printed without a traceback."""
    occupied = tmp_path / "file"
    occupied.write_text("no directory")
    ended = bench(tmp_path, "--quick", "--only", "l", f"--home={occupied}")
    assert ended.returncode == 1
    assert ended.stderr.startswith("benchmarks: ")
    assert "Traceback" not in ended.stderr


@pytest.mark.slow
def test_a_part_that_breaks_leaves_the_others_and_is_answered(home):
    """Too small a disk stops one part; the other's figures are there, and the answer is 1."""
    written = home / "figures.json"
    ended = bench(
        home,
        *("--rounds=1", "--seconds=1", "--only=balance,growth", f"--json={written}"),
        *("--holdings=1000000000000",),
    )
    assert ended.returncode == 1
    assert "Choose another home with --home" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert [figure["name"] for figure in json.loads(written.read_text())["figures"]] == ["balance"]


def test_every_target_can_be_measured():
    """A usual run gives both figures of every target, so none is left out in silence."""
    chosen = parse([])
    race = set(chosen.names)
    pages = ("list", "home_page", "account_page", "block_page")
    made = race | {"domestic"} | {"small", "large", "issue_one", "issue_8bn", "log_on", "log_off"}
    made |= {f"{page}_{size}" for page in pages for size in ("small", "large")}
    made |= {"compare_10", "compare_full", "bytes_10", "bytes_full"}
    assert {target.figure for target in TARGETS} <= made
    assert {target.reference for target in TARGETS} <= made
    assert ratios({}, TARGETS) == []
