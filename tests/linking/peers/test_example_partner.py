"""Units go from the registry of docs/examples/partner.py to this node, from here to there, and home
again, over HTTP."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from tests.linking.conftest import administrator
from tests.linking.crossing.conftest import EDGES
from tests.linking.crossing.test_source import FAR, order
from tests.linking.peers.example import modules, pinned, reachable
from tests.world import blocks, issue_units


def agreed(world, partner, at):
    """The members of a proposal that name the agreement in force, and who acts here."""
    from linking.services.create_agreement import NewParty, create_agreement
    from linking.services.propose_version import propose_version
    from linking.services.sign_version import sign_version

    korea = administrator(world, world.home, "korea")
    japan = administrator(world, world.overseas, "japan")
    public = partner.issuer.private.public_key().public_bytes_raw()
    parties = [NewParty("KR-ETRS"), NewParty("JP-GX", public)]
    create_agreement(actor=korea, code="KR-JP", parties=parties, at=at)
    said = {"title": "Over the sea", "clauses": [], "edges": list(EDGES)}
    version = propose_version(actor=korea, agreement="KR-JP", party="KR", said=said, at=at)
    signed = {"agreement": "KR-JP", "digest": bytes(version.digest), "at": at}
    sign_version(actor=korea, party="KR", **signed)
    signature = partner.issuer.private.sign(version.canonical.encode())
    sign_version(actor=japan, party="JP", signature=signature, **signed)
    told = {"agreement": "KR-JP", "version": 1, "digest": bytes(version.digest).hex()}
    return told, korea


@pytest.fixture
def met(fresh_database, node, monkeypatch):
    """The example's registry, pinned here as this node is there, with an agreement in force."""
    from linking.services.crossing.go_on import go_on
    from linking.services.deliver_messages import deliver_messages

    with modules() as example:
        module = example("partner")
        partner = module.Partner("far.example", "JP-GX")
        with reachable(partner, monkeypatch) as url:
            card = module.fetch(url + "/protocol/v1/card")
            now = module.moment(partner.clock())
            here = partner.pin(card, module.fingerprint_of(card["card"], now))
            peer = pinned(node, partner)
            agreement, korea = agreed(node.world, partner, node.at)

            def talk():
                for _turn in range(4):
                    partner.deliver()
                    go_on(at=timezone.now())
                    deliver_messages(peer.pk, clock=timezone.now)

            yield SimpleNamespace(
                partner=partner,
                here=here,
                agreement=agreement,
                korea=korea,
                talk=talk,
                world=node.world,
            )


@pytest.mark.slow
def test_units_come_leave_and_go_home(met):
    """Each transfer is completed on both sides, and each unit is in one place."""
    from linking.models import Transfer
    from linking.services.transfer import transfer
    from registry.models import Account
    from registry.posting import sequence
    from registry.services.approve import approve
    from registry.services.sign_issuances import sign_issuances

    world, partner = met.world, met.partner
    number = Account.objects.get(pk=world.at_home.operator_a).number
    partner.issue(FAR, "GXA", 1, 1000)
    to = ("KR-ETRS", number)
    edge = {**met.agreement, "edge": "JP>KR"}
    came = partner.send(met.here, edge, FAR, to, "GXA", 1, 100, period="2026")
    wrong = partner.send(met.here, edge, FAR, ("KR-ETRS", "nobody"), "GXA", 101, 110)
    met.talk()
    assert partner.halves[came].state == "completed"
    assert partner.halves[wrong].state == "rejected"
    assert len(partner.accounts[FAR]) == 900

    issue_units(world, world.kau, [(world.at_home.operator_a, 500)], year=2026)
    sequence(100)
    sign_issuances(at=timezone.now())
    made = transfer(actor=met.korea, order=order(world), key="out", at=timezone.now())
    row = made.transfer.source_transaction
    approve(
        actor=world.administrator_2,
        transaction_id=row.pk,
        payload_hash=bytes(row.payload_hash),
        at=timezone.now(),
    )
    met.talk()
    assert partner.halves[str(made.transfer.uuid)].state == "completed"
    assert blocks(world.at_home.partner_overseas, world.kau) == [(1, 100)]

    home = partner.send(met.here, None, FAR, to, "KAU", 11, 40, period="2026")
    met.talk()
    assert partner.halves[home].state == "completed"
    assert blocks(world.at_home.partner_overseas, world.kau) == [(1, 10), (41, 100)]
    assert partner.cases == []
    assert set(Transfer.objects.values_list("state", flat=True)) == {"completed"}
