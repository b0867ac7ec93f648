"""Which processes make a node, and whether their port is free."""

import errno
import os
import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from config import addresses
from config.celery import SEQUENCER
from config.errors import NodeError
from config.supervisor import Child

WSGI = "config.wsgi:application"
WORKERS_AT_MOST = 4


def stages(*, bind: str, port: int, schedule: Path) -> list[list[Child]]:
    """The processes in the order of their start: what answers people comes last."""
    workers = str(min(WORKERS_AT_MOST, max(2, os.cpu_count() or 2)))
    # A copy of the environment would hand the owner's secret to processes that never need it.
    plain = {"DATABASE_OWNER_URL": "", "DATABASE_OWNER_URL_FILE": ""}
    if os.getuid() == 0:
        # Whoever starts a node as root knows it; Celery would say so in two times seven lines.
        plain["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser privileges"
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "config"]
    consume = ["worker", "--loglevel=WARNING", "--without-gossip", "--without-mingle"]
    sequencer = Child(
        "sequencer",
        [*celery, *consume, "-Q", SEQUENCER, "-c", "1", "-n", "sequencer@%h"],
        grace_s=30,
        environment=plain,
    )
    worker = Child(
        "worker",
        [*celery, *consume, "-Q", "celery", "-c", os.environ.get("WORKERS", workers)],
        grace_s=30,
        environment=plain,
    )
    beat = Child(
        "beat",
        [*celery, "beat", "--loglevel=WARNING", "-s", str(schedule), "--pidfile="],
        grace_s=10,
        environment=plain,
    )
    listen = {"LISTEN": addresses.listen(bind=bind, port=port)}
    web = Child("web", web_command(), grace_s=25, environment={**plain, **listen})
    return [[sequencer, worker], [beat], [web]]


def web_command() -> list[str]:
    return [*(sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn"), WSGI]


def refuse_taken_port(*, bind: str, port: int) -> None:
    """Say so before anything has started when the port cannot be had.   Raises: NodeError."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    another = _choose(f"PORT={port + 1 if port < 65535 else 8000}")
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                problem = _("Port %(port)s of %(bind)s is in use by another program.")
            elif error.errno == errno.EACCES:
                problem = _("Port %(port)s needs rights that this user does not have.")
                another = _("Choose one above 1023: PORT=8000 make run")
            else:
                problem = _("%(bind)s is not an address of this machine: %(reason)s.")
                another = _choose("BIND=127.0.0.1")
            given = {"port": port, "bind": bind, "reason": error.strerror}
            raise NodeError(problem % given, another) from error


def _choose(setting: str) -> str:
    return _("Choose another: %(command)s") % {"command": f"{setting} make run"}


def answers(address: str) -> bool:
    """Whether the web process says that the node is ready."""
    request = urllib.request.Request(f"{address}/readyz", headers={"Host": "localhost"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def look_after_servers() -> None:
    """Start the embedded servers again if somebody has killed them."""
    if settings.EMBEDDED_DATABASE:
        from config.embedded import postgresql

        postgresql.ensure(again=True)
    if not settings.REDIS_URL:
        from config.embedded import valkey

        valkey.ensure(again=True)
