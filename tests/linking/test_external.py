"""An indirect link: a credit that is retired at a mechanism outside is used once here."""

import hashlib
from datetime import date

import pytest
from django.core.management import call_command
from django.utils import timezone

from linking.models import ExternalRetirement
from registry.models import Account, LimitCounter, Person
from registry.services.api_keys import issue_key
from registry.services.people import system_actor
from registry.services.walkthrough import prepare
from scenarios.services.load_links import load_links
from tests.api.conftest import ApiClient
from tests.linking.rest import codes

ADDRESS = "external-retirements"


@pytest.fixture
def node(db, keys_dir, description):
    """Clients of two administrators of all registries, and the example operators' accounts."""
    call_command("load_reference", verbosity=0)
    now = timezone.now()
    load_links("indirect_mechanism", at=now)
    prepare(at=now)
    actor = system_actor(username="tests", display_name="Tests")

    def client(name):
        person = Person.objects.get(username=name)
        issued = issue_key(actor=actor, person_id=person.pk, label="links", at=now)
        return ApiClient(description, issued.text)

    return client("administrator-1"), client("administrator-2")


def account(holder):
    return Account.objects.get(holder__code=holder).number


def said(holder, serial="A6.4ER 1001-1100", **changes):
    today = timezone.now().date()
    return {
        "unit_type": "A6.4ER",
        "serial": serial,
        "account": account(holder),
        "vintage_from": date(today.year - 1, 1, 1).isoformat(),
        "retired_on": today.isoformat(),
        "evidence": "https://mechanism.example/retirements/1",
        "document_hash": hashlib.sha256(b"retired").hexdigest(),
        **changes,
    }


def test_credit_is_retired_there_and_used_once_here(node):
    """Stated by one, confirmed by another; then surrendered within the use quota. Neither Korea
    nor Japan accepts any of these credits again."""
    one, two = node
    stated = one.post(ADDRESS, said("EX-KR-1"))
    assert (stated.status_code, stated.json()["state"]) == (201, "stated")
    where = f"{ADDRESS}/{stated.json()['id']}/decision"
    own = one.post(where, {"decision": "confirm"})
    assert (own.status_code, codes(own)) == (403, ["OWN_STATEMENT"])
    done = two.post(where, {"decision": "confirm"}).json()
    assert (done["state"], done["edge"], done["quantity"]) == ("confirmed", "A64>KR", "100")
    held = one.get("holdings", {"account": account("EX-KR-1")}).json()["items"]
    assert [(each["block"]["unit_type"], each["quantity"]) for each in held] == [("i-KCU", "100")]
    for holder, serial in (
        ("EX-JP-1", "A6.4ER 1001-1100"),
        ("EX-JP-1", "A6.4ER-1100-1200"),
        ("EX-KR-1", "A6.4 ER 1,050"),
    ):
        again = one.post(ADDRESS, said(holder, serial))
        assert (again.status_code, codes(again)) == (422, ["ALREADY_RETIRED"]), serial
    assert two.post(ADDRESS, said("EX-JP-1", "A6.4ER 1101-1200")).status_code == 201
    surrender(one, two, "100")
    counter = LimitCounter.objects.get(pool="offsets:KR")
    assert (counter.capacity_t, counter.used_t) == (5_000, 100)


def surrender(one, two, quantity):
    line = {
        "source": account("EX-KR-1"),
        "unit_type": "i-KCU",
        "quantity": quantity,
        "period": str(timezone.now().year),
    }
    proposed = one.post("transactions", {"type": "surrender", "lines": [line]}).json()
    approval = {"decision": "approve", "payload_hash": proposed["payload_hash"]}
    done = two.post(f"transactions/{proposed['id']}/approvals", approval)
    assert done.json()["status"] == "completed", done.content


def test_refused_statement_frees_the_credit(node):
    """Once; what was decided stays."""
    one, two = node
    where = f"{ADDRESS}/{one.post(ADDRESS, said('EX-KR-1')).json()['id']}/decision"
    assert two.post(where, {"decision": "refuse"}).json()["state"] == "refused"
    again = two.post(where, {"decision": "confirm"})
    assert (again.status_code, codes(again)) == (409, ["RETIREMENT_DECIDED"])
    assert one.post(ADDRESS, said("EX-JP-1")).status_code == 201
    assert one.get(ADDRESS, {"state": "stated"}).json()["items"][0]["edge"] == "A64>JP"


def test_wrong_statements_are_refused(node):
    """A day to come, a serial of something else, no serial, a vintage too old, no mechanism."""
    one, _two = node
    later = date(timezone.now().year + 2, 1, 1).isoformat()
    for changes, code in (
        ({"retired_on": later}, "RETIRED_LATER"),
        ({"serial": "KAU 5"}, "SERIAL_OF_ANOTHER_TYPE"),
        ({"serial": "xx"}, "SERIAL_NOT_UNDERSTOOD"),
        ({"vintage_from": "2001-01-01"}, "VINTAGE_TOO_OLD"),
        ({"unit_type": "GXA", "serial": "GXA 5"}, "NO_EDGE"),
    ):
        answer = one.post(ADDRESS, said("EX-KR-1", **changes))
        assert codes(answer) == [code], changes
        assert answer.json()["errors"][0]["hint"]
    assert not ExternalRetirement.objects.exists()
    assert one.get(f"{ADDRESS}/999").status_code == 404
