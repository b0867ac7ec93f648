from registry.account_numbers import is_valid
from registry.lines import Line
from registry.models import Account
from registry.services.accounts import NewAccount, close_account, open_accounts
from registry.services.transfer import transfer
from registry.services.withdraw import withdraw
from tests.refused import refused
from tests.world import moved


def _close(world, account, **changes):
    values = {"actor": world.administrator_1, "account_id": account, "at": world.at, **changes}
    return close_account(**values)


def test_accounts_get_numbers_that_catch_errors(world, by):
    """Each account has a number of its own, with the registry's code and check digits."""
    opened = open_accounts(
        registry_id=world.home.pk,
        accounts=[NewAccount("trading", f"trader {n}") for n in range(25)],
        **by,
    )
    numbers = [account.number for account in opened]
    assert len(set(numbers)) == 25
    assert all(is_valid(number) and number.startswith("KR-ETRS-") for number in numbers)
    assert list(Account.objects.filter(number__in=numbers).values_list("status").distinct()) == [
        ("open",)
    ]


def test_only_administrators_open_and_close(world):
    """Neither an auditor nor nobody opens or closes an account."""
    for actor, code in ((world.auditor, "NOT_PERMITTED"), (None, "NO_ACTOR")):
        error = refused(
            open_accounts,
            actor=actor,
            registry_id=world.home.pk,
            accounts=[NewAccount("trading", "t")],
            at=world.at,
        )
        assert error.codes == [code]
        error = refused(_close, world, world.at_home.trading, actor=actor)
        assert error.codes == [code]


def test_empty_account_is_closed(world):
    """A closed account has a closing time and takes part in nothing any more."""
    _close(world, world.at_home.trading)
    account = Account.objects.get(pk=world.at_home.trading)
    assert (account.status, account.closed_at) == ("closed", world.at)


def test_closing_counts_what_the_account_ever_held(world, home):
    """The database counts, so that whatever comes to the account later is one too many."""
    for _time in range(2):
        moved(world, home.operator_a, home.trading, 5)
        moved(world, home.trading, home.operator_b, 5)
    assert Account.objects.get(pk=home.trading).holdings_at_closing is None
    _close(world, home.trading)
    _close(world, home.auction)
    counts = dict(Account.objects.values_list("pk", "holdings_at_closing"))
    assert (counts[home.trading], counts[home.auction], counts[home.operator_a]) == (2, 0, None)


def test_account_with_units_stays_open(world, home):
    """An account that holds units is not closed; emptied, it is."""
    assert refused(_close, world, home.operator_a).codes == ["ACCOUNT_NOT_EMPTY"]
    moved(world, home.operator_a, home.operator_b, 100)
    _close(world, home.operator_a)


def test_closed_account_receives_and_gives_nothing(world, home, by):
    """To and from a closed account nothing moves; the failure names account and status."""
    _close(world, home.trading)
    error = refused(moved, world, home.operator_a, home.trading, 1)
    assert error.codes == ["DESTINATION_ACCOUNT_BLOCKED"]
    line = Line(home.trading, home.operator_b, world.kau.pk, 1)
    error = refused(transfer, lines=[line], key="t", **by)
    assert "SOURCE_ACCOUNT_BLOCKED" in error.codes
    blocked = next(f for f in error.failures if f.code == "SOURCE_ACCOUNT_BLOCKED")
    assert blocked.data["status"] == "closed"


def test_account_is_closed_once(world):
    """Closing a closed account changes nothing of what was."""
    _close(world, world.at_home.trading)
    error = refused(_close, world, world.at_home.trading, at=world.at.replace(year=2027))
    assert error.codes == ["ACCOUNT_CLOSED"]
    assert Account.objects.get(pk=world.at_home.trading).closed_at == world.at


def test_account_that_does_not_exist(world):
    """There is nothing to close, and no crash."""
    for number in (0, -1, 10**9, 2**63):
        assert refused(_close, world, number).codes == ["UNKNOWN_ACCOUNT"]


def test_account_that_expects_units_can_be_closed(world, home, by):
    """A waiting proposal to an account does not keep it open; its approval is refused later."""
    line = Line(home.operator_a, home.trading, world.kau.pk, 10)
    waiting = transfer(lines=[line], key="t", **by)
    _close(world, home.trading)
    withdraw(actor=world.administrator_1, transaction_id=waiting.transaction_id)


def test_wrong_accounts_are_not_opened(world, by):
    """An unknown kind, a partner of nobody, a negative limit: each is refused with its code."""
    wrong = [
        (NewAccount("treasure", "t"), "UNKNOWN_ACCOUNT_KIND"),
        (NewAccount("partner", "p"), "PARTNER_MISMATCH"),
        (NewAccount("trading", "t", stands_for_id=world.overseas.pk), "PARTNER_MISMATCH"),
        (NewAccount("partner", "p", stands_for_id=world.home.pk), "PARTNER_IS_THE_REGISTRY"),
        (NewAccount("partner", "p", stands_for_id=world.overseas.pk), "PARTNER_ACCOUNT_EXISTS"),
        (NewAccount("trading", "t", holding_limit=-1), "NOT_POSITIVE"),
        (NewAccount("trading", "t", holding_limit=1.5), "NOT_WHOLE_UNITS"),
        (NewAccount("trading", "t" * 301), "INVALID_TEXT"),
        (NewAccount("trading", "t", holder_id=10**9), "UNKNOWN_ENTITY"),
    ]
    for account, code in wrong:
        error = refused(open_accounts, registry_id=world.home.pk, accounts=[account], **by)
        assert error.codes == [code]


def test_registry_that_is_kept_elsewhere_opens_no_accounts(world, by):
    """This node keeps no accounts of a registry that another node hosts, or that nobody knows."""
    for registry in (world.overseas.pk, 10**9):
        error = refused(
            open_accounts, registry_id=registry, accounts=[NewAccount("trading", "t")], **by
        )
        assert error.codes == ["UNKNOWN_REGISTRY"]
