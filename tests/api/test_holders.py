"""Account holders by REST: who is known to whom, the filters, one by its code."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import AccountHolder, CorporateGroup, Jurisdiction
from registry.services.api_keys import issue_key
from tests.api.conftest import ApiClient
from tests.people import person, represents


def codes(client, **query):
    return [item["code"] for item in client.get("account-holders", query).json()["items"]]


@pytest.fixture
def more(world):
    """A holder without an account in the registry's jurisdiction, and one elsewhere."""
    group = CorporateGroup.objects.create(code="G-1", name="Group 1")
    home, abroad = (Jurisdiction.objects.get(code=code) for code in ("KR", "CN"))
    AccountHolder.objects.create(
        code="KR-NEW", name="New plant", jurisdiction=home, group=group, sector="steel"
    )
    AccountHolder.objects.create(
        code="CN-FAR", name="Far plant", jurisdiction=abroad, is_synthetic=True
    )


def client_of(world, description, actor):
    key = issue_key(actor=world.system, person_id=actor.person_id, label="k", at=world.at)
    return ApiClient(description, key.text)


def test_holders_are_listed_and_filtered(world, more, auditor):
    """In the order of their codes, in pages; each filter narrows the list."""
    everybody = codes(auditor)
    assert everybody == sorted(everybody)
    assert {"KR-OPERATOR-A", "KR-NEW", "CN-FAR"} <= set(everybody)
    assert codes(auditor, group="G-1") == codes(auditor, sector="steel") == ["KR-NEW"]
    assert codes(auditor, name="new pl") == ["KR-NEW"]
    assert codes(auditor, synthetic="true", jurisdiction="CN") == ["CN-FAR"]
    assert "KR-NEW" not in codes(auditor, registry="KR-ETRS")
    assert "KR-OPERATOR-A" in codes(auditor, registry="KR-ETRS")
    first = auditor.get("account-holders", {"limit": "2"}).json()
    following = auditor.get(first["next"]).json()["items"]
    assert [item["code"] for item in first["items"] + following][:4] == everybody[:4]


def test_one_holder_is_found_by_its_code(world, more, auditor):
    """With its group, its registries and what is known of it; an unknown code is told so."""
    found = auditor.get("account-holders/KR-NEW").json()
    assert found == {
        "code": "KR-NEW",
        "name": "New plant",
        "group": {"code": "G-1", "name": "Group 1", "limits": []},
        "jurisdiction": "KR",
        "sector": "steel",
        "synthetic": False,
        "successor": None,
        "registries": [],
    }
    assert "KR-ETRS" in auditor.get("account-holders/KR-OPERATOR-A").json()["registries"]
    absent = auditor.get("account-holders/NOBODY")
    assert (absent.status_code, absent.json()["code"]) == (404, "UNKNOWN_ENTITY")


def test_others_are_not_known(world, more, description):
    """Who reads one registry knows of no holder of another jurisdiction without an account there;
    a representative knows of the holder of their accounts only."""
    reader = person(world, "reader", "auditor", registry=world.home)
    known = codes(client_of(world, description, reader))
    assert "KR-NEW" in known and "CN-FAR" not in known
    someone = represents(world, "someone", world.at_home.operator_a, "initiate")
    client = client_of(world, description, someone)
    assert codes(client) == ["KR-OPERATOR-A"]
    assert client.get("account-holders/KR-OPERATOR-B").status_code == 404


def test_a_page_costs_the_same_for_many_holders(world, more, auditor):
    """The holders of a page, their groups and their registries are asked for at once."""
    counts = []
    for number in range(3):
        with CaptureQueriesContext(connection) as captured:
            assert len(codes(auditor)) > number
        counts.append(len(captured))
        home = Jurisdiction.objects.get(code="KR")
        group = CorporateGroup.objects.create(code=f"G-{number}0", name="Another")
        AccountHolder.objects.create(code=f"X{number}", name="X", jurisdiction=home, group=group)
    # The first one finds the process without the key.
    assert counts[1] == counts[2] <= 10
