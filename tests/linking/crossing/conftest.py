"""A link between the registry of this node and one that another node keeps."""

from types import SimpleNamespace

import pytest

from tests.linking.conftest import administrator
from tests.linking.crossing.partner import far, public
from tests.linking.documents import document, factor, quota

EDGES = (
    document(
        edge_id="JP>KR",
        source="JP",
        acceptor="KR",
        accept_unit_types=["GXA"],
        factor=factor("0.8"),
        quotas=[quota(value="1000")],
        article6={"ca_required": True, "authorisation_id": "A-1"},
    ),
    document(
        edge_id="KR>JP",
        source="KR",
        acceptor="JP",
        accept_unit_types=["KAU"],
        quotas=[quota(value="1000")],
        article6={"ca_required": True, "authorisation_id": "A-2"},
    ),
)


@pytest.fixture
def linked(world, keys_dir):
    """`far`, the agreement's `version` in force, and who acts: korea here, japan there."""
    return make_linked(world)


def make_linked(world, edges=EDGES):
    """The link between the two nodes, by these edges."""
    from linking.services.create_agreement import NewParty, create_agreement
    from linking.services.propose_version import propose_version
    from linking.services.sign_version import sign_version
    from registry.services.signing_keys import ensure_keys

    ensure_keys(at=world.at)
    partner = far(world)
    korea = administrator(world, world.home, "korea")
    japan = administrator(world, world.overseas, "japan")
    create_agreement(
        actor=korea,
        code="KR-JP",
        parties=[NewParty("KR-ETRS"), NewParty("JP-GX", public(partner.keys["issuance"]))],
        at=world.at,
    )
    said = {"title": "Over the sea", "clauses": [], "edges": list(edges)}
    version = propose_version(actor=korea, agreement="KR-JP", party="KR", said=said, at=world.at)
    signed = {"agreement": "KR-JP", "digest": bytes(version.digest), "at": world.at}
    sign_version(actor=korea, party="KR", **signed)
    signature = partner.sign("issuance", version.canonical.encode())
    version = sign_version(actor=japan, party="JP", signature=signature, **signed)
    assert version.status == "in_force"
    return SimpleNamespace(world=world, far=partner, version=version, korea=korea)
