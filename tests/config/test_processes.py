import socket
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from config import processes
from config.embedded import stack_lock
from config.embedded.layout import layout
from config.errors import NodeError
from config.management.commands import stack


@pytest.fixture
def taken_port():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_taken_port_is_named_with_another_to_choose(taken_port):
    """A port in use is told before anything starts, with the command for another one."""
    with pytest.raises(NodeError) as refused:
        call_command("stack", port=str(taken_port))
    assert refused.value.problem == f"Port {taken_port} of 127.0.0.1 is in use by another program."
    assert refused.value.remedy == f"Choose another: PORT={taken_port + 1} make run"


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "8000.5", ""])
def test_what_is_no_port_is_refused(text):
    """Only a number from 1 to 65535 is a port."""
    with pytest.raises(NodeError, match="is not a port"):
        call_command("stack", port=text)


def test_address_of_another_machine_is_refused():
    """An address that this machine does not have cannot be listened on."""
    with pytest.raises(NodeError, match=r"192\.0\.2\.1 is not an address of this machine"):
        processes.refuse_taken_port(bind="192.0.2.1", port=8000)


def test_second_stack_on_one_home_is_refused():
    """A node that runs is not started twice; the message names its process."""
    first, second = stack.Command(stdout=StringIO()), stack.Command(stdout=StringIO())
    with first.only_stack_of_home():
        pid = (layout().home / "stack").read_text()
        with pytest.raises(NodeError, match=f"runs already, as process {pid}"):
            with second.only_stack_of_home():
                pass
    with second.only_stack_of_home():
        pass


LOCKED_BY_A_CHILD = """
import fcntl, os, sys, time
lock = open(sys.argv[1], "a+")
fcntl.flock(lock, fcntl.LOCK_EX)
lock.truncate(0)
lock.write(str(os.getpid()))
lock.flush()
if os.fork() == 0:
    time.sleep(1)
"""


def test_stack_waits_for_the_last_processes_of_the_one_before():
    """A stack that has ended leaves processes for a moment: the next one does not refuse then."""
    place = layout().home / "stack"
    subprocess.run([sys.executable, "-c", LOCKED_BY_A_CHILD, str(place)], check=True)
    before = place.read_text()
    with stack.Command(stdout=StringIO()).only_stack_of_home():
        assert place.read_text() != before


def test_processes_that_do_not_end_refuse_the_next_stack(monkeypatch):
    """What is left of a stack and stays is told, not waited for without end."""
    monkeypatch.setattr(stack_lock, "LAST_ONES", 0.2)
    place = layout().home / "stack"
    subprocess.run([sys.executable, "-c", LOCKED_BY_A_CHILD, str(place)], check=True)
    with pytest.raises(NodeError, match="runs already"):
        with stack.Command(stdout=StringIO()).only_stack_of_home():
            pass


def test_processes_do_not_get_the_owners_secret(monkeypatch):
    """Whatever migrations are given, web and workers start without it."""
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner:secret@host/name")
    stages = processes.stages(bind="127.0.0.1", port=8000, schedule=Path("beat"))
    children = [child for stage in stages for child in stage]
    assert {child.name for child in children} == {"sequencer", "worker", "beat", "web"}
    for child in children:
        assert child.environment["DATABASE_OWNER_URL"] == ""
        assert child.environment["DATABASE_OWNER_URL_FILE"] == ""


def test_one_worker_takes_the_sequencers_queue():
    """The sequencer's queue has one worker with one process; the default queue has another."""
    stages = processes.stages(bind="127.0.0.1", port=8000, schedule=Path("beat"))
    queues = {child.name: child.command[child.command.index("-Q") + 1 :] for child in stages[0]}
    assert queues["sequencer"][:3] == ["sequencer", "-c", "1"]
    assert queues["worker"][0] == "celery"


@pytest.mark.parametrize(
    ("bind", "listen"), [("::1", "[::1]:8000"), ("127.0.0.1", "127.0.0.1:8000")]
)
def test_web_listens_on_addresses_of_both_families(bind, listen):
    """An address of version 6 is put in brackets."""
    web = processes.stages(bind=bind, port=8000, schedule=Path("beat"))[-1][0]
    assert web.environment["LISTEN"] == listen


def test_node_that_does_not_answer_is_not_ready(taken_port):
    """No server, or one that speaks no HTTP, means that the node is not ready yet."""
    assert not processes.answers("http://127.0.0.1:9")
