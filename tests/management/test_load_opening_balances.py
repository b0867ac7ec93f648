"""The command that brings a registry's books in."""

import pytest
from django.core.management import CommandError, call_command

from registry.models import Account, Transaction
from tests.openings import FILES

pytestmark = pytest.mark.django_db


@pytest.fixture
def directory(tmp_path, world):
    for name, content in FILES.items():
        tmp_path.joinpath(name).write_bytes(content)
    return tmp_path


def test_units_are_proposed(directory, capsys):
    """It says what has come, and the number of the transaction that others approve."""
    call_command("load_opening_balances", directory, registry="KR-ORS")
    waiting = Transaction.objects.get(type__code="opening_balance")
    assert capsys.readouterr().out.splitlines() == [
        "1 accounts, 1 blocks.",
        f"10 KOC: transaction {waiting.pk}, for others to approve.",
    ]


def test_dry_run_writes_nothing(directory, capsys):
    call_command("load_opening_balances", directory, registry="KR-ORS", dry_run=True)
    assert "10 KOC could be proposed." in capsys.readouterr().out
    assert not Transaction.objects.exists()
    assert not Account.objects.filter(name="Plant 1").exists()


def test_all_that_is_wrong_is_printed(directory):
    """A line for each failure, with its code and its place."""
    directory.joinpath("totals.csv").write_text("account,unit_type,quantity\nOLD-1,KOC,eleven\n")
    directory.joinpath("mapping.toml").unlink()
    with pytest.raises(CommandError) as refusal:
        call_command("load_opening_balances", directory, registry="KR-ORS")
    codes = [line.split(":")[0] for line in str(refusal.value).splitlines()]
    assert codes == ["OPENING_FILE_UNREADABLE", "OPENING_CELL_INVALID"]


def test_registry_must_be_known(directory):
    with pytest.raises(CommandError, match="UNKNOWN_REGISTRY"):
        call_command("load_opening_balances", directory, registry="XX")
