"""An agreement between the two registries of the world that this node keeps."""

import copy
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
import yaml

from tests.api.conftest import ROOT, ApiClient
from tests.linking.documents import document, factor, quota, use_quota

EDGES = (
    document(
        edge_id="CN>KR",
        form="reciprocal",
        factor=factor("0.8"),
        quotas=[quota(value="1000"), use_quota()],
        article6={"ca_required": True, "authorisation_id": "A-1"},
    ),
    document(
        edge_id="KR>CN",
        source="KR",
        acceptor="CN",
        form="reciprocal",
        accept_unit_types=["KAU"],
        quotas=[quota(value="1000")],
        article6={"ca_required": True, "authorisation_id": "A-2"},
    ),
)
SAID = {
    "title": "Recognition between two registries",
    "clauses": [{"id": "1", "text": "Each side recognises the other's units."}],
    "edges": list(EDGES),
}


@dataclass
class Table:
    """The agreement at which two parties sit, and the people who act for them."""

    world: object
    korea: object
    china: object

    def actor(self, party):
        return {"KR": self.korea, "CN": self.china}.get(party)

    def propose(self, party="KR", **changes):
        from linking.services.propose_version import propose_version

        said = {**copy.deepcopy(SAID), **changes}
        return propose_version(
            actor=self.actor(party), agreement="KR-CN", party=party, said=said, at=self.world.at
        )

    def sign(self, party, version, at=None, **changes):
        from linking.services.sign_version import sign_version

        return sign_version(
            **{
                "actor": self.actor(party),
                "agreement": "KR-CN",
                "party": party,
                "digest": bytes(version.digest),
                "at": at or self.world.at,
                **changes,
            }
        )

    def enact(self, party="KR", at=None, **changes):
        """A version that both have signed."""
        version = self.propose(party, **changes)
        self.sign("KR", version, at)
        return self.sign("CN", version, at)


def administrator(world, registry, name):
    """A person who administers one registry only."""
    from registry.actors import actor_for
    from registry.models import Person, RoleAssignment

    person = Person.objects.create(username=name, password="!")
    RoleAssignment.objects.create(person=person, role="administrator", registry=registry)
    return actor_for(person)


@pytest.fixture
def table(world, keys_dir):
    return make_table(world)


def make_table(world):
    """The two parties of a new agreement in a world."""
    from linking.services.create_agreement import NewParty, create_agreement
    from registry.services.signing_keys import ensure_keys

    ensure_keys(at=world.at)
    made = Table(
        world,
        administrator(world, world.home, "korea"),
        administrator(world, world.neighbour, "china"),
    )
    create_agreement(
        actor=made.korea,
        code="KR-CN",
        parties=[NewParty("KR-ETRS"), NewParty("CN-ETR")],
        at=world.at,
    )
    return made


@pytest.fixture(scope="session")
def description():
    return yaml.load((ROOT / "openapi.yaml").read_text(), Loader=yaml.CSafeLoader)


@pytest.fixture
def clients(world, keys_dir, description):
    """Clients with the keys of an administrator of each side, of one of both, and an auditor."""
    from django.utils import timezone

    from registry.models import Person
    from registry.services.api_keys import issue_key
    from registry.services.signing_keys import ensure_keys

    at = timezone.now()
    ensure_keys(at=at)
    administrator(world, world.home, "korea")
    administrator(world, world.neighbour, "china")

    def client(name):
        person = Person.objects.get(username=name)
        issued = issue_key(actor=world.system, person_id=person.pk, label="links", at=at)
        return ApiClient(description, issued.text)

    names = ("korea", "china", "administrator_2", "auditor")
    return SimpleNamespace(**{name: client(name) for name in names})


@pytest.fixture
def agreed(clients):
    """Korea proposes the text of tests/linking/conftest.py, both sign it."""
    parties = [{"registry": "KR-ETRS"}, {"registry": "CN-ETR"}]
    begun = clients.korea.post("agreements", {"code": "KR-CN", "parties": parties})
    assert begun.status_code == 201
    said = {"party": "KR", "text": SAID}
    proposed = clients.korea.post("agreements/KR-CN/versions", said)
    assert proposed.status_code == 201
    for name, party in (("korea", "KR"), ("china", "CN")):
        signed = getattr(clients, name).post(
            "agreements/KR-CN/signatures", {"party": party, "digest": proposed.json()["digest"]}
        )
        assert signed.status_code == 201
    assert signed.json()["state"] == "in_force"
    return clients
