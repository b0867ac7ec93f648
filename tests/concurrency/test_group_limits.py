"""Two who bring units to different accounts of one corporate group at the same moment."""

import pytest

from registry.lines import Line
from registry.models import AccountHolder, CorporateGroup, GroupLimit
from registry.selectors.holdings import balance
from registry.services.accounts import NewAccount, open_accounts
from registry.services.transfer import deliver
from tests.concurrency.racing import PAUSE, race, rewrite, won
from tests.world import stock

TRIALS = 60
FEW = 10


@pytest.fixture
def home(fresh_database, world):
    stock(world, operator_a=TRIALS, operator_b=TRIALS)
    return world.at_home


def _givers(world, home, trials):
    """In trial n, two sellers give one unit each to the two accounts of group n, whose accounts
    may hold one unit together. Returns the accounts of each trial as well."""
    groups = CorporateGroup.objects.bulk_create(
        [CorporateGroup(code=f"G-{n}", name=f"Group {n}") for n in range(trials)]
    )
    GroupLimit.objects.bulk_create(
        [GroupLimit(group=group, registry=world.home, units=1) for group in groups]
    )
    holders = AccountHolder.objects.bulk_create(
        [
            AccountHolder(
                code=f"KR-{group.code}-{letter}",
                name=f"Operator {letter} of {group.name}",
                jurisdiction=world.home.jurisdiction,
                group=group,
            )
            for group in groups
            for letter in "CD"
        ]
    )
    accounts = open_accounts(
        actor=world.administrator_1,
        registry_id=world.home.pk,
        accounts=[NewAccount("operator", holder.name, holder.pk) for holder in holders],
        at=world.at,
    )

    def giver(source, place):
        def give(trial):
            lines = [Line(source, accounts[2 * trial + place].pk, world.kau.pk, 1)]
            return deliver(actor=world.administrator_1, lines=lines, key=world.key(), at=world.at)

        return give

    pairs = [(accounts[2 * n].pk, accounts[2 * n + 1].pk) for n in range(trials)]
    return pairs, giver(home.operator_a, 0), giver(home.operator_b, 1)


def _held(world, pairs):
    kau = {"unit_type_id": world.kau.pk}
    return [sum(balance(account_id=account, **kau) for account in pair) for pair in pairs]


def test_group_takes_the_last_unit_once(world, home):
    """In each trial one of the two is done, and the other learns that the group is full."""
    pairs, one, two = _givers(world, home, TRIALS)
    for first, second in race(TRIALS, one, two):
        assert won(first) != won(second)
        assert (second if won(first) else first) == "GROUP_LIMIT_EXCEEDED"
    assert _held(world, pairs) == [1] * TRIALS


def test_without_the_lock_a_group_takes_more_than_its_limit(world, home):
    """Control: neither sees the other's unit, and both are let in."""
    pairs, one, two = _givers(world, home, FEW)
    rewrite("registry_lock_groups", ("FOR NO KEY UPDATE", ""))
    # What the group holds has been counted, and the posting is written a moment later.
    writing = "INSERT INTO registry_posting"
    rewrite("registry_perform", (writing, f"{PAUSE} {writing}"))
    race(FEW, one, two)
    assert 2 in _held(world, pairs)
