"""`manage.py walkthrough`: who is there to begin with, and commands that work."""

import json
import re
import subprocess
from io import StringIO

import pytest
from django.contrib.auth import authenticate as sign_in
from django.core.management import call_command
from django.utils import timezone

from registry.actors import actor_for
from registry.errors import NotPermitted
from registry.models import ApiKey, Person, Transaction
from registry.selectors.holdings import balance
from registry.selectors.keys import authenticate
from tests.serving import served
from tests.world import stock

KEY = re.compile(r"^key of (.+?) +(ck_\w+)$", re.M)


def run(**options):
    said = StringIO()
    call_command("walkthrough", stdout=said, **options)
    return said.getvalue()


def test_it_is_prepared_once(world):
    """The second run makes nobody and shows no secret again."""
    first = run()
    people, keys = Person.objects.count(), set(ApiKey.objects.values_list("pk", flat=True))
    assert set(dict(KEY.findall(first))) == {"administrator 1", "administrator 2", "auditor"}
    again = run()
    assert (Person.objects.count(), set(ApiKey.objects.values_list("pk", flat=True))) == (
        people,
        keys,
    )
    assert KEY.findall(again) == []
    assert "ck_" not in again
    assert "--new-keys" in again


PASSWORD = re.compile(r"^password of (.+?), for one time +(\S+)$", re.M)


def test_who_is_there_to_begin_with(world):
    """By keys: two administrators who can approve each other, and an auditor, who also signs in,
    as two do who manage the node as well."""
    text = run()
    roles = {}
    for name, key in KEY.findall(text):
        roles[name] = authenticate(key, at=timezone.now()).actor.roles_in(None)
    assert roles == {
        "administrator 1": {"administrator"},
        "administrator 2": {"administrator"},
        "auditor": {"auditor"},
    }
    both, roles = {"administrator", "system_administrator"}, {}
    for username, password in PASSWORD.findall(text):
        person = sign_in(username=username, password=password)
        assert person.is_staff and person.must_change_password
        roles[username] = actor_for(person).roles_in(None)
    assert roles == {"administrator": both, "colleague": both, "auditor": {"auditor"}}
    by_key = Person.objects.get(username="administrator-1")
    assert not by_key.is_staff and not by_key.has_usable_password()


def test_new_keys_end_the_old_ones(world):
    """Old keys are revoked at once, the new ones work, other keys stay."""
    old = dict(KEY.findall(run()))
    new = dict(KEY.findall(run(new_keys=True)))
    assert old.keys() == new.keys()
    for name in old:
        with pytest.raises(NotPermitted) as refusal:
            authenticate(old[name], at=timezone.now())
        assert refusal.value.code == "API_KEY_REVOKED"
        assert authenticate(new[name], at=timezone.now())
    assert ApiKey.objects.filter(label="first-key", revoked_at=None).exists()


def test_new_passwords(world):
    """Passwords that were lost are replaced by others for one time."""
    old = dict(PASSWORD.findall(run()))
    assert PASSWORD.findall(run()) == []
    new = dict(PASSWORD.findall(run(new_passwords=True)))
    assert new.keys() == old.keys()
    for username in old:
        assert sign_in(username=username, password=old[username]) is None
        assert sign_in(username=username, password=new[username]).must_change_password


def test_columns_are_aligned(world):
    """What is to be copied begins in one column."""
    lines = run().splitlines()[:9]
    assert len({re.search(r" {2,}(?=\S)", line).end() for line in lines}) == 1


def test_by_hand_it_tells_where_the_node_answers(world, settings):
    """Without --address it is the address that BIND and PORT make."""
    settings.CONCORD = {**settings.CONCORD, "ADDRESS": "http://[::1]:8123"}
    stock(world, operator_a=5000, operator_b=3000)
    text = run()
    assert text.count("http://[::1]:8123/") == text.count("http://") == 6


def test_without_units_it_says_what_is_missing(world):
    """A node without a scenario has nothing to move."""
    assert "manage.py load_scenario" in run()


def paste(text):
    """What a shell prints for the commands in a text, document by document."""
    steps = text[text.index("KEY_1=") :]
    done = subprocess.run(
        ["bash", "-euc", steps], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    decoder, documents, rest = json.JSONDecoder(), [], done.stdout.lstrip()
    while rest:
        document, end = decoder.raw_decode(rest)
        documents.append(document)
        rest = rest[end:].lstrip()
    return documents


def test_commands_work_as_they_are_printed(fresh_database, world):
    """Pasted into a shell: the units, a proposal, its approval, and where the units were."""
    stock(world, operator_a=5000, operator_b=3000)
    with served() as address:
        units, proposal, decided, history = paste(run(address=address))
    assert [item["code"] for item in units["items"]] == ["KAU", "KCU"]
    assert proposal["status"] == "awaiting_approval"
    assert (decided["id"], decided["status"]) == (proposal["id"], "completed")
    assert [stay["account"]["name"] for stay in history["items"]] == ["operator_b", "operator_a"]
    assert balance(account_id=world.at_home.operator_b, unit_type_id=world.kau.pk) == 4000
    assert Transaction.objects.get(pk=proposal["id"]).proposer.username == "administrator-1"


def test_commands_of_a_later_run_work_as_well(fresh_database, world):
    """Units that were moved before are moved on, under a key of its own each time."""
    stock(world, operator_a=2000, operator_b=1000)
    held = []
    with served() as address:
        for _walk in range(3):
            _units, _proposal, decided, _history = paste(run(address=address, new_keys=True))
            assert decided["status"] == "completed"
            held.append(balance(account_id=world.at_home.operator_a, unit_type_id=world.kau.pk))
    assert held == [1000, 2000, 1000]
