"""Uses are told between nodes: by who has used the units, to their home, which lets none return."""

import json
import uuid

import pytest
from django.utils import timezone

from linking.errors import failure
from linking.models import OutboxMessage, ReconciliationCase, UsedAbroad
from linking.services import tell_uses as telling
from linking.services.crossing.go_on import go_on
from linking.services.tell_uses import tell_uses
from registry import canonical
from registry.errors import Conflict, RuleViolated, Unavailable
from registry.lines import Line
from registry.models import Account, Mark
from registry.posting import sequence
from registry.services.reverse import reverse
from registry.services.surrender import surrender
from tests.linking.crossing.test_destination import asked as asked_of_us
from tests.linking.crossing.test_destination import committed
from tests.linking.crossing.test_source import accepted, asked, proposed
from tests.world import complete

__all__ = ["asked", "asked_of_us", "proposed"]


def said(kind):
    rows = OutboxMessage.objects.filter(kind=kind).order_by("created_at", "pk")
    return [json.loads(row.text)["body"] for row in rows]


@pytest.fixture
def surrendered(linked, asked_of_us):
    """100 GXA have come from the far node, and operator A has surrendered them, at 0.8."""
    name, _digest = asked_of_us
    committed(linked, name)
    world = linked.world
    lines = [Line(world.at_home.operator_a, None, world.gxa.pk, 100, period="2026")]
    made = surrender(actor=world.administrator_1, lines=lines, key=world.key(), at=world.at)
    return complete(world, made)


def told(linked):
    sequence(100)
    return tell_uses(at=linked.world.at)


def test_home_is_told_of_each_use_once(linked, surrendered):
    """One message for what was surrendered, one for the remainder that was cancelled."""
    assert (told(linked), told(linked)) == (2, 0)
    bodies = said("used")
    assert sorted((body["use"], body["blocks"]) for body in bodies) == [
        ("cancellation", [["81", "100"]]),
        ("surrender", [["1", "80"]]),
    ]
    assert {body["registry"] for body in bodies} == {"KR-ETRS"}
    assert {body["entity"] for body in bodies} == {"KR-OPERATOR-A"}
    assert {body["receipt"]["posting"] for body in bodies} == {bodies[0]["posting"]}


def test_reversal_is_told_after_the_use(linked, surrendered):
    """It names the posting that had used the units."""
    world = linked.world
    by = {"actor": world.administrator_1, "key": world.key(), "at": world.at}
    complete(world, reverse(transaction_id=surrendered.transaction_id, **by))
    assert told(linked) == 3
    (body,) = said("use-undone")
    assert body["used"] == said("used")[0]["posting"]


def test_uses_wait_for_a_node_that_is_pinned(linked, surrendered, monkeypatch):
    """Until then nobody is told, and nothing is lost."""
    with monkeypatch.context() as patched:
        patched.setattr(telling, "peer_of", of_no_node)
        assert told(linked) == 0
    assert told(linked) == 2


def of_no_node(registry):
    raise RuleViolated(failure("REGISTRY_WITHOUT_PEER", registry=registry.code))


@pytest.fixture
def abroad(asked):
    """100 KAU of this node are held by the far node."""
    accepted(asked)
    assert go_on(at=timezone.now()) == 1
    return asked


def used(**changes):
    return {
        "registry": "JP-GX",
        "unit_type": "KAU",
        "blocks": [["11", "30"]],
        "use": "surrender",
        "period": "2026",
        "entity": "JP-OPERATOR-1",
        "posting": "55",
        "at": canonical.instant(timezone.now()),
        "receipt": None,
        **changes,
    }


def undone(**changes):
    body = used(used="55", posting="56", **changes)
    return {name: body[name] for name in body if name not in ("blocks", "use", "period", "entity")}


def hear(linked, kind, body):
    return linked.far.hear(kind, body, transfer=None, at=timezone.now())


def test_home_keeps_what_it_is_told(abroad):
    """With the message; said again by another message of another posting, it is refused."""
    assert hear(abroad, "used", used(receipt=abroad.far.receipt("55")))[0] == "applied"
    kept = UsedAbroad.objects.get()
    assert (kept.first, kept.last, kept.use, kept.entity) == (11, 30, "surrender", "JP-OPERATOR-1")
    assert kept.message.kind == "used"
    with pytest.raises(Conflict) as caught:
        hear(abroad, "used", used(posting="60", blocks=[["30", "31"]]))
    assert caught.value.codes == ["USED_ALREADY"]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"blocks": [["99", "103"]]}, ["NOT_BOOKED_ABROAD"]),
        ({"unit_type": "GXA"}, ["UNKNOWN_UNIT_TYPE"]),
        ({"registry": "CN-ETR"}, ["NOT_OF_THIS_PEER"]),
    ],
    ids=["never sent", "not of here", "not of theirs"],
)
def test_home_believes_no_use_that_its_books_exclude(abroad, changes, codes):
    with pytest.raises(RuleViolated) as caught:
        hear(abroad, "used", used(**changes))
    assert caught.value.codes == codes
    assert not UsedAbroad.objects.exists()


def home_again(linked, *blocks):
    account = Account.objects.get(pk=linked.world.at_home.operator_a).number
    body = {
        **linked.far.proposal(linked.version, blocks=blocks),
        **dict.fromkeys(("agreement", "version", "digest", "edge")),
        "method": "repatriation",
        "unit_type": "KAU",
        "destination": {"registry": "KR-ETRS", "account": account},
    }
    body["blocks"] = [{**block, "certificate": None} for block in body["blocks"]]
    name = uuid.uuid4()
    linked.far.hear("propose", body, transfer=name, at=timezone.now())
    return name


def test_used_units_do_not_come_home(abroad):
    """The proposal is rejected, both statements are a case, and exactly those units are frozen."""
    hear(abroad, "used", used())
    name = home_again(abroad, (21, 50))
    (body,) = abroad.far.told("rejected")
    assert [each["code"] for each in body["failures"]] == ["UNITS_USED_ABROAD"]
    case = ReconciliationCase.objects.get()
    assert (case.kind, case.ranges, case.about) == ("contradiction", [["21", "30"]], str(name))
    marks = Mark.objects.filter(kind="freeze").values_list("first", "last", "account_id")
    assert list(marks) == [(21, 30, abroad.world.at_home.partner_overseas)]


def test_units_whose_use_was_undone_come_home(abroad):
    """What overtakes the use is sent again; afterwards they are as if they had not been used."""
    with pytest.raises(Unavailable) as caught:
        hear(abroad, "use-undone", undone())
    assert caught.value.codes == ["USE_IS_UNDER_WAY"]
    hear(abroad, "used", used())
    assert hear(abroad, "use-undone", undone())[0] == "applied"
    home_again(abroad, (21, 50))
    assert len(abroad.far.told("accepted")) == 1
    assert not ReconciliationCase.objects.exists()
