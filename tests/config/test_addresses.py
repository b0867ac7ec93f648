"""Where a node is reached, for each of the things that it can listen on."""

import json
import os
import subprocess
import sys

import pytest

from config import addresses
from tests.config.homes import PROJECT


@pytest.mark.parametrize(
    ("bind", "shown", "answering", "listen", "own_hosts"),
    [
        ("127.0.0.1", "localhost:8123", "127.0.0.1:8123", "127.0.0.1:8123", ["127.0.0.1"]),
        ("0.0.0.0", "localhost:8123", "127.0.0.1:8123", "0.0.0.0:8123", []),  # noqa: S104
        ("::", "localhost:8123", "[::1]:8123", "[::]:8123", []),
        ("::1", "[::1]:8123", "[::1]:8123", "[::1]:8123", ["[::1]"]),
        ("192.0.2.7", "192.0.2.7:8123", "192.0.2.7:8123", "192.0.2.7:8123", ["192.0.2.7"]),
        ("2001:db8::7", *["[2001:db8::7]:8123"] * 3, ["[2001:db8::7]"]),
        ("localhost", *["localhost:8123"] * 3, ["localhost"]),
    ],
)
def test_what_a_node_listens_on_says_where_it_is_reached(bind, shown, answering, listen, own_hosts):
    """People are told a name where there is one, and every address with brackets and port."""
    where = {"bind": bind, "port": 8123}
    assert addresses.shown(**where) == f"http://{shown}"
    assert addresses.answering(**where) == f"http://{answering}"
    assert addresses.listen(**where) == listen
    assert addresses.own_hosts(listen) == own_hosts


@pytest.mark.parametrize("listening", ["", "8000", "unix:/run/concord.sock", ":8000"])
def test_what_has_no_host_names_none(listening):
    """A socket or a port alone is under no name of its own."""
    assert addresses.own_hosts(listening) == []


@pytest.mark.parametrize(
    ("environment", "hosts", "address"),
    [
        ({}, ["localhost", "127.0.0.1", "[::1]"], "http://localhost:8000"),
        (
            {"LISTEN": "192.0.2.7:8123", "BIND": "192.0.2.7", "PORT": "8123"},
            ["localhost", "127.0.0.1", "[::1]", "192.0.2.7"],
            "http://192.0.2.7:8123",
        ),
        (
            {"LISTEN": "192.0.2.7:8123", "ALLOWED_HOSTS": "registry.example"},
            ["registry.example"],
            "http://localhost:8000",
        ),
    ],
)
def test_settings_answer_under_the_address_that_is_told(environment, hosts, address):
    """What a node listens on is a name of it, unless its names are given."""
    program = (
        "import json; from django.conf import settings as s;"
        "print(json.dumps([s.ALLOWED_HOSTS, s.CONCORD['ADDRESS']]))"
    )
    plain = {key: text for key, text in os.environ.items() if key not in ("BIND", "PORT", "LISTEN")}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={**plain, "DJANGO_SETTINGS_MODULE": "config.settings", **environment},
        check=True,
    )
    assert json.loads(done.stdout) == [hosts, address]
