"""An agreement between the two registries of the world that this node keeps."""

import copy
from dataclasses import dataclass

import pytest

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
