"""Units come from another node: decided on, held, posted in once, or given back."""

import uuid
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linking.models import Release, Transfer
from registry.errors import Conflict, Unavailable
from registry.models import Account, Issuance, LimitCounter, VerifiedMessage
from registry.services.accounts import close_account
from tests.world import blocks


def used():
    rows = LimitCounter.objects.filter(pool="link:JP>KR:0").values_list("used_t", flat=True)
    return rows.first()


@pytest.fixture
def asked(linked):
    """100 GXA are proposed; the name of the transfer and the digest of the proposal."""
    name = uuid.uuid4()
    _outcome, digest = linked.far.hear(
        "propose", linked.far.proposal(linked.version), transfer=name
    )
    return name, digest


def committed(linked, name, **changes):
    body = {
        "accepted": linked.far.digest("accepted"),
        "posting": "11",
        "at": linked.far.told("accepted")[0]["valid_until"].replace("T10", "T09"),
        "blocks": [["1", "100"]],
        "receipt": None,
        **changes,
    }
    return linked.far.hear("committed", body, transfer=name)


def test_proposal_is_decided_and_its_quota_held(linked, asked):
    """80 t of the quota are taken, and nothing is in the account yet."""
    name, digest = asked
    (answer,) = linked.far.told("accepted")
    assert (answer["propose"], answer["factor"], answer["edge"]) == (digest, "4/5", "JP>KR")
    half = Transfer.objects.get(uuid=name)
    assert (half.role, half.state, half.parts.count()) == ("destination", "accepted", 1)
    assert (used(), blocks(linked.world.at_home.operator_a, linked.world.gxa)) == (400, [])


def test_commit_brings_the_units_in_once(linked, asked):
    """Under the message's digest; a repetition changes nothing and is known."""
    name, _digest = asked
    outcome, digest = committed(linked, name)
    assert outcome == "applied"
    world = linked.world
    assert blocks(world.at_home.operator_a, world.gxa) == [(1, 100)]
    assert bytes(VerifiedMessage.objects.get().digest).hex() == digest
    assert Issuance.objects.get(unit_type=world.gxa, posting=None).vintage_label == "2026"
    (answer,) = linked.far.told("completed")
    assert (answer["committed"], answer["suspense"]) == (digest, False)
    half = Transfer.objects.get(uuid=name)
    assert half.state == "completed"


def test_second_commit_is_a_contradiction(linked, asked):
    """Another message that commits the same transfer is refused, and nothing is written."""
    name, _digest = asked
    committed(linked, name)
    with pytest.raises(Conflict) as caught:
        committed(linked, name, posting="12")
    assert caught.value.codes == ["TRANSFER_CONTRADICTED"]
    assert blocks(linked.world.at_home.operator_a, linked.world.gxa) == [(1, 100)]


@pytest.mark.parametrize(
    "change",
    [
        {"blocks": [["1", "99"]]},
        {"blocks": [["2", "101"]]},
        {"accepted": "00" * 32},
        {"at": "2026-03-02T10:00:00.000000+00:00"},
    ],
    ids=["fewer", "others", "another acceptance", "too late"],
)
def test_commit_that_differs_from_what_was_accepted_is_refused(linked, asked, change):
    name, _digest = asked
    with pytest.raises(Conflict):
        committed(linked, name, **change)
    assert not VerifiedMessage.objects.exists()
    assert Transfer.objects.get(uuid=name).state == "accepted"


def test_commit_with_a_receipt_that_can_not_be_judged_comes_again(linked, asked):
    """Its key may be on a card that is under way; the units have left, so it is not refused."""
    name, _digest = asked
    key = linked.far.keys.pop("receipt")
    linked.far.keys["receipt"] = Ed25519PrivateKey.generate()
    receipt = linked.far.receipt("11")
    with pytest.raises(Unavailable) as caught:
        committed(linked, name, receipt=receipt)
    assert caught.value.codes == ["RECEIPT_DOES_NOT_HOLD"]
    assert Transfer.objects.get(uuid=name).state == "accepted"
    linked.far.keys["receipt"] = key
    committed(linked, name, receipt=linked.far.receipt("11"))
    assert Transfer.objects.get(uuid=name).state == "completed"


def test_closed_account_sends_the_units_into_suspense(linked, asked):
    """What has left its source is never refused."""
    name, _digest = asked
    world = linked.world
    close_account(actor=world.administrator_1, account_id=world.at_home.operator_a, at=world.at)
    committed(linked, name)
    assert blocks(world.at_home.suspense, world.gxa) == [(1, 100)]
    assert linked.far.told("completed")[0]["suspense"] is True


def test_aborted_gives_back_what_was_held(linked, asked):
    """Once; afterwards a commit is a contradiction."""
    name, _digest = asked
    for _time in range(2):
        linked.far.hear("aborted", {"reason": "SOURCE_WITHDREW"}, transfer=name)
    assert (Transfer.objects.get(uuid=name).state, used()) == ("aborted", 0)
    assert Release.objects.count() == 1
    with pytest.raises(Conflict):
        committed(linked, name)


def test_abortion_that_overtakes_its_proposal_is_sent_again(linked):
    with pytest.raises(Unavailable) as caught:
        linked.far.hear("aborted", {"reason": "SOURCE_WITHDREW"}, transfer=uuid.uuid4())
    assert caught.value.codes == ["PROPOSAL_IS_UNDER_WAY"]


def test_quota_refuses_more_than_is_left(linked):
    """The answer has the codes; nothing is held and nothing else is kept."""
    body = linked.far.proposal(linked.version, blocks=[(1, 1251)])
    body["blocks"][0]["certificate"] = linked.far.certificate(1, 1251, issued=(1, 5000))
    linked.far.hear("propose", body, transfer=uuid.uuid4())
    (answer,) = linked.far.told("rejected")
    assert [each["code"] for each in answer["failures"]] == ["QUOTA_PARTIAL"]
    assert (Transfer.objects.count(), used()) == (0, None)


def refused(linked, at=None, **changes):
    """The codes by which a changed proposal is rejected."""
    body = {**linked.far.proposal(linked.version), **changes}
    linked.far.hear("propose", body, transfer=uuid.uuid4(), at=at)
    (answer,) = linked.far.told("rejected")
    assert not Transfer.objects.exists()
    return [each["code"] for each in answer["failures"]]


def test_ends_that_are_not_there_are_told_together(linked):
    source = {"registry": "KR-ETRS", "account": "x", "holder_class": "covered"}
    destination = {"registry": "KR-ETRS", "account": "KR-ETRS-9999999-00"}
    codes = refused(linked, source=source, destination=destination)
    assert codes == ["NOT_OF_THIS_PEER", "UNKNOWN_ACCOUNT"]


def test_units_of_another_registry_are_rejected(linked):
    body = linked.far.proposal(linked.version)
    body["blocks"][0]["certificate"] = linked.far.certificate(1, 100, unit_type="CEA")
    codes = refused(linked, unit_type="CEA", blocks=body["blocks"])
    assert codes == ["UNITS_OF_ANOTHER_HOME"]


def test_forged_certificate_is_rejected(linked):
    """By a key that is not the registry's, or over other attributes."""
    body = linked.far.proposal(linked.version)
    body["blocks"][0]["certificate"]["issuance"]["vintage"] = "2031"
    assert refused(linked, blocks=body["blocks"]) == ["CERTIFICATE_DOES_NOT_HOLD"]


def test_other_version_of_the_agreement_is_rejected(linked):
    assert refused(linked, digest="ab" * 32) == ["AGREEMENT_DIFFERS"]


def test_other_edge_is_rejected(linked):
    assert refused(linked, edge="JP>KR:2") == ["EDGE_DIFFERS"]


def test_suspended_link_rejects(linked):
    from linking.services.change_edge import suspend

    at = linked.world.at + timedelta(minutes=1)
    suspend(actor=linked.korea, agreement="KR-JP", edge_id="JP>KR", at=at)
    assert refused(linked, at=at) == ["LINK_SUSPENDED"]


def test_status_is_answered_by_what_was_said_last(linked, asked):
    """The same message again; of a transfer that nobody knows, that it is unknown."""
    name, _digest = asked
    linked.far.hear("status", {"state": "asked"}, transfer=name)
    assert linked.far.told() == ["accepted"]
    linked.far.hear("status", {"state": "asked"}, transfer=uuid.uuid4())
    assert sorted(linked.far.told()) == ["accepted", "unknown"]


def test_account_numbers_are_those_of_their_registry(linked):
    """A far account is told by its number alone."""
    from linking.selectors.transfers import AccountAbroad, destination

    abroad = destination("JP-GX-0000001-88")
    assert isinstance(abroad, AccountAbroad)
    assert abroad.registry == linked.world.overseas
    home = Account.objects.get(pk=linked.world.at_home.operator_a)
    assert destination(home.number) == home
