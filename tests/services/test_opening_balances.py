"""A registry moves here with its accounts, units and serials."""

import pytest

from registry.lines import Line
from registry.models import Account, AccountHolder, LegacyBlock, OpeningBalance, Transaction
from registry.selectors import legacy, serials
from registry.selectors.holdings import balance
from registry.services.approve import approve
from registry.services.opening_balances import load
from registry.services.transfer import deliver
from registry.services.withdraw import withdraw
from tests.refused import refused
from tests.world import stock

pytestmark = pytest.mark.django_db

ACCOUNTS = """account,name,kind,holder,holder_name
OLD-1,Plant 1,OHA,H-1,
OLD-2,Plant 2,OHA,H-9,Operator K
OLD-3,State,GOV,,
"""
HOLDINGS = """account,unit_type,vintage,quantity,serial_first,serial_last
OLD-1,AAU,2024,100,XX-1-0000001,XX-1-0000100
OLD-1,AAU,2024,50,XX-1-0000201,XX-1-0000250
OLD-2,AAU,2025-04-01/2026-04-01,30,XX-2-1,XX-2-30
OLD-3,AAU,2024,20,,
OLD-3,CRD,2023,7,7001,7007
"""
TOTALS = """account,unit_type,quantity
OLD-1,AAU,150
OLD-2,AAU,30
OLD-3,AAU,20
OLD-3,CRD,7
"""
MAPPING = """source = "Books of the old registry as closed on 31 December 2025"
[unit_types]
AAU = "KAU"
CRD = "KCU"
[account_kinds]
OHA = "operator"
GOV = "government"
[holders]
H-1 = "KR-OPERATOR-A"
"""
FILES = {
    "accounts.csv": ACCOUNTS,
    "holdings.csv": HOLDINGS,
    "totals.csv": TOTALS,
    "mapping.toml": MAPPING,
}


def _load(world, files=FILES, **options):
    return load(
        actor=world.system,
        registry_id=world.home.pk,
        files={name: text.encode() for name, text in files.items()},
        at=world.at,
        **options,
    )


def _approved(world, number):
    found = Transaction.objects.get(pk=number)
    return approve(
        actor=world.administrator_2,
        transaction_id=number,
        payload_hash=bytes(found.payload_hash),
        at=world.at,
    )


def _changed(file, old, new):
    assert old in FILES[file]
    return {**FILES, file: FILES[file].replace(old, new)}


def test_registry_has_its_units_when_others_have_approved(world):
    """One transaction for each unit type waits; approved, each account holds what it held."""
    stock(world, operator_a=5)
    loaded = _load(world)
    assert (loaded.accounts, loaded.blocks) == (3, 5)
    assert loaded.units == {"KAU": 200, "KCU": 7}
    waiting = Transaction.objects.get(pk=loaded.transactions["KAU"])
    assert waiting.status == Transaction.Status.AWAITING_APPROVAL
    assert waiting.attributes["opening"]["source"].startswith("Books of the old registry")
    assert len(waiting.attributes["opening"]["files"]["holdings.csv"]) == 64
    assert serials_of(world, "XX-1-0000001") is None
    for number in loaded.transactions.values():
        assert _approved(world, number).posting_id
    held = {
        account.name: balance(account_id=account.pk, unit_type_id=world.kau.pk)
        for account in Account.objects.filter(name__in=["Plant 1", "Plant 2", "State"])
    }
    assert held == {"Plant 1": 150, "Plant 2": 30, "State": 20}
    assert Account.objects.get(name="Plant 1").holder == world.holder_a
    assert AccountHolder.objects.get(code="H-9").name == "Operator K"


def serials_of(world, text):
    """The unit type and the serial of here that an old serial has become."""
    for meaning in serials.meanings(text) if legacy.meanings(text) else ():
        if meaning.reading.form.name == "legacy":
            return meaning.unit_type.code, meaning.reading.first
    return None


def test_old_serials_stay_findable(world):
    """The one search finds the unit by the serial that it had, also after it has moved on."""
    for number in _load(world).transactions.values():
        _approved(world, number)
    assert serials_of(world, "XX-1-0000001") == ("KAU", 1)
    assert serials_of(world, "XX-1-100") == ("KAU", 100)
    assert serials_of(world, "XX-1-101") is None
    assert serials_of(world, "XX-1-201") == ("KAU", 101)
    assert serials_of(world, "XX-2-30") == ("KAU", 200)
    assert serials_of(world, "7003") == ("KCU", 3)
    plant = Account.objects.get(name="Plant 1")
    line = Line(plant.pk, world.at_home.operator_b, world.kau.pk, 10, first=5)
    deliver(actor=world.administrator_1, lines=[line], key="on", at=world.at)
    _meanings, rows = serials.search(world.auditor, "XX-1-0000006", limit=5)
    assert [row["account__number"] for row in rows] == [
        Account.objects.get(pk=world.at_home.operator_b).number
    ]
    assert legacy.of_serials(world.kau, [(95, 105)]) == [
        legacy.Former("KAU", 95, 100, "XX-1-95", "XX-1-100"),
        legacy.Former("KAU", 101, 105, "XX-1-201", "XX-1-205"),
    ]


def test_dry_run_writes_nothing(world):
    """It tells what would come, and neither accounts nor proposals are there afterwards."""
    loaded = _load(world, dry_run=True)
    assert loaded.units == {"KAU": 200, "KCU": 7}
    assert loaded.transactions == {"KAU": None, "KCU": None}
    assert not OpeningBalance.objects.exists() and not Transaction.objects.exists()
    assert not Account.objects.filter(name="Plant 1").exists()


def test_same_files_again_find_their_transactions(world):
    """A load that is repeated opens nothing and proposes nothing a second time."""
    first, again = _load(world), _load(world)
    assert again.transactions == first.transactions
    assert (first.accounts, again.accounts) == (3, 0)
    assert LegacyBlock.objects.count() == 4


def test_what_was_rejected_can_be_loaded_anew(world):
    """Corrected files use the accounts that are there, and the old serials are free again."""
    for number in _load(world).transactions.values():
        withdraw(actor=world.system, transaction_id=number, reason="a slip")
    corrected = _load(world, _changed("holdings.csv", "XX-2-1,XX-2-30", "XX-3-1,XX-3-30"))
    assert corrected.accounts == 0
    for number in corrected.transactions.values():
        _approved(world, number)
    assert serials_of(world, "XX-3-1") == ("KAU", 171)
    assert serials_of(world, "XX-2-1") is None


def test_same_files_are_proposed_again_after_a_rejection(world):
    """A transaction that has ended is not taken for one that waits."""
    first = _load(world)
    withdraw(actor=world.system, transaction_id=first.transactions["KCU"], reason="too early")
    again = _load(world)
    assert again.transactions["KAU"] == first.transactions["KAU"]
    assert again.transactions["KCU"] != first.transactions["KCU"]


def test_other_files_do_not_bring_the_same_serials(world):
    """What waits or was approved is not loaded again by a file that differs elsewhere."""
    _load(world)
    error = refused(_load, world, _changed("accounts.csv", "Plant 1", "Plant One"))
    assert set(error.codes) == {"OPENING_SERIALS_TWICE"} and len(error.codes) == 4


def test_only_administrators_load(world):
    """Who only reads brings nothing in."""
    assert refused(_load_as, world, world.auditor).codes == ["NOT_PERMITTED"]


def _load_as(world, actor):
    return load(actor=actor, registry_id=world.home.pk, files={}, at=world.at)


BAD = {
    "no file": ({**FILES, "totals.csv": None}, "OPENING_FILE_UNREADABLE"),
    "not UTF-8": ({**FILES, "totals.csv": b"\xff\xfe"}, "OPENING_FILE_UNREADABLE"),
    "no TOML": ({**FILES, "mapping.toml": "source = "}, "OPENING_FILE_UNREADABLE"),
    "no source": (_changed("mapping.toml", "source", "sauce"), "OPENING_MAPPING_INVALID"),
    "other columns": (
        _changed("totals.csv", "quantity", "amount"),
        "OPENING_COLUMNS_WRONG",
    ),
    "a cell missing": (_changed("totals.csv", "AAU,30", "AAU"), "OPENING_ROW_INCOMPLETE"),
    "an empty cell": (_changed("accounts.csv", "Plant 1", ""), "OPENING_ROW_INCOMPLETE"),
    "half a unit": (_changed("holdings.csv", ",7,", ",7.5,"), "OPENING_CELL_INVALID"),
    "no units": (_changed("holdings.csv", ",7,", ",0,"), "OPENING_CELL_INVALID"),
    "vintage backwards": (
        _changed("holdings.csv", "2025-04-01/2026-04-01", "2026-04-01/2025-04-01"),
        "OPENING_CELL_INVALID",
    ),
    "no such day": (
        _changed("holdings.csv", "2025-04-01/2026-04-01", "2025-02-30/2026-04-01"),
        "OPENING_CELL_INVALID",
    ),
    "account twice": (_changed("accounts.csv", "OLD-2", "OLD-1"), "OPENING_ROW_TWICE"),
    "total twice": (_changed("totals.csv", "OLD-2", "OLD-1"), "OPENING_ROW_TWICE"),
    "serials too few": (_changed("holdings.csv", "0000100", "0000099"), "OPENING_SERIALS_WRONG"),
    "serials of two batches": (
        _changed("holdings.csv", "XX-2-30", "XX-3-30"),
        "OPENING_SERIALS_WRONG",
    ),
    "one end alone": (_changed("holdings.csv", ",7007", ","), "OPENING_SERIALS_WRONG"),
    "serials twice": (
        _changed("holdings.csv", "XX-1-0000201,XX-1-0000250", "XX-1-0000100,XX-1-0000149"),
        "OPENING_SERIALS_TWICE",
    ),
    "totals that differ": (_changed("totals.csv", ",150", ",151"), "OPENING_TOTALS_DIFFER"),
    "no total": (_changed("totals.csv", "OLD-3,CRD,7\n", ""), "OPENING_TOTALS_DIFFER"),
    "unit type unknown": (_changed("mapping.toml", '"KAU"', '"KOC"'), "OPENING_CODE_UNKNOWN"),
    "kind unknown": (_changed("mapping.toml", '"operator"', '"partner"'), "OPENING_CODE_UNKNOWN"),
    "holder unknown": (_changed("accounts.csv", "Operator K", ""), "OPENING_CODE_UNKNOWN"),
    "account unknown": (
        {name: text.replace("OLD-2,AAU", "OLD-7,AAU") for name, text in FILES.items()},
        "OPENING_CODE_UNKNOWN",
    ),
    "mapped account unknown": (
        {**FILES, "mapping.toml": MAPPING + '[accounts]\n"OLD-8" = "KR-ETRS-0000000-00"\n'},
        "OPENING_CODE_UNKNOWN",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused(name, world):
    """Each with its own code, and nothing is written."""
    files, code = BAD[name]
    given = {
        file: text if isinstance(text, bytes) else text.encode()
        for file, text in files.items()
        if text is not None
    }
    call = {"actor": world.system, "registry_id": world.home.pk, "at": world.at}
    error = refused(load, files=given, **call)
    assert error.code == code
    assert all(failure.data["file"] for failure in error.failures if "file" in failure.data)
    assert not OpeningBalance.objects.exists()


def test_every_row_is_told(world):
    """All errors of all rows come together, each with its file and row."""
    files = _changed("holdings.csv", ",100,", ",1e2,")
    files["holdings.csv"] = files["holdings.csv"].replace("2023", "MMXXIII")
    files["accounts.csv"] = files["accounts.csv"].replace("GOV", "XYZ")
    error = refused(_load, world, files)
    told = {
        (failure.data["file"], failure.data["row"], failure.data["column"])
        for failure in error.failures
    }
    assert told == {
        ("holdings.csv", "2", "quantity"),
        ("holdings.csv", "6", "vintage"),
        ("accounts.csv", "4", "kind"),
    }
