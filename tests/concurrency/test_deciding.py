"""Several decide on one proposal: one decision counts, and the proposal ends once."""

import pytest

from registry.lines import Line
from registry.models import Approval, Mark, Posting, Transaction, TransactionEvent
from registry.selectors.holdings import balance
from registry.services.approve import approve, reject
from registry.services.reverse import reverse
from registry.services.transfer import transfer
from registry.services.withdraw import withdraw
from tests.concurrency.racing import (
    LONGER_PAUSE,
    PAUSE,
    is_raw,
    race,
    rewrite,
    without_account_locks,
    without_constraints,
    without_guards,
    won,
)
from tests.world import complete, stock

TRIALS = 40


@pytest.fixture
def home(fresh_database, world):
    stock(world, operator_a=1000)
    return world.at_home


def _proposals(world, home, count):
    """Numbers and payload hashes of waiting transfers of 5 units each."""
    line = Line(home.operator_a, home.operator_b, world.kau.pk, 5)
    numbers = [
        transfer(
            actor=world.administrator_1, lines=[line], key=world.key(), at=world.at
        ).transaction_id
        for _proposal in range(count)
    ]
    rows = Transaction.objects.in_bulk(numbers)
    return [(number, bytes(rows[number].payload_hash)) for number in numbers]


def _deciders(world, proposals):
    def decide(service):
        def run(trial):
            number, payload_hash = proposals[trial]
            return service(
                actor=world.administrator_2,
                transaction_id=number,
                payload_hash=payload_hash,
                at=world.at,
            )

        return run

    def take_back(trial):
        return withdraw(actor=world.administrator_1, transaction_id=proposals[trial][0])

    return decide(approve), decide(reject), take_back


def _ended_consistently(numbers):
    """A proposal is completed with a posting, or ended without one; its marks are released."""
    for row in Transaction.objects.filter(pk__in=numbers):
        posted = Posting.objects.filter(transaction_id=row.pk).count()
        if (row.status == Transaction.Status.COMPLETED) != (posted == 1):
            return False
        if TransactionEvent.objects.filter(transaction_id=row.pk).count() != 1:
            return False
    return not Mark.objects.filter(released_at=None).exists()


def test_approval_against_withdrawal(world, home):
    """Whoever comes first decides; the other learns that nothing waits any more."""
    proposals = _proposals(world, home, TRIALS)
    accept, _refuse, take_back = _deciders(world, proposals)
    outcomes = race(TRIALS, accept, take_back)
    for approved, withdrawn in outcomes:
        assert won(approved) != won(withdrawn)
        assert (withdrawn if won(approved) else approved) == "NOT_AWAITING_APPROVAL"
    assert _ended_consistently([number for number, _hash in proposals])
    moved = sum(5 for approved, _withdrawn in outcomes if won(approved))
    assert balance(account_id=home.operator_b, unit_type_id=world.kau.pk) == moved


def test_three_decisions_at_once(world, home):
    """Approval, rejection and withdrawal at the same moment: one of them holds."""
    proposals = _proposals(world, home, TRIALS)
    for trial in race(TRIALS, *_deciders(world, proposals)):
        assert [won(outcome) for outcome in trial].count(True) == 1
        assert {outcome for outcome in trial if not won(outcome)} == {"NOT_AWAITING_APPROVAL"}
    assert _ended_consistently([number for number, _hash in proposals])


def test_one_person_approves_once(world, home):
    """The same person with the same decision twice at once is one approval."""
    proposals = _proposals(world, home, TRIALS)
    accept, _refuse, _take_back = _deciders(world, proposals)
    for first, second in race(TRIALS, accept, accept):
        assert won(first) != won(second)
    assert Approval.objects.filter(transaction__in=[p for p, _hash in proposals]).count() == TRIALS


def _reversals(world, home, count):
    """Numbers of completed transfers, and one who proposes to reverse that of trial n."""
    proposals = _proposals(world, home, count)
    for number, payload_hash in proposals:
        approve(
            actor=world.administrator_2,
            transaction_id=number,
            payload_hash=payload_hash,
            at=world.at,
        )
    numbers = [number for number, _hash in proposals]

    def undo(trial):
        return reverse(
            actor=world.administrator_1, transaction_id=numbers[trial], key=world.key(), at=world.at
        )

    return numbers, undo


def test_transaction_is_reversed_by_one(world, home):
    """Two reversals proposed at the same moment: one is waiting, the other is refused."""
    numbers, undo = _reversals(world, home, 10)
    for number, (first, second) in zip(numbers, race(10, undo, undo), strict=True):
        assert won(first) != won(second)
        assert (second if won(first) else first) in ("SERIALS_MARKED", "REVERSAL_EXISTS")
        complete(world, first if won(first) else second)
        assert Transaction.objects.get(pk=number).status == Transaction.Status.REVERSED


def test_without_the_lock_both_reversals_reach_the_guards(world, home):
    """Control: accounts not locked, both find the units, and one index lets the first through."""
    numbers, undo = _reversals(world, home, 10)
    without_account_locks()
    outcomes = race(10, undo, undo)
    assert [[won(outcome) for outcome in pair].count(True) for pair in outcomes] == [1] * 10
    assert "REVERSAL_EXISTS" in {
        outcome for pair in outcomes for outcome in pair if not won(outcome)
    }
    assert Transaction.objects.filter(reverses__in=numbers).count() == 10


def test_without_lock_and_guards_two_reversals_wait(world, home):
    """Control: with what keeps serials and reversals apart gone as well, both wait for approval."""
    numbers, undo = _reversals(world, home, 10)
    without_account_locks()
    without_constraints("transaction", "transaction_is_reversed_once")
    without_constraints("mark", "mark_reservation_is_exclusive")
    # Each finds the units free, and marks them a moment later.
    rewrite(
        "registry_mark_inserted",
        ("FOR NO KEY UPDATE", ""),
        ("RETURN NEW", f"{LONGER_PAUSE} RETURN NEW"),
    )
    outcomes = race(10, undo, undo)
    assert any(won(one) and won(two) for one, two in outcomes)
    waiting = Transaction.objects.filter(status=Transaction.Status.AWAITING_APPROVAL)
    assert waiting.filter(reverses__in=numbers).count() > 10


def test_without_the_lock_both_decisions_reach_the_guards(world, home):
    """Control: the transaction is read instead of locked, and only the guard of states is left."""
    proposals = _proposals(world, home, TRIALS)
    rewrite("registry_lock_waiting", ("FOR NO KEY UPDATE", ""), ("RETURN v_", f"{PAUSE} RETURN v_"))
    accept, _refuse, take_back = _deciders(world, proposals)
    outcomes = race(10, accept, take_back)
    assert any(is_raw(outcome) for trial in outcomes for outcome in trial)


def test_without_lock_and_guard_a_completed_transaction_is_withdrawn(world, home):
    """Control: with the guard gone as well, units have moved by what was withdrawn."""
    proposals = _proposals(world, home, 10)
    rewrite("registry_lock_waiting", ("FOR NO KEY UPDATE", ""), ("RETURN v_", f"{PAUSE} RETURN v_"))
    # The approval ends within this time: where the withdrawal is first, it finds no units to move.
    rewrite("registry_withdraw", ("status := 7;", f"{LONGER_PAUSE} status := 7;"))
    without_guards("transaction_state_follows_the_table", "mark_changes_only_by_release")
    accept, _refuse, take_back = _deciders(world, proposals)
    race(10, accept, take_back)
    assert not _ended_consistently([number for number, _hash in proposals])
