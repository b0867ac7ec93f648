"""The script that makes the virtual environment, with requirements that need no network."""

import subprocess
import sys

import pytest

from tests.config.homes import PROJECT


@pytest.fixture
def install(tmp_path):
    (tmp_path / "requirements.txt").write_text("")

    def run(python=sys.executable, requirements="requirements.txt"):
        return subprocess.run(
            [
                *("sh", PROJECT / "config" / "install.sh", python, ".venv", requirements),
                ".venv/.installed-123",
            ],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            check=False,
        )

    return run


def test_environment_is_made_and_marked(install, tmp_path):
    """A first run leaves a working pip and the stamp, and removes the stamp of before."""
    (tmp_path / ".venv").mkdir()
    assert install().returncode == 0
    stamps = {path.name for path in (tmp_path / ".venv").glob(".*")}
    assert stamps == {".installed-123"}
    marker = tmp_path / ".venv" / "kept"
    marker.touch()
    (tmp_path / ".venv" / ".installed-7").touch()
    (tmp_path / ".venv" / ".installed-dev-7").touch()
    assert install().returncode == 0
    assert marker.exists()
    stamps = {path.name for path in (tmp_path / ".venv").glob(".*")}
    assert stamps == {".installed-123", ".installed-dev-7"}


def test_killed_installation_is_begun_anew(install, tmp_path):
    """Half a package looks whole to pip, so an environment that was left unfinished is remade."""
    (tmp_path / ".venv").mkdir()
    for name in (".unfinished", "half"):
        (tmp_path / ".venv" / name).touch()
    assert install().returncode == 0
    assert not (tmp_path / ".venv" / "half").exists()


def test_failed_installation_is_continued(install, tmp_path):
    """When pip ends in order, with an error, the next run goes on; nothing is marked as done."""
    (tmp_path / "wrong.txt").write_text("no requirement ==\n")
    failed = install(requirements="wrong.txt")
    assert failed.returncode == 1
    assert "Nothing was started" in failed.stderr
    assert list((tmp_path / ".venv").glob(".*")) == []


def test_missing_python_is_told(install):
    """Without a Python that is new enough the message says which one is needed."""
    refused = install(python="")
    assert refused.returncode == 1
    assert "Python 3.11 or later is needed" in refused.stderr


def test_python_without_venv_is_told(install, tmp_path):
    """A Python that cannot make environments leaves nothing behind, and Debian's remedy."""
    (tmp_path / "python").write_text("#!/bin/sh\necho 'ensurepip is not available'; exit 1\n")
    (tmp_path / "python").chmod(0o755)
    refused = install(python=str(tmp_path / "python"))
    assert refused.returncode == 1
    assert "ensurepip is not available" in refused.stderr
    assert "apt install python3-venv" in refused.stderr
    assert not (tmp_path / ".venv").exists()


def test_every_target_is_listed():
    """`make` and `make help` list each target that people call, with one line each."""
    said = subprocess.run(
        ["make", "--no-print-directory"],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=True,
    ).stdout
    listed = {line.split()[1] for line in said.splitlines() if line.strip()}
    phony = (PROJECT / "Makefile").read_text().partition(".PHONY:")[2].splitlines()[0].split()
    assert listed == set(phony)
