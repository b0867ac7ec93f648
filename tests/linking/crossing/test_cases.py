"""What can not come to an end by itself becomes a case, once, and nothing is released."""

import uuid
from datetime import timedelta

import pytest

from linking.models import OutboxMessage, ReconciliationCase, Transfer
from linking.services.crossing.cases import open_due
from registry.errors import Conflict


@pytest.fixture
def accepted(linked):
    """100 GXA are accepted; the name of the transfer."""
    name = uuid.uuid4()
    linked.far.hear("propose", linked.far.proposal(linked.version), transfer=name)
    return name


def test_contradiction_is_a_case_with_what_both_have_said(linked, accepted):
    """The message is refused and not kept; a second one opens no second case."""
    body = {
        "accepted": "00" * 32,
        "posting": "11",
        "at": "2026-03-02T09:00:00.000000+00:00",
        "blocks": [["1", "100"]],
        "receipt": None,
    }
    for _time in range(2):
        with pytest.raises(Conflict):
            linked.far.hear("committed", body, transfer=accepted)
    case = ReconciliationCase.objects.get()
    assert (case.kind, case.about, case.units) == ("contradiction", str(accepted), 100)
    assert (case.registry, case.partner) == (linked.world.home, linked.world.overseas)
    assert case.evidence["why"]["kind"] == "committed"
    assert {said["kind"] for said in case.evidence["messages"]} == {"propose", "accepted"}
    assert Transfer.objects.get(uuid=accepted).state == "accepted"


def test_long_silence_is_a_case_and_never_a_release(linked, accepted):
    """A day after the acceptance has ended, and once."""
    until = Transfer.objects.get(uuid=accepted).valid_until
    assert open_due(at=until + timedelta(hours=23)) == 0
    assert open_due(at=until + timedelta(days=1)) == 1
    assert open_due(at=until + timedelta(days=2)) == 0
    assert ReconciliationCase.objects.get().kind == "silence"
    assert Transfer.objects.get(uuid=accepted).state == "accepted"


def test_refused_answer_is_a_case(linked, accepted):
    """The other node will not read the acceptance: people have to look."""
    rows = OutboxMessage.objects.filter(kind="accepted")
    rows.update(state="refused", refusal={"code": "MESSAGE_MALFORMED"}, attempts=1)
    assert open_due(at=linked.world.at) == 1
    case = ReconciliationCase.objects.get()
    assert case.evidence["why"] == {
        "kind": "accepted",
        "refusal": {"code": "MESSAGE_MALFORMED"},
    }


def test_names_that_nobody_knows_are_no_case(linked):
    with pytest.raises(Conflict):
        linked.far.hear("abort", {"reason": "LINK_SUSPENDED"}, transfer=uuid.uuid4())
    assert not ReconciliationCase.objects.exists()
