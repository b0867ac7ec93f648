"""Three nodes by one command: a week between them, kills under traffic, a fault that is found."""

import json
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from config.embedded import processes
from federation import chaos, members, proof
from federation.nodes import stop_all, wait_until_ready
from federation.rest import until
from federation.telling import Telling
from federation.traffic import Traffic
from tests.config.homes import PROJECT
from tests.e2e.checkouts import ROOT, Checkout, get

PORT = 8441
STARTED = "Ctrl-C stops all of them."


@pytest.fixture(scope="module")
def home(as_root):
    """Where all nodes of these tests live, one test after the other."""
    made = Path(tempfile.mkdtemp(prefix="concord-federation-"))
    made.chmod(0o711)
    yield made
    for member in members.ALL:
        for server in ("pg", "valkey"):
            place = made / "federation" / member.code.lower() / server
            assert not processes.living_in(place), f"servers are left in {place}"
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def terminal(home):
    """`make federation` at a terminal, up to where nothing is left to do but to stop it."""
    variables = {"PORT": str(PORT), "REGISTRY_HOME": str(home)}
    opened = Checkout(PROJECT, ROOT).make("federation", **variables)
    try:
        opened.wait_for(STARTED, seconds=900)
        yield opened
    finally:
        opened.kill()


def chosen(home):
    """The nodes of China and Japan, to be started again beside no terminal."""
    return ["--home", str(home / "federation"), "--port", str(PORT), "--nodes", "2"]


def test_the_week_goes_as_it_is_written(terminal):
    """Units cross both ways, a quota and a suspension refuse, units go home and on; books agree."""
    said = terminal.said
    assert "KR → JP: 5,000 KAU: completed" in said
    assert "JP → KR: 3,000 GXA: completed" in said
    assert re.search("CN → JP: 200,000 CEA: (refused|rejected) QUOTA_PARTIAL", said)
    assert re.search("KR → JP: 100 KAU: (refused|rejected) LINK_SUSPENDED", said)
    assert "JP → KR: 1,000 KAU: completed" in said
    assert "CN → JP: 700 CEA: completed" in said
    assert "KR → CN → JP: 300 CEA: arrived" in said
    for member in members.ALL:
        assert f"check_ledger of {member.code}: status 0" in said
    assert "KAU in JP: 4,100 by the books of KR, 4,100 by those of JP" in said


def test_each_node_keeps_its_own_registries(terminal, home):
    """What one node hosts is a partner on the others, and no key opens two nodes."""
    hosted = {}
    for number, member in enumerate(members.ALL):
        keys = json.loads((home / "federation" / member.code.lower() / "people.json").read_text())
        address = f"http://localhost:{PORT + number}/api/v1/registries?limit=100"
        for other, key in enumerate(keys.values()):
            status, text = get(address, key=key)
            assert status == 200, (other, text)
        hosted[member.code] = {row["code"] for row in json.loads(text)["items"] if row["hosted"]}
        stranger = f"http://localhost:{PORT + (number + 1) % 3}/api/v1/registries"
        assert get(stranger, key=key)[0] == 401
    assert all(code in kept for code, kept in zip(("CN-REG", "JP-GX-REG", "KR-ETRS"),
                                                  hosted.values(), strict=True))  # fmt: skip
    assert not set.intersection(*hosted.values())


def test_control_c_ends_all_three(terminal, home):
    """Nothing is left of any node, and the data stay for the next start."""
    terminal.press_control_c()
    terminal.end()
    for member in members.ALL:
        place = home / "federation" / member.code.lower()
        stack = int((place / "stack").read_text())
        until(lambda stack=stack: not processes.alive(stack), seconds=60)
        assert (place / "pg" / "PG_VERSION").exists()
        assert not processes.living_in(place / "pg") + processes.living_in(place / "valkey")


def test_books_hold_after_kills_under_traffic(terminal, home):
    """Whatever is killed, all that was begun ends the same on both sides."""
    assert chaos.main([*chosen(home), "--seconds", "12", "--seed", "7"]) == 0


def test_a_message_outside_of_the_transaction_is_found(terminal, home):
    """Where `committed` can be lost between the posting and the outbox, units are in no place: the
    proof names the transfers."""
    broken, proxies = chaos.placed(chaos.parse(chosen(home)))
    telling = Telling()
    try:
        for node, proxy in zip(broken, proxies, strict=True):
            node.more["DJANGO_SETTINGS_MODULE"] = "tests.e2e.losing_settings"
            node.start(prepared=True)
            proxy.start()
        wait_until_ready(broken)
        traffic = Traffic(broken, seed=1, run="losing")
        traffic.begin()
        until(lambda: traffic.tally.sent >= 8, seconds=90)
        assert traffic.end(seconds=30)
        wrong = proof.settle(broken, telling, seconds=20) + proof.compare(broken, telling)
    finally:
        stop_all(broken)
        for proxy in proxies:
            proxy.stop()
    assert any("is committed (source)" in line for line in wrong), wrong
    assert any("by the books of" in line for line in wrong), wrong
