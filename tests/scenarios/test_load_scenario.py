import csv
import shutil
import threading
from collections import defaultdict
from datetime import UTC, datetime
from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from registry.models import (
    Account,
    AccountHolder,
    Approval,
    Holding,
    Issuance,
    LogLeaf,
    Mark,
    Person,
    Position,
    Posting,
    Source,
    Transaction,
    UnitTypeAlias,
    Use,
)
from registry.selectors.holdings import UNITS, held
from scenarios.broken import Broken
from scenarios.management.keeping import finish, keep_up
from scenarios.models import LoadedScenario
from scenarios.plan import Place, make_plan
from scenarios.reference import DIRECTORY, read_reference
from scenarios.script import ROOT
from scenarios.script_rules import checked_script
from scenarios.services import load_scenario as module
from scenarios.services.load_reference import load_reference
from scenarios.services.load_scenario import load_scenario
from tests import databases

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
# Few operators, and each kind of step but auction: quick to load again and again.
SMALL = {"KR-ORS", "JP-JCM-REG", "JP-JCREDIT-REG"}


def quiet(text):
    """Where the lines of progress go when nobody reads them."""


@pytest.fixture(scope="module")
def full(django_db_setup, django_db_blocker):
    """A database with the whole of northeast_asia in it; the lines that the load told."""
    told = []

    def tell(text):
        told.append(text)
        keep_up()

    with django_db_blocker.unblock(), databases.fresh():
        load_scenario("northeast_asia", at=AT, tell=tell)
        finish()
        yield told


@pytest.fixture
def small(tmp_path):
    """A root with one scenario: northeast_asia, cut down to a few small registries."""
    directory = tmp_path / "small"
    shutil.copytree(ROOT / "northeast_asia", directory)
    heading = directory / "scenario.toml"
    heading.write_text(heading.read_text().replace("northeast_asia", "small"))
    keep(directory / "year.csv", lambda row: row["registry"] in SMALL)
    keep(
        directory / "operators.csv",
        lambda row: row["prefix"] in ("KR-POWER", "KR-PROJECT", "JP-JC-PROJECT", "JP-JCM-PROJECT"),
    )
    return tmp_path


def keep(path, wanted):
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows = [row for row in reader if wanted(row)]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, reader.fieldnames, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def planned(directory):
    """What each place holds in the end, by the plan."""
    reference = read_reference()
    plan = make_plan(checked_script(directory, reference), reference)
    return {key: units for key, units in plan.balances.items() if units}


def in_the_ledger():
    """What each place holds, by the ledger."""
    found = defaultdict(int)
    rows = (
        held()
        .values(
            "registry__code",
            "account__holder__code",
            "account__kind",
            "unit_type__code",
            "issuance__vintage_label",
        )
        .annotate(units=UNITS)
    )
    for row in rows:
        place = Place(row["registry__code"], row["account__holder__code"] or row["account__kind"])
        found[(place, row["unit_type__code"], row["issuance__vintage_label"])] += row["units"]
    return dict(found)


def issued(unit_type):
    return sum(
        last - first + 1
        for first, last in Issuance.objects.filter(unit_type__code=unit_type).values_list(
            "first", "last"
        )
    )


def units_held(unit_type):
    return held().filter(unit_type__code=unit_type).aggregate(units=UNITS)["units"]


# The published caps of the latest year that the data has: Korea 567.1 Mt (S29), China about
# 8 Gt (S12, S04), the regional systems (S04, S13, S14); Chongqing and GX-ETS are assumed.
CAPS = {
    "KAU": 567_100_000,
    "CEA": 8_000_000_000,
    "BEA": 44_000_000,
    "SHEA": 105_000_000,
    "GDEA": 297_000_000,
    "SZA": 33_500_000,
    "TJEA": 74_000_000,
    "HBEA": 179_000_000,
    "FJEA": 116_200_000,
    "CQEA": 133_000_000,
    "GXA": 600_000_000,
}


@pytest.mark.parametrize(("unit_type", "tonnes"), CAPS.items())
def test_the_published_cap_is_issued_and_held(full, unit_type, tonnes):
    """What was issued is the published cap, and every unit of it is in exactly one place."""
    assert issued(unit_type) == tonnes
    assert units_held(unit_type) == tonnes


def test_every_operator_holds_what_the_plan_says(full):
    """All 10,000 places hold, by unit type and vintage, what a reckoning without ledger says."""
    assert in_the_ledger() == planned(ROOT / "northeast_asia")


def test_operators_are_synthetic_and_as_many_as_published(full):
    """Each is marked in the table and in its name; Korea has 59 + 713, China 3,700."""
    assert not AccountHolder.objects.exclude(name__endswith="(synthetic)").exists()
    assert not AccountHolder.objects.filter(is_synthetic=False).exists()
    operators = Account.objects.filter(kind="operator")
    assert operators.filter(registry__code="KR-ETRS").count() == 59 + 713
    assert operators.filter(registry__code="CN-REG").count() == 3_700


def test_tokyo_and_saitama_hold_credits_only(full):
    """No allowance was ever issued there."""
    kinds = Issuance.objects.filter(
        unit_type__registry__code__in=["JP-13-REG", "JP-11-REG"]
    ).values_list("unit_type__kind", flat=True)
    assert set(kinds) == {"credit"}


def test_the_government_and_the_auctions_keep_nothing(full):
    """All that was issued was handed out."""
    assert not held().filter(account__kind__in=["government", "auction"]).exists()


def test_every_transaction_has_two_persons_or_needs_none(full):
    """What a type wants approved was approved by another actor than its proposer."""
    completed = Transaction.objects.filter(status__in=[4, 20])
    assert completed.count() == Transaction.objects.count() == len(planned_steps())
    asked = completed.filter(type__approvals__gt=0)
    assert Approval.objects.count() == asked.count()
    assert not Person.objects.filter(is_system=False).exists()
    assert all(not person.has_usable_password() for person in Person.objects.all())


def planned_steps():
    reference = read_reference()
    return checked_script(ROOT / "northeast_asia", reference).year


def test_surrenders_say_for_whom_and_for_when(full):
    """Each range surrendered in Korea is for the holder's own obligation of 2025."""
    uses = Use.objects.filter(kind="surrender", unit_type__code="KAU")
    assert set(uses.values_list("period", flat=True)) == {"2025"}
    assert uses.values("entity").distinct().count() == 772
    total = sum(last - first + 1 for first, last in uses.values_list("first", "last"))
    assert total == 533_074_000


def test_one_freeze_is_lifted_and_one_stands(full):
    """5,000 CEA are frozen; Korea's 10,000 KAU are free again."""
    (standing,) = Mark.objects.filter(kind="freeze", released_at=None)
    assert standing.last - standing.first + 1 == 5_000
    assert standing.account.holder.code == "CN-INDUSTRY-0002"
    assert Mark.objects.filter(kind="freeze").exclude(released_at=None).count() >= 1
    assert not Mark.objects.filter(kind="reservation", released_at=None).exists()


def test_the_mistaken_transfer_is_reversed(full):
    """It has the status reversed, and the reversal points to it."""
    (original,) = Transaction.objects.filter(status=Transaction.Status.REVERSED)
    assert original.key.endswith("/kau25-mistaken")
    assert original.reversals.get().key.endswith("/kau25-reversal")


def test_a_conversion_is_one_for_one_in_two_registries(full):
    """600,000 KOC lie in the account of converted units; as many KCU were issued for them."""
    assert issued("KCU") == 600_000
    converted = held().filter(account__kind="conversion", unit_type__code="KOC")
    assert converted.aggregate(units=UNITS)["units"] == 600_000
    assert issued("i-KCU") == 100_000


def test_a_second_call_changes_nothing(full):
    """It says that the scenario is there, and returns as if it had loaded it."""
    before = (Transaction.objects.count(), Holding.objects.count(), Posting.objects.count())
    out = StringIO()
    call_command("load_scenario", "northeast_asia", stdout=out)
    assert "already loaded" in out.getvalue()
    assert (Transaction.objects.count(), Holding.objects.count(), Posting.objects.count()) == before


def test_every_rule_of_the_ledger_holds(full):
    """The independent check finds nothing, in a ledger whose postings are all in the log."""
    assert LogLeaf.objects.count() == Posting.objects.count()
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert Position.objects.count() == Posting.objects.count()
    assert "8,000,000,000" in out.getvalue()


def test_progress_is_told_step_by_step(full):
    """A line for each registry's accounts and each step, with counts."""
    steps = [line for line in full if line.startswith("[")]
    assert len(steps) == len(planned_steps())
    assert any("kau25-issue: 1 lines, 567,100,000 units" in line for line in steps)
    assert "KR-ETRS: 777 accounts opened." in full


class Stopped(Exception):
    """Stands for whatever ends a process in the middle of a load."""


def stop_at(monkeypatch, name, count):
    """Let a function of the service end the load when it is called for the count-th time."""
    calls = iter(range(1, 10**6))
    original = getattr(module, name)

    def stopping(*args, **kwargs):
        if next(calls) == count:
            raise Stopped
        return original(*args, **kwargs)

    monkeypatch.setattr(module, name, stopping)


@pytest.mark.parametrize(
    ("where", "count"),
    [("propose_step", 1), ("propose_step", 9), ("approve", 3), ("open_accounts", 2)],
)
def test_a_load_that_was_broken_off_goes_on(fresh_database, small, monkeypatch, where, count):
    """Wherever it stopped, the next call does the rest, and no step twice."""
    with monkeypatch.context() as broken, pytest.raises(Stopped):
        stop_at(broken, where, count)
        load_scenario("small", at=AT, tell=quiet, root=small)
    record = LoadedScenario.objects.get()
    assert record.completed_at is None
    done = Transaction.objects.count()
    told = []
    assert not load_scenario("small", at=AT, tell=told.append, root=small).already
    assert in_the_ledger() == planned(small / "small")
    assert Transaction.objects.count() == record.step_count
    assert len([line for line in told if line.startswith("[")]) == record.step_count - done
    assert load_scenario("small", at=AT, tell=quiet, root=small).already


def test_a_step_that_was_not_approved_leaves_nothing(fresh_database, small, monkeypatch):
    """Proposal and approval are one: a stop between them takes the proposal back as well."""
    stop_at(monkeypatch, "approve", 1)
    with pytest.raises(Stopped):
        load_scenario("small", at=AT, tell=quiet, root=small)
    assert not Transaction.objects.exists()
    assert not Mark.objects.exists()


def test_a_broken_off_load_of_other_files_is_refused(fresh_database, small, monkeypatch):
    """It names the version and says what can be done; nothing more is written."""
    with monkeypatch.context() as broken, pytest.raises(Stopped):
        stop_at(broken, "propose_step", 4)
        load_scenario("small", at=AT, tell=quiet, root=small)
    done = Transaction.objects.count()
    year = small / "small" / "year.csv"
    year.write_text(year.read_text(encoding="utf-8").replace("1500000,25", "1500000,24"))
    with pytest.raises(Broken) as refusal:
        load_scenario("small", at=AT, tell=quiet, root=small)
    assert refusal.value.code == "SCENARIO_CHANGED"
    assert Transaction.objects.count() == done


def test_a_completed_load_stays_when_its_files_change(fresh_database, small):
    """The ledger keeps what was loaded; a newer edition is for another database."""
    load_scenario("small", at=AT, tell=quiet, root=small)
    held_before = in_the_ledger()
    year = small / "small" / "year.csv"
    year.write_text(year.read_text(encoding="utf-8").replace("1500000,25", "1500000,24"))
    assert load_scenario("small", at=AT, tell=quiet, root=small).already
    assert in_the_ledger() == held_before


def test_a_completed_load_brings_newer_reference_data(fresh_database, small, monkeypatch, tmp_path):
    """What a newer version's files add or correct arrives, and what was edited here stays."""
    load_scenario("small", at=AT, tell=quiet, root=small)
    newer = shutil.copytree(DIRECTORY, tmp_path / "reference")
    sources, aliases = newer / "sources.csv", newer / "unit_type_aliases.csv"
    sources.write_text(sources.read_text(encoding="utf-8").replace(",2015-2026,", ",2015-2027,"))
    aliases.write_text(aliases.read_text(encoding="utf-8") + "Korean unit,KAU,no,spoken,MEM,low\n")
    Source.objects.filter(code="S01").update(years="2017")
    monkeypatch.setattr(module, "load_reference", partial(load_reference, directory=newer))
    told = []
    assert load_scenario("small", at=AT, tell=told.append, root=small).already
    assert told == ["Reference data: 1 rows added, 1 updated, 1 kept as edited."]
    assert UnitTypeAlias.objects.get(alias="Korean unit").unit_type.code == "KAU"
    assert Source.objects.get(code="S03").years == "2015-2027"
    assert Source.objects.get(code="S01").years == "2017"


def test_two_loads_at_once_do_not_mix(fresh_database, small):
    """The second is refused while the first holds the scenario."""
    held_lock, may_end = threading.Event(), threading.Event()

    def hold():
        with module._alone("small"):
            held_lock.set()
            may_end.wait(30)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert held_lock.wait(30)
        with pytest.raises(Broken) as refusal:
            load_scenario("small", at=AT, tell=quiet, root=small)
    finally:
        may_end.set()
        other.join()
    assert refusal.value.code == "SCENARIO_BUSY"
    assert not Transaction.objects.exists()
    assert not load_scenario("small", at=AT, tell=quiet, root=small).already


def test_a_script_that_moves_what_nobody_has_writes_nothing(fresh_database, small):
    """The plan refuses it before the first row."""
    year = small / "small" / "year.csv"
    year.write_text(year.read_text(encoding="utf-8").replace("900000,60", "2900000,60"))
    with pytest.raises(Broken) as refusal:
        load_scenario("small", at=AT, tell=quiet, root=small)
    assert refusal.value.code == "PLAN_SHORT_OF_UNITS"
    assert not LoadedScenario.objects.exists()
    assert not AccountHolder.objects.exists()


def test_an_unknown_scenario_names_those_that_there_are(fresh_database):
    """The command ends with an error that lists them."""
    with pytest.raises(CommandError) as refusal:
        call_command("load_scenario", "northwest_asia")
    assert "northeast_asia" in str(refusal.value)
    assert "SCENARIO_UNKNOWN" in str(refusal.value)


def test_the_command_tells_every_broken_row_and_writes_nothing(fresh_database, small, monkeypatch):
    """Two broken cells are two lines with file, line and column."""
    year = small / "small" / "year.csv"
    text = year.read_text(encoding="utf-8")
    year.write_text(
        text.replace("koc24-issue,2025-03-03", "koc24-issue,2025-13-03", 1).replace(
            "koc24-cancel,2026-05-11,KR-ORS", "koc24-cancel,2026-05-11,KR ORS", 1
        )
    )
    monkeypatch.setattr(module.load_scenario, "__kwdefaults__", {"root": small})
    with pytest.raises(CommandError) as refusal:
        call_command("load_scenario", "small")
    assert str(refusal.value).count("\nyear.csv:") == 2
    assert str(refusal.value).count("CELL_NOT_ACCEPTED") == 2
    assert not LoadedScenario.objects.exists()
