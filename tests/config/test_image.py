"""What the files for containers promise; tests/e2e runs them."""

from pathlib import Path

import pytest
import yaml
from django.conf import settings

from config import processes
from tests.config.homes import PROJECT


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((PROJECT / "compose.yaml").read_text())


def test_owners_secret_goes_to_migrations_only(compose):
    """Of the node's processes, the one that migrates is given the owner's address."""
    for name, service in compose["services"].items():
        given = set(service.get("secrets", []))
        wanted = {"postgres", "migrate"} if given & {"owner_url", "owner_password"} else {name}
        assert name in wanted, f"{name} is given {given}"
    assert "owner_url" in compose["services"]["migrate"]["secrets"]
    assert "owner_url" not in compose["services"]["postgres"]["secrets"]


def test_services_are_the_processes_of_a_stack(compose):
    """Each process of `manage.py stack` is a service, with the same command."""
    for stage in processes.stages(bind="0.0.0.0", port=8000, schedule=Path("/tmp/schedule")):  # noqa: S104, S108
        for child in stage:
            command = compose["services"][child.name].get("command", image_command())
            words = command.replace("${WORKERS:-2}", "2").split()
            assert words[0] == "python"
            assert words[1:] == child.command[1:], child.name


def image_command():
    last = (PROJECT / "Dockerfile").read_text().splitlines()[-1]
    return " ".join(yaml.safe_load(last.removeprefix("CMD ")))


def test_every_service_has_time_to_stop(compose):
    """Docker waits longer than the longest grace of the supervisor before it kills."""
    graces = [
        child.grace_s
        for stage in processes.stages(bind="127.0.0.1", port=8000, schedule=Path("x"))
        for child in stage
    ]
    for name in ("web", "worker", "sequencer", "beat", "migrate"):
        service = compose["services"][name]
        assert int(service["stop_grace_period"].removesuffix("s")) > max(graces)
        assert service["init"] is True


def test_image_holds_every_app_and_nothing_else():
    """What is copied is what the context lets through, and every app of ours is among it."""
    copied = {
        line.split()[1]
        for line in (PROJECT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ")
    }
    allowed = {
        line.removeprefix("!")
        for line in (PROJECT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    assert copied == allowed
    apps = {app for app in settings.INSTALLED_APPS if (PROJECT / app).is_dir()}
    assert apps <= copied
