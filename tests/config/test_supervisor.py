"""The supervisor, over small programs instead of the processes of a node."""

import os
import signal
import subprocess
import sys
import time

import pytest

from config.embedded.processes import alive
from tests.config.homes import PROJECT

PROGRAM = """
import sys
from config.supervisor import Child, Supervisor
PREAMBLE = '''
import os, signal, subprocess, sys, time
def say(*words):
    print(*words, flush=True)
def wait_for_end(status=0, work_s=0, word="done"):
    def end(*_):
        time.sleep(work_s)
        say(word)
        os._exit(status)
    signal.signal(signal.SIGTERM, end)
    say("pid", os.getpid())
    while True:
        time.sleep(60)
'''
def child(name, code, grace_s=20):
    return Child(name, [sys.executable, "-c", PREAMBLE + code], grace_s)
def supervise(*stages, ready=lambda: False, on_ready=lambda: None):
    sys.exit(
        Supervisor(list(stages), watch=lambda: None, ready=ready, on_ready=on_ready).run()
    )
"""


class Supervised:
    """A supervisor in a process of its own, and the lines that it has printed."""

    def __init__(self, program):
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", PROGRAM + program],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=PROJECT,
        )
        self.lines = []

    def line(self):
        self.lines.append(self.process.stdout.readline().rstrip("\n"))
        return self.lines[-1]

    def pids(self, count):
        """Read until so many children have told their process numbers; return them by name."""
        found = {}
        while len(found) < count:
            name, _, said = self.line().partition("|")
            if said.startswith(" pid "):
                found[name.strip()] = int(said.split()[1])
        return found

    def end(self):
        """Read to the end; return the status and every line since the start."""
        rest = self.process.stdout.read().splitlines()
        return self.process.wait(timeout=60), self.lines + rest


@pytest.fixture
def supervised():
    started = []

    def start(program):
        started.append(Supervised(program))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
        each.process.wait()
        each.process.stdout.close()


def wait_until_gone(pids):
    deadline = time.monotonic() + 30
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return [pid for pid in pids if alive(pid)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stops_in_reverse_order_and_lets_work_finish(supervised, number):
    """Asked to stop, the last stage ends first, each child finishes, and the status is 0."""
    node = supervised(
        'supervise([child("worker", "wait_for_end(work_s=1)"), child("other", "wait_for_end()")],'
        ' [child("web", "wait_for_end()")])'
    )
    node.pids(3)
    node.process.send_signal(number)
    status, lines = node.end()
    assert status == 0
    said = [line for line in lines if " pid " not in line]
    assert said[:2] == ["node      | stopping web", "web       | done"]
    assert set(said[2:]) == {
        "node      | stopping worker",
        "node      | stopping other",
        "worker    | done",
        "other     | done",
    }


def test_a_child_that_dies_brings_the_others_down(supervised):
    """When one child ends by itself the others are stopped in order, and the status is 1."""
    node = supervised(
        'supervise([child("worker", "wait_for_end()")], [child("web", "time.sleep(1); exit(3)")])'
    )
    status, lines = node.end()
    assert status == 1
    assert "node      | web has ended with status 3" in lines
    assert "worker    | done" in lines


def test_a_child_that_does_not_stop_is_killed_with_what_it_started(supervised):
    """After its grace a deaf child is killed, and so are its own children."""
    deaf = (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "inner = subprocess.Popen(['sleep', '600']);"
        "say('pid', inner.pid); time.sleep(600)"
    )
    node = supervised(f'supervise([child("deaf", {deaf!r}, grace_s=1)])')
    pids = node.pids(1)
    node.process.terminate()
    status, _ = node.end()
    assert status == 0
    assert wait_until_gone(pids.values()) == []


def test_signals_reach_the_main_process_alone(supervised):
    """A pool's member is not signalled: its parent can let it finish what it does."""
    parent = (
        "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(2)']);"
        "signal.signal(signal.SIGTERM, lambda *_: (say('inner', inner.wait()), os._exit(0)));"
        "say('pid', os.getpid()); time.sleep(600)"
    )
    node = supervised(f'supervise([child("worker", {parent!r})])')
    node.pids(1)
    node.process.terminate()
    status, lines = node.end()
    assert (status, lines[-1]) == (0, "worker    | inner 0")


def test_second_request_cuts_the_waiting_short(supervised):
    """Whoever asks twice does not wait for the grace to end."""
    node = supervised('supervise([child("slow", "wait_for_end(work_s=600)", grace_s=600)])')
    node.pids(1)
    node.process.send_signal(signal.SIGINT)
    assert node.line() == "node      | stopping slow"
    node.process.send_signal(signal.SIGINT)
    status, lines = node.end()
    assert status == 0
    assert "slow      | done" not in lines


if sys.platform == "linux":

    def test_children_of_a_killed_supervisor_stop(supervised):
        """After kill -9 of the supervisor its children are asked to stop by the kernel."""
        node = supervised(
            'supervise([child("a", "wait_for_end()")], [child("b", "wait_for_end()")])'
        )
        pids = node.pids(2)
        os.kill(node.process.pid, signal.SIGKILL)
        assert wait_until_gone(pids.values()) == []


def test_readiness_is_announced_once(supervised):
    """The announcement comes after the children and is not repeated."""
    node = supervised(
        'supervise([child("web", "wait_for_end()")], ready=lambda: True,'
        ' on_ready=lambda: print("READY", flush=True))'
    )
    while node.line() != "READY":
        pass
    node.pids(0 if any(" pid " in line for line in node.lines) else 1)
    time.sleep(1.2)
    node.process.terminate()
    status, lines = node.end()
    assert (status, lines.count("READY")) == (0, 1)


def test_announcement_that_fails_stops_the_node_in_order(supervised, tmp_path):
    """Whatever ends the supervisor itself, the children finish what they do."""
    works = tmp_path / "works"
    node = supervised(
        f'import os; supervise([child("worker", "wait_for_end(work_s=1)")],'
        f" ready=lambda: os.path.exists({str(works)!r}), on_ready=lambda: 1 / 0)"
    )
    node.pids(1)
    works.touch()
    status, lines = node.end()
    assert status == 1
    assert lines[1:3] == ["node      | stopping worker", "worker    | done"]
    assert lines[-1] == "ZeroDivisionError: division by zero"
