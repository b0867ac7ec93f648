"""Emergency stops: at once by one, undone by a quorum of others."""

import pytest

from registry.errors import Conflict, InvalidInput, NotPermitted, RuleViolated
from registry.lines import Line
from registry.models import Account, Stop, Transaction
from registry.selectors import stops
from registry.services.stops import Stopped, place_stop
from registry.services.transfer import deliver, transfer
from tests.people import approved, asked, person
from tests.refused import refused
from tests.world import complete, issue_units, stock


def place(world, actor=None, reason="stolen keys", **what):
    return place_stop(
        actor=actor or world.administrator_1,
        what=Stopped(**{"registry_id": world.home.pk, **what}),
        reason=reason,
        at=world.at,
    )


def deliver_one(world, key):
    line = Line(world.at_home.operator_a, world.at_home.operator_b, world.kau.pk, 1)
    return deliver(actor=world.administrator_1, lines=[line], key=key, at=world.at)


def lifted(world, stop, *deciders):
    """The request to lift a stop, by administrator 2, as the deciders approved it."""
    request = asked(world, "stop_lifting", None, by=world.administrator_2, stop=str(stop.pk))
    for decider in deciders:
        request = approved(world, request, by=decider)
    return request


@pytest.fixture
def others(world):
    return [person(world, f"other-{n}", "administrator", world.home) for n in range(2)]


@pytest.mark.parametrize("code", ["REGISTRY_STOPPED", "UNIT_TYPE_STOPPED"])
def test_stop_refuses_at_once_and_is_lifted_by_two(world, others, code):
    """Nothing new is proposed, nothing that waits is completed; afterwards both go on."""
    stock(world, operator_a=100)
    line = Line(world.at_home.operator_a, world.at_home.operator_b, world.kau.pk, 5)
    waiting = transfer(actor=world.administrator_1, lines=[line], key="w", at=world.at)
    deliver_one(world, "before")
    what = {"unit_type_id": world.kau.pk} if code == "UNIT_TYPE_STOPPED" else {}
    stop = place(world, **what)
    assert refused(deliver_one, world, "during").codes == [code]
    assert refused(complete, world, waiting).codes == ["EMERGENCY_STOP_STANDS"]
    assert Transaction.objects.get(pk=waiting.transaction_id).status == 0
    assert lifted(world, stop, others[0]).status == "waiting"
    assert refused(deliver_one, world, "still").codes == [code]
    (request,) = Stop.objects.get().registry.requests.filter(kind="stop_lifting")
    assert approved(world, request, by=others[1]).status == "approved"
    deliver_one(world, "after")
    assert complete(world, waiting).status == 4


def test_other_registries_go_on(world):
    """A stop is of its registry, and a unit type's of its units."""
    issue_units(world, world.cea, [(world.at_neighbour.operator, 10)])
    stock(world, operator_a=10)
    place(world)
    ends = world.at_neighbour.operator, world.at_neighbour.trading
    deliver(actor=world.administrator_1, lines=[Line(*ends, world.cea.pk, 1)], key="c", at=world.at)


def test_account_is_suspended_until_it_is_lifted(world, others):
    """The gate refuses by the account's status, which comes back as it was."""
    stock(world, operator_a=10)
    account = Account.objects.get(pk=world.at_home.operator_a)
    stop = place(world, account_id=account.pk)
    assert refused(deliver_one, world, "during").codes == ["SOURCE_ACCOUNT_BLOCKED"]
    with pytest.raises(RuleViolated) as refusal:
        asked(world, "account_status", account.pk, status="open")
    assert refusal.value.code == "ACCOUNT_STOPPED"
    assert lifted(world, stop, *others).status == "approved"
    deliver_one(world, "after")
    kinds = account.events.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["stopped", "stop_lifted"]


def test_who_stopped_does_not_lift(world, others):
    """Neither does who asks for it; two others do."""
    stop = place(world)
    request = lifted(world, stop, others[0])
    for actor, code in (
        (world.administrator_1, "STOPPER_CAN_NOT_LIFT"),
        (world.administrator_2, "REQUESTER_CAN_NOT_DECIDE"),
    ):
        with pytest.raises(NotPermitted) as refusal:
            approved(world, request, by=actor)
        assert refusal.value.code == code
    with pytest.raises(Conflict) as refusal:
        approved(world, request, by=others[0])
    assert refusal.value.code == "ALREADY_DECIDED"
    assert Stop.objects.get().lifted_at is None


def test_subject_of_others_is_only_noted(world):
    """What the registry does not know stops where it is asked for."""
    stock(world, operator_a=10)
    place(world, subject="agreement:7")
    assert stops.stands(registry_id=world.home.pk, subject="agreement:7")
    assert not stops.stands(registry_id=world.home.pk, subject="agreement:8")
    deliver_one(world, "x")
    with pytest.raises(Conflict) as refusal:
        place(world, subject="agreement:7")
    assert refusal.value.code == "STOP_STANDS"


def test_stops_are_placed_by_administrators(world):
    """A junior one may; an auditor, a regulator, nobody and another registry's may not."""
    for role, registry in (("regulator", world.home), ("administrator", world.neighbour)):
        with pytest.raises(NotPermitted):
            place(world, actor=person(world, role, role, registry))
    with pytest.raises(NotPermitted):
        place(world, actor=world.auditor)
    with pytest.raises(NotPermitted):
        place_stop(actor=None, what=Stopped(world.home.pk), reason="x", at=world.at)
    place(world, actor=person(world, "junior", "junior_administrator", world.home))


def test_wrong_stops_are_told_all_at_once(world):
    """Several things, no reason, and what is of another registry."""
    with pytest.raises(InvalidInput) as refusal:
        place(
            world,
            reason="",
            account_id=world.at_neighbour.operator,
            unit_type_id=world.cea.pk,
        )
    assert refusal.value.codes == [
        "STOP_NAMES_SEVERAL",
        "REASON_MISSING",
        "STOP_IS_ELSEWHERE",
        "STOP_IS_ELSEWHERE",
    ]
    assert not Stop.objects.exists()
