"""What a representative may propose, approve and read: their accounts, by their right."""

from datetime import timedelta

import pytest

from registry import facts, permissions
from registry.checks.base import Proposal
from registry.errors import NotFound, NotPermitted
from registry.lines import Line
from registry.models import Representative, Role, Transaction
from registry.selectors import accounts, blocks, transactions
from registry.selectors.references import resolve
from registry.services.transfer import transfer
from tests.people import person, represents
from tests.world import moved, stock

COVERED = {
    ("transfer", "read"): False,
    ("transfer", "initiate"): True,
    ("transfer", "approve"): False,
    ("transfer", "initiate_and_approve"): True,
    ("transfer", "surrender"): False,
    ("surrender", "read"): False,
    ("surrender", "initiate"): True,
    ("surrender", "approve"): False,
    ("surrender", "initiate_and_approve"): True,
    ("surrender", "surrender"): True,
}


def require(world, actor, type_code, *ends):
    """Asks whether the actor may initiate a transaction with these (source, destination)."""
    lines = [Line(source, destination, world.kau.pk, 1) for source, destination in ends]
    known = facts.read(type_code, world.at, lines)
    permissions.require_initiator(actor, Proposal(actor, type_code, lines, {}, known, world.at))


@pytest.mark.parametrize(("type_code", "right"), COVERED)
def test_right_covers(world, type_code, right):
    """Each right covers what its name says; who may only surrender does nothing else."""
    home = world.at_home
    actor = represents(world, "someone", home.operator_a, right)
    end = home.surrender if type_code == "surrender" else home.operator_b
    if COVERED[type_code, right]:
        require(world, actor, type_code, (home.operator_a, end))
        return
    with pytest.raises(NotPermitted) as refusal:
        require(world, actor, type_code, (home.operator_a, end))
    assert refusal.value.code == "REPRESENTATIVE_RIGHT_MISSING"


def test_each_account_that_gives_is_represented(world):
    """One of two is not enough; where units go does not matter."""
    home = world.at_home
    actor = represents(world, "someone", home.operator_a, "initiate")
    require(world, actor, "transfer", (home.operator_a, home.operator_b))
    for ends in (
        [(home.operator_b, home.operator_a)],
        [(home.operator_a, home.operator_b), (home.operator_b, home.operator_a)],
    ):
        with pytest.raises(NotPermitted) as refusal:
            require(world, actor, "transfer", *ends)
        assert refusal.value.code == "NOT_PERMITTED"


def test_registry_s_own_acts_are_not_a_representative_s(world):
    """A type that does not name representatives is for the roles that it names."""
    home = world.at_home
    actor = represents(world, "someone", home.government, "initiate")
    with pytest.raises(NotPermitted) as refusal:
        require(world, actor, "allocate", (home.government, home.operator_a))
    assert refusal.value.code == "NOT_PERMITTED"


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"suspended_at": "at"}, "REPRESENTATIVE_SUSPENDED"),
        ({"valid_to": "later"}, "NOT_PERMITTED"),
        ({"valid_from": "tomorrow"}, "NOT_PERMITTED"),
    ],
)
def test_rights_end(world, columns, code):
    """Suspended, ended, or not begun: refused, and the account is not seen."""
    from django.utils import timezone

    moments = {
        "at": world.at,
        "later": world.at + timedelta(hours=1),
        "tomorrow": timezone.now() + timedelta(days=1),
    }
    home = world.at_home
    given = {name: moments[moment] for name, moment in columns.items()}
    actor = represents(world, "someone", home.operator_a, "initiate", **given)
    with pytest.raises(NotPermitted) as refusal:
        require(world, actor, "transfer", (home.operator_a, home.operator_b))
    assert refusal.value.code == code
    assert not accounts.visible(actor).exists()


def test_roles_need_no_representation(world):
    """An administrator is asked for their role, and no table is read for it."""
    home = world.at_home
    require(world, world.administrator_1, "transfer", (home.operator_a, home.operator_b))
    with pytest.raises(NotPermitted):
        require(world, world.auditor, "transfer", (home.operator_a, home.operator_b))
    with pytest.raises(NotPermitted) as refusal:
        require(world, None, "transfer", (home.operator_a, home.operator_b))
    assert refusal.value.code == "NO_ACTOR"


def test_administrators_cost_no_query(world, django_assert_num_queries):
    """The way of almost every transfer."""
    home = world.at_home
    line = Line(home.operator_a, home.operator_b, world.kau.pk, 1)
    known = facts.read("transfer", world.at, [line])
    proposal = Proposal(world.administrator_1, "transfer", [line], {}, known, world.at)
    with django_assert_num_queries(0):
        permissions.require_initiator(world.administrator_1, proposal)


@pytest.mark.parametrize("role", sorted(set(Role.values) - {"representative"}))
def test_roles_write_what_they_may(world, role):
    """Of all roles, administrators and the system propose a transfer and decide on it."""
    home = world.at_home
    stock(world, operator_a=10)
    proposed = transfer(
        actor=world.administrator_1,
        lines=[Line(home.operator_a, home.operator_b, world.kau.pk, 1)],
        key="t",
        at=world.at,
    )
    waiting = Transaction.objects.get(pk=proposed.transaction_id)
    actor = person(world, "someone", role, world.home)
    may = role in ("administrator", "system")
    for ask in (
        lambda: require(world, actor, "transfer", (home.operator_a, home.operator_b)),
        lambda: permissions.require_approver(actor, waiting),
    ):
        if may:
            ask()
        else:
            with pytest.raises(NotPermitted):
                ask()
    assert accounts.visible(actor).exists() == (role != "system_administrator")


def test_approvers_approve_for_the_accounts_that_give(world):
    """Who initiates does not approve, and who represents the receiver does not either."""
    home = world.at_home
    stock(world, operator_a=10)
    outcome = transfer(
        actor=world.administrator_1,
        lines=[Line(home.operator_a, home.operator_b, world.kau.pk, 4)],
        key="t",
        at=world.at,
    )
    found = Transaction.objects.get(pk=outcome.transaction_id)
    permissions.require_approver(represents(world, "a", home.operator_a, "approve"), found)
    permissions.require_approver(
        represents(world, "b", home.operator_a, "initiate_and_approve"), found
    )
    for name, account, right, code in (
        ("c", home.operator_a, "initiate", "REPRESENTATIVE_RIGHT_MISSING"),
        ("d", home.operator_b, "approve", "NOT_PERMITTED"),
    ):
        with pytest.raises(NotPermitted) as refusal:
            permissions.require_approver(represents(world, name, account, right), found)
        assert refusal.value.code == code


def test_representatives_read_their_accounts(world):
    """Their accounts, blocks and transactions; of a batch, the lines that concern them."""
    home = world.at_home
    stock(world, operator_a=100, operator_b=50)
    batch = transfer(
        actor=world.administrator_1,
        lines=[
            Line(home.operator_a, home.operator_b, world.kau.pk, 4),
            Line(home.operator_b, home.trading, world.kau.pk, 5),
        ],
        key="t",
        at=world.at,
    )
    hidden = moved(world, home.operator_b, home.trading, 1)
    actor = represents(world, "someone", home.operator_a, "read")
    assert [account.pk for account in accounts.visible(actor)] == [home.operator_a]
    held = blocks.of_registries(actor, limit=10)
    assert [(row["first"], row["last"]) for row in held] == [(1, 100)]
    at = blocks.at_serials(actor, unit_type_id=world.kau.pk, first=90, last=120, limit=10)
    assert [(row["first"], row["last"]) for row in at] == [(1, 100)]
    detail = transactions.detail(actor, batch.transaction_id, limit=10)
    assert [line.number for line in detail.first_lines] == [1]
    assert {mark.account_number for mark in detail.reserved_blocks} == {
        accounts.visible(actor).get().number
    }
    with pytest.raises(NotFound):
        transactions.find(actor, hidden.transaction_id)
    named = resolve(actor, accounts=[a.number for a in accounts.visible(world.administrator_1)])
    assert home.operator_b in named.accounts.values()
    assert world.at_neighbour.operator not in named.accounts.values()


def test_nobody_is_given_the_role(world):
    """It is of accounts: a person has it by being appointed."""
    from registry.errors import InvalidInput
    from registry.services.people import give_role

    with pytest.raises(InvalidInput) as refusal:
        give_role(actor=world.system, person_id=world.auditor.person_id, role="representative")
    assert refusal.value.code == "ROLE_IS_OF_ACCOUNTS"
    assert not Representative.objects.exists()
