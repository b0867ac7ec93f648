"""`make run`, as somebody runs it who has never seen the project."""

import json
import re
import signal
import tempfile
import time
from pathlib import Path

import pytest

from tests.e2e.checkouts import ROOT, Checkout, get, is_ready, remove

ANSWERS = "Ctrl-C stops it."
# make waits for what it runs, and then ends itself by the signal that it was sent.
INTERRUPTED = -signal.SIGINT


@pytest.fixture(autouse=True)
def nothing_left(person):
    """A test that failed leaves no process to the next one."""
    yield
    person.kill_everything()


@pytest.fixture
def terminals():
    opened = []
    yield opened
    for terminal in opened:
        terminal.kill()


@pytest.fixture
def run(terminals):
    def start(checkout, **variables):
        terminals.append(checkout.make("run", **variables))
        return terminals[-1]

    return start


@pytest.fixture(scope="module")
def installed(checkout, person):
    """The checkout after its first `make run`, which is what the first test looks at."""
    terminal = checkout.make("run", PORT="8410")
    terminal.wait_for("blocks/history")
    terminal.wait_for("json.tool\n", seconds=5)
    checkout.first_said = terminal.said
    terminal.press_control_c()
    checkout.first_status = terminal.end()
    checkout.first_left = person.processes()
    return checkout


def test_fresh_clone_becomes_a_node(installed):
    """One command installs, migrates, loads and serves; Ctrl-C ends it with nothing left."""
    said = installed.first_said
    assert "Concord answers at http://localhost:8410" in said
    for told in ("making the virtual environment", "migrating", "northeast_asia"):
        assert told in said
    assert installed.first_status == INTERRUPTED, said
    assert "Error" not in said and "Traceback" not in said
    assert installed.first_left == {}


def test_what_it_says_to_try_works(installed, run, checkout):
    """The commands that the first run printed, pasted into a shell, move units and show it."""
    terminal = run(installed, PORT="8410")
    terminal.wait_for(ANSWERS)
    shown = installed.first_said
    assert re.search(r"^password of administrator, for one time +\S{12,}$", shown, re.MULTILINE), (
        shown
    )
    commands = shown[shown.index("KEY_1=") :].partition("\n^C")[0]
    commands = "".join(
        line for line in commands.splitlines(keepends=True) if not line.startswith("node ")
    )
    said = checkout.call("sh", "-c", commands)
    units, _, rest = said.partition('{"id"')
    assert "KAU" in units
    assert '"completed"' in rest, said
    history = rest[rest.rindex("\n{") :]
    assert history.count('"account"') > 1, said
    terminal.press_control_c()
    assert terminal.end() == INTERRUPTED


def test_next_run_goes_on_with_the_data(installed, run):
    """The second run installs and loads nothing again, and serves the same ledger."""
    terminal = run(installed, PORT="8410")
    terminal.wait_for(ANSWERS)
    assert "installing" not in terminal.said
    assert "accounts opened" not in terminal.said
    assert is_ready(8410)
    assert position(8410) == position(8410) > 0
    for language in ("en", "zh-hans", "ja", "ko"):
        status, page = get("http://localhost:8410/admin/login/", language=language)
        assert (status, f'lang="{language}"' in page) == (200, True)
    terminal.press_control_c()
    assert terminal.end() == INTERRUPTED


def test_goes_on_after_everything_was_killed(installed, run, person):
    """kill -9 of every process at once loses nothing that was there."""
    terminal = run(installed, PORT="8410")
    terminal.wait_for(ANSWERS)
    before = position(8410)
    person.kill_everything()
    terminal.end()
    again = run(installed, PORT="8410")
    again.wait_for(ANSWERS)
    assert is_ready(8410)
    assert position(8410) >= before > 0
    again.press_control_c()
    assert again.end() == INTERRUPTED
    assert person.processes() == {}


def test_closed_terminal_stops_the_node_in_order(installed, run, person):
    """Whoever closes the window loses nothing, and leaves no process behind."""
    terminal = run(installed, PORT="8410")
    terminal.wait_for(ANSWERS)
    terminal.close()
    deadline = time.monotonic() + 60
    while person.processes() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert person.processes() == {}
    log = (installed.path / ".local" / "pg" / "server.log").read_text()
    assert log.splitlines()[-1].endswith("database system is shut down")


def test_second_checkout_beside_it(installed, run, source, person):
    """Two clones run at the same time on two ports, each with servers and data of its own."""
    other = installed.beside(source, person.home / "second")
    other.go_on_with(installed)
    first = run(installed, PORT="8410")
    second = run(other, PORT="8411")
    first.wait_for(ANSWERS)
    second.wait_for(ANSWERS)
    assert is_ready(8410) and is_ready(8411)
    taken = run(other, PORT="8410", REGISTRY_HOME=str(person.home / "third"))
    assert taken.end() != 0
    assert "Port 8410 of 127.0.0.1 is in use" in taken.said
    assert "PORT=8411 make run" in taken.said
    assert "Traceback" not in taken.said
    first.press_control_c()
    assert first.end() == INTERRUPTED
    assert is_ready(8411)
    second.press_control_c()
    assert second.end() == INTERRUPTED
    assert person.processes() == {}


def test_clone_with_a_long_path(installed, run, source, person):
    """A path that is too long for a socket makes no difference."""
    deep = person.home.joinpath(*["a directory with spaces and 一个很长的名字"] * 3)
    installed.call("mkdir", "-p", str(deep))
    other = installed.beside(source, deep / "concord")
    other.go_on_with(installed)
    terminal = run(other, PORT="8412")
    terminal.wait_for(ANSWERS)
    assert is_ready(8412)
    (sockets,) = Path(tempfile.gettempdir()).glob(f"concord-{person.uid}-*")
    assert sockets.stat().st_mode & 0o777 == 0o700
    terminal.press_control_c()
    assert terminal.end() == INTERRUPTED
    assert person.processes() == {}
    remove(sockets)


def test_root_in_a_private_tree(run, source, installed, terminals):
    """Root may run it where nobody else may enter: the servers run as another user, elsewhere."""
    tree = Path(tempfile.mkdtemp(prefix="concord-private-"))
    assert tree.stat().st_mode & 0o777 == 0o700
    checkout = Checkout.clone(source, tree / "concord", ROOT)
    checkout.call("cp", "-a", f"{installed.path}/.venv", ".venv")
    checkout.call("chown", "-R", "root:root", ".venv")
    home = None
    try:
        terminal = run(checkout, PORT="8413")
        terminal.wait_for(ANSWERS)
        (home,) = {
            path.parent
            for path in Path("/var/lib/concord").glob("*/stack")
            if path.read_text().strip() in children_of(terminal.pid)
        }
        server = int((home / "pg" / "postmaster.pid").read_text().splitlines()[0])
        status = Path(f"/proc/{server}/status").read_text()
        for line in ("Uid", "Gid"):
            numbers = re.search(rf"^{line}:\t(.*)$", status, re.MULTILINE)[1].split()
            assert "0" not in numbers, status
        assert re.search(r"^Groups:\s*$", status, re.MULTILINE), status
        assert tree.stat().st_mode & 0o777 == 0o700
        assert is_ready(8413)
        terminal.press_control_c()
        assert terminal.end() == INTERRUPTED
    finally:
        for terminal in terminals:
            terminal.kill()
        remove(tree)
        if home:
            remove(home)


def test_killed_installation_is_repaired(run, installed, source, person):
    """An environment that was killed half-way is made anew by the next `make run`."""
    other = Checkout.clone(source, person.home / "half", person)
    terminal = run(other, PORT="8414")
    terminal.wait_for("installing requirements.txt")
    person.kill_everything()
    terminal.end()
    assert (other.path / ".venv" / ".unfinished").exists()
    again = run(other, PORT="8414", REGISTRY_HOME=str(installed.path / ".local"))
    again.wait_for("making the virtual environment")
    again.wait_for(ANSWERS)
    assert is_ready(8414)
    again.press_control_c()
    assert again.end() == INTERRUPTED


def position(port: int) -> int:
    _, text = get(f"http://localhost:{port}/readyz")
    return int(json.loads(text)["checks"]["sequencer"]["position"])


def children_of(pid: int) -> set[str]:
    found = {str(pid)}
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for child in children:
        found |= children_of(int(child))
    return found
