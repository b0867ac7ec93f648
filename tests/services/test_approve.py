from registry.actors import Actor, actor_for
from registry.errors import Conflict, NotPermitted
from registry.lines import Line
from registry.models import (
    Account,
    ApiKey,
    Approval,
    Mark,
    Person,
    RoleAssignment,
    Transaction,
    TransactionEvent,
)
from registry.services.accounts import close_account
from registry.services.approve import approve, reject
from registry.services.freeze import freeze
from registry.services.transfer import transfer
from registry.services.withdraw import withdraw
from tests.refused import refused
from tests.type_versions import new_version
from tests.world import blocks, moved


def _proposed(world, home, by, quantity=30, **line):
    lines = [Line(home.operator_a, home.operator_b, world.kau.pk, quantity, **line)]
    return transfer(lines=lines, key=world.key(), **by).transaction_id


def _decision(world, number, **changes):
    payload_hash = Transaction.objects.values_list("payload_hash", flat=True).get(pk=number)
    return {
        "actor": world.administrator_2,
        "transaction_id": number,
        "payload_hash": bytes(payload_hash),
        "at": world.at,
        **changes,
    }


def test_approval_completes_and_is_recorded(world, home, by):
    """The approval says who, when, and what; the timeline shows when the transaction completed."""
    number = _proposed(world, home, by)
    outcome = approve(**_decision(world, number, reason="checked"))
    assert outcome.status == Transaction.Status.COMPLETED
    approval = Approval.objects.get(transaction_id=number)
    assert (approval.person_id, approval.approved, approval.reason) == (
        world.administrator_2.person_id,
        True,
        "checked",
    )
    assert bytes(approval.payload_hash) == bytes(Transaction.objects.get(pk=number).payload_hash)
    events = TransactionEvent.objects.filter(transaction_id=number).order_by("pk")
    assert list(events.values_list("status", "person_id")) == [
        (Transaction.Status.COMPLETED, world.administrator_2.person_id)
    ]


def test_proposer_does_not_approve(world, home, by):
    """Neither with the key of the proposal, nor with another one, nor without any."""
    number = _proposed(world, home, by)
    person = world.administrator_1.person_id
    for actor in (
        world.administrator_1,
        world.administrator_1_second_key,
        Actor(person, None, world.administrator_1.roles),
    ):
        error = refused(approve, **_decision(world, number, actor=actor))
        assert isinstance(error, NotPermitted)
        assert error.codes == ["PROPOSER_CAN_NOT_APPROVE"]
    assert not Approval.objects.filter(transaction_id=number).exists()


def test_auditor_does_not_decide(world, home, by):
    """Who may only read neither approves nor rejects; who is nobody even less."""
    number = _proposed(world, home, by)
    for service in (approve, reject):
        error = refused(service, **_decision(world, number, actor=world.auditor))
        assert error.codes == ["NOT_PERMITTED"]
        error = refused(service, **_decision(world, number, actor=None))
        assert error.codes == ["NO_ACTOR"]


def test_role_in_another_registry_does_not_decide(world, home, by):
    """The right to decide is one in the transaction's registry."""
    number = _proposed(world, home, by)
    actor = Actor(
        world.administrator_2.person_id, roles={world.neighbour.pk: frozenset({"administrator"})}
    )
    assert refused(approve, **_decision(world, number, actor=actor)).codes == ["NOT_PERMITTED"]


def test_another_payload_is_not_approved(world, home, by):
    """Who approves says what; a hash of something else is refused."""
    number = _proposed(world, home, by)
    other = _proposed(world, home, by, quantity=31)
    wrong = bytes(Transaction.objects.get(pk=other).payload_hash)
    error = refused(approve, **_decision(world, number, payload_hash=wrong))
    assert isinstance(error, Conflict) and error.codes == ["PAYLOAD_DIFFERS"]


def test_rejection_frees_the_units(world, home, by):
    """A rejected proposal leaves no posting and no mark."""
    number = _proposed(world, home, by, quantity=100)
    outcome = reject(**_decision(world, number))
    assert (outcome.status, outcome.posting_id) == (Transaction.Status.REJECTED, None)
    assert not Mark.objects.filter(released_at=None).exists()
    moved(world, home.operator_a, home.trading, 100)


def test_decided_transactions_are_decided(world, home, by):
    """After a decision, every further one finds that the transaction does not wait any more."""
    ends = {
        "approved": lambda number: approve(**_decision(world, number)),
        "rejected": lambda number: reject(**_decision(world, number)),
        "withdrawn": lambda number: withdraw(actor=world.administrator_1, transaction_id=number),
    }
    for end in ends.values():
        number = _proposed(world, home, by, quantity=1)
        end(number)
        for again in ends.values():
            error = refused(again, number)
            assert isinstance(error, Conflict)
            assert error.codes == ["NOT_AWAITING_APPROVAL"]


def test_two_approvals_are_of_two_persons(fresh_database, world, home, by):
    """Where a type asks for two, a second key of the first approver does not count."""
    new_version(world, "transfer", approvals=2)
    third = Person.objects.create_user("administrator_3")
    RoleAssignment.objects.create(person=third, role="administrator")
    person, roles = world.administrator_2.person_id, world.administrator_2.roles
    other_key = ApiKey.objects.create(
        person_id=person, label="other", prefix="other", digest=bytes(32), created_at=world.at
    )
    number = _proposed(world, home, by)
    first = approve(**_decision(world, number))
    assert (first.status, first.posting_id) == (Transaction.Status.AWAITING_APPROVAL, None)
    again = Actor(person, other_key.pk, roles)
    error = refused(approve, **_decision(world, number, actor=again))
    assert isinstance(error, Conflict) and error.codes == ["ALREADY_DECIDED"]
    last = approve(**_decision(world, number, actor=actor_for(third)))
    assert last.status == Transaction.Status.COMPLETED


def test_approval_after_the_source_was_suspended(world, home, by):
    """What the rules ask at completion is asked again: a suspended account gives nothing."""
    number = _proposed(world, home, by)
    Account.objects.filter(pk=home.operator_a).update(status="suspended")
    (failure,) = refused(approve, **_decision(world, number)).failures
    assert (failure.code, failure.line) == ("SOURCE_ACCOUNT_BLOCKED", 1)
    assert Transaction.objects.get(pk=number).status == Transaction.Status.AWAITING_APPROVAL
    Account.objects.filter(pk=home.operator_a).update(status="open")
    approve(**_decision(world, number))


def test_approval_after_the_destination_was_closed(world, home, by):
    """Units do not go to an account that was closed while the proposal waited."""
    moved(world, home.operator_b, home.trading, 50)
    number = _proposed(world, home, by)
    close_account(actor=world.administrator_2, account_id=home.operator_b, at=world.at)
    error = refused(approve, **_decision(world, number))
    assert error.codes == ["DESTINATION_ACCOUNT_BLOCKED"]
    assert blocks(home.operator_a, world.kau) == [(1, 100)]


def test_reserved_units_wait_for_their_transaction(world, home, by):
    """What others do meanwhile does not touch the reserved serials."""
    number = _proposed(world, home, by, quantity=10, first=40)
    moved(world, home.operator_a, home.trading, 45)
    assert blocks(home.trading, world.kau) == [(1, 39), (50, 55)]
    approve(**_decision(world, number))
    assert blocks(home.operator_b, world.kau) == [(40, 49), (101, 150)]


def test_freeze_does_not_wait(world, home, by):
    """A transaction that completed at once is not decided on."""
    line = Line(home.operator_a, None, world.kau.pk, 1)
    number = freeze(lines=[line], key="f", **by).transaction_id
    error = refused(
        approve,
        actor=world.administrator_2,
        transaction_id=number,
        payload_hash=bytes(32),
        at=world.at,
    )
    assert error.codes == ["NOT_AWAITING_APPROVAL"]


def test_withdrawal_is_the_proposers(world, home, by):
    """Only who proposed takes back, with any key; nobody else, whatever the role."""
    number = _proposed(world, home, by)
    error = refused(withdraw, actor=world.administrator_2, transaction_id=number)
    assert error.codes == ["NOT_THE_PROPOSER"]
    assert refused(withdraw, actor=None, transaction_id=number).codes == ["NO_ACTOR"]
    outcome = withdraw(actor=world.administrator_1_second_key, transaction_id=number)
    assert outcome.status == Transaction.Status.CANCELLED
    assert not Mark.objects.filter(released_at=None).exists()
