"""Credits retired elsewhere, stated and decided on by forms."""

import hashlib

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linking.models import ExternalRetirement
from registry.models import Account, Holding, Person
from registry.services.people import give_role, system_actor
from scenarios.services.load_links import load_links
from scenarios.services.load_reference import load_reference
from tests.linking.admin.test_acts import seen
from tests.linking.admin.test_builder import opened
from tests.linking.admin.typing import pressed, went_on
from tests.signing_in import enrol, sign_in

LIST = "admin:linking_externalretirement_changelist"


@pytest.fixture
def browsers(db, keys_dir):
    """Two administrators of Korea's registry, and one of Japan's, signed in."""
    load_reference()
    load_links("indirect_mechanism", at=timezone.now())
    keeper = system_actor(username="tests", display_name="Tests")
    found = []
    for name, registry in (("one", "KR-ETRS"), ("two", "KR-ETRS"), ("three", "JP-GX-REG")):
        person = Person.objects.create(username=name, display_name=name, is_staff=True)
        registry_id = Account.objects.filter(registry__code=registry)[0].registry_id
        given = {"person_id": person.pk, "role": "administrator", "registry_id": registry_id}
        give_role(actor=keeper, **given)
        enrol(person)
        found.append(sign_in(Client(), person))
    return found


def stated(browser, **changes):
    """The last page of a statement, and its address."""
    path = reverse("admin:linking_externalretirement_state")
    now = timezone.now()
    said = {
        "unit_type": "A6.4ER",
        "serial": "A6.4ER 1001-1100",
        "vintage_from": f"{now.year - 1}-01-01",
    }
    page = went_on(browser, path, opened(browser, path), {**said, **changes})
    evidence = {
        "account": Account.objects.get(holder__code="EX-KR-1").number,
        "retired_on": f"{now:%Y-%m-%d}",
        "evidence": "https://mechanism.example/retirements/1",
        "document_hash": hashlib.sha256(b"retired").hexdigest(),
    }
    return path, went_on(browser, path, page, evidence)


def test_statement_is_tried_made_and_confirmed(browsers):
    """The trial writes nothing; another administrator confirms, and the units are there."""
    one, two, three = browsers
    path, page = stated(one)
    assert "A64&gt;KR" in page and not ExternalRetirement.objects.exists()
    here = pressed(one, path, page, go="submit")["Location"]
    row = ExternalRetirement.objects.get()
    assert "Another administrator of the registry looks" in opened(one, here)
    confirm = reverse("admin:linking_externalretirement_act", args=[row.pk, "confirm"])
    assert "Another administrator" in opened(one, confirm)
    assert three.get(confirm).status_code == 404
    assert confirm in opened(two, here)
    assert two.post(confirm, {"party": "KR", "seen": seen(two, confirm)}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.decided_by.username) == ("confirmed", "two")
    held = Holding.objects.filter(account=row.account, unit_type__code="i-KCU", closed_by=None)
    assert sum(each.quantity for each in held) == 100
    assert "A6.4ER 1001-1100" in opened(two, reverse(LIST))
    assert "A6.4ER 1001-1100" not in opened(three, reverse(LIST))
    assert "This is decided already." in opened(two, confirm)


def test_refused_statement_can_be_made_again(browsers):
    """Refused, its serials are free; stated twice, the second is told so at its serial."""
    one, two, _three = browsers
    path, page = stated(one)
    pressed(one, path, page, go="submit")
    row = ExternalRetirement.objects.get()
    _path, again = stated(two, serial="A6.4ER 1050")
    assert "ALREADY_RETIRED" in again and 'value="submit"' not in again
    refuse = reverse("admin:linking_externalretirement_act", args=[row.pk, "refuse"])
    assert two.post(refuse, {"party": "KR", "seen": seen(two, refuse)}).status_code == 302
    row.refresh_from_db()
    assert row.state == "refused"
    _path, again = stated(two, serial="A6.4ER 1050")
    assert 'value="submit"' in again
