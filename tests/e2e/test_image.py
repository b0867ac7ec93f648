"""The image, built from the Dockerfile in a clean root, and its services as compose starts them."""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from config.embedded import binaries
from config.embedded.layout import layout
from tests.config import homes
from tests.e2e.checkouts import get, is_ready
from tests.e2e.dockerfile import Image

COMPOSE = yaml.safe_load((homes.PROJECT / "compose.yaml").read_text())
NODE = ("sequencer", "worker", "beat", "web")


@pytest.fixture(scope="module")
def image(source):
    """The image of what is committed."""
    place = Path(tempfile.mkdtemp(prefix="concord-image-"))
    place.chmod(0o755)
    context = place / "context"
    subprocess.run(["git", "clone", "--quiet", str(source), str(context)], check=True)
    made = Image(place / "root", context)
    made.build(context / "Dockerfile")
    yield made
    shutil.rmtree(place)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def servers(image):
    """A PostgreSQL and a Valkey as the compose file has them, reached over TCP."""
    place = Path(tempfile.mkdtemp(prefix="concord-servers-"))
    place.chmod(0o711)
    subprocess.run(
        ["sh", "config/compose/secrets.sh"], cwd=image.context, check=True, capture_output=True
    )
    secrets = image.context / ".secrets"
    postgresql, valkey = free_port(), free_port()
    with ExitStack() as running:
        running.callback(shutil.rmtree, place)
        running.callback(stop, start_postgresql(place, secrets, postgresql))
        running.callback(stop, start_valkey(place, valkey))
        make_roles(image.context, secrets, postgresql)
        # In the containers' network the server has a name; here it has a port.
        inside = image.root / "run" / "secrets"
        inside.mkdir(parents=True)
        for secret in secrets.iterdir():
            text = secret.read_text().replace("@postgres:5432", f"@127.0.0.1:{postgresql}")
            (inside / secret.name).write_text(text)
        yield {"redis": f"redis://127.0.0.1:{valkey}/0"}


def stop(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGINT)
    process.wait(timeout=60)


def as_server() -> list[str]:
    account = layout().account
    return ["setpriv", f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"]


def owned_directory(path: Path) -> Path:
    path.mkdir()
    shutil.chown(path, layout().account.uid, layout().account.gid)
    return path


def start_postgresql(place: Path, secrets: Path, port: int) -> subprocess.Popen:
    programs = binaries.postgresql(layout())
    data = owned_directory(place / "postgresql")
    password = place / "password"
    shutil.copyfile(secrets / "superuser_password", password)
    shutil.chown(password, layout().account.uid)
    subprocess.run(
        [
            *(*as_server(), programs / "initdb", "-D", data, "-U", "postgres", "--no-sync"),
            *("--auth=scram-sha-256", "--data-checksums", f"--pwfile={password}"),
        ],
        check=True,
        capture_output=True,
    )
    process = subprocess.Popen(
        [
            *(*as_server(), programs / "postgres", "-D", data, "-p", str(port)),
            *("-h", "127.0.0.1", "-k", ""),
            *shlex.split(COMPOSE["services"]["postgres"]["command"])[1:],
        ],
        stderr=subprocess.DEVNULL,
    )
    # It listens before it answers; compose waits for the answer in the same way.
    answers = [programs / "pg_isready", "--quiet", "--host=127.0.0.1", f"--port={port}"]
    deadline = time.monotonic() + 60
    while subprocess.run(answers, check=False).returncode and time.monotonic() < deadline:
        time.sleep(0.1)
    return process


def start_valkey(place: Path, port: int) -> subprocess.Popen:
    data = owned_directory(place / "valkey")
    process = subprocess.Popen(
        [
            *(*as_server(), binaries.valkey(layout()), "--port", str(port)),
            *("--bind", "127.0.0.1", "--dir", data),
            *shlex.split(COMPOSE["services"]["valkey"]["command"])[1:],
        ],
        stdout=subprocess.DEVNULL,
    )
    wait_for_port(port)
    return process


def make_roles(context: Path, secrets: Path, port: int) -> None:
    """As PostgreSQL's image does once, after it has made an empty server."""
    programs = binaries.postgresql(layout())
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(port),
        "PGPASSWORD": (secrets / "superuser_password").read_text(),
        "SECRETS": str(secrets),
    }
    script = ["sh", "config/compose/roles.sh"]
    subprocess.run(script, cwd=context, env=environment, check=True)


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nobody listens on port {port}")


def service(
    image, servers, name: str, port: int, *, command: list[str] | None = None, **options
) -> subprocess.Popen:
    """Start a service of the compose file: its command, or another, in its environment."""
    described = COMPOSE["services"][name]
    own = shlex.split(described.get("command", "").replace("${WORKERS:-2}", "2"))
    environment = {
        key: value.partition(":-")[2].rstrip("}") if str(value).startswith("${") else str(value)
        for key, value in described["environment"].items()
    }
    environment.update(REDIS_URL=servers["redis"], LISTEN=f"127.0.0.1:{port}")
    return image.run(command or own or image.command, environment=environment, **options)


def wait_for_workers(image, servers) -> None:
    """Until both workers answer; before that they do not know what SIGTERM means either."""
    ping = ["python", "-m", "celery", "-A", "config", "inspect", "ping", "--timeout", "5"]
    deadline = time.monotonic() + 60
    while True:
        asked = service(
            image, servers, "worker", 0, command=ping, stdout=subprocess.PIPE, text=True
        )
        said, _ = asked.communicate(timeout=60)
        if "2 nodes online" in said:
            return
        assert time.monotonic() < deadline, said


def test_services_work_and_stop_in_time(image, servers):
    """The migrations end well; then the four services serve, and stop on SIGTERM with status 0."""
    port = free_port()
    migrate = service(image, servers, "migrate", port)
    assert migrate.wait(timeout=120) == 0
    started = {name: service(image, servers, name, port) for name in NODE}
    try:
        wait_for_port(port)
        assert is_ready(port)
        wait_for_workers(image, servers)
        status, page = get(f"http://localhost:{port}/admin/login/")
        assert status == 200
        for sheet in re.findall(r'href="([^"]+\.css)"', page):
            assert get(f"http://localhost:{port}{sheet}")[0] == 200, sheet
        assert image.check(image.probe, environment={"LISTEN": f"127.0.0.1:{port}"}) == ""
        assert {name: each.poll() for name, each in started.items()} == dict.fromkeys(NODE)
    finally:
        for each in started.values():
            each.terminate()
        ended = {name: each.wait(timeout=40) for name, each in started.items()}
    assert ended == dict.fromkeys(NODE, 0)


def test_application_cannot_migrate(image, servers):
    """Without the owner's secret the same image changes no table."""
    environment = {
        "DATABASE_URL_FILE": "/run/secrets/app_url",
        "SECRET_KEY_FILE": "/run/secrets/secret_key",
        "REDIS_URL": servers["redis"],
    }
    drop = (
        "from django.db import connection as c; c.cursor().execute('DROP TABLE registry_holding')"
    )
    refused = image.run(
        ["python", "manage.py", "shell", "-v", "0", "-c", drop],
        environment=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said, _ = refused.communicate(timeout=60)
    assert refused.returncode != 0
    assert "must be owner of table registry_holding" in said


def test_image_runs_as_nobody_special(image):
    """The user of the image is not root and may write to nothing of the program."""
    assert image.check(["id", "-u"]).strip() == "10001"
    assert image.check(["sh", "-c", "find /app /opt/concord -writable ! -type l"]) == ""


def test_image_can_be_tried_without_other_containers(image):
    """`manage.py run` in one container brings its own servers and the scenario."""
    port = free_port()
    log = image.root / "tmp" / "trial.log"
    with log.open("w") as said:
        trial = image.run(
            ["python", "manage.py", "run", "--port", str(port)],
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 240
        while "Concord answers at" not in log.read_text():
            assert trial.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.5)
        assert is_ready(port)
    finally:
        trial.terminate()
        assert trial.wait(timeout=90) == 0, log.read_text()
