import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry.errors import RuleViolated
from registry.models import (
    Fact,
    Jurisdiction,
    Registry,
    Scheme,
    Source,
    UnitType,
    UnitTypeAlias,
)
from scenarios.models import LoadedRow
from scenarios.reference import DIRECTORY
from scenarios.services import load_reference as module
from scenarios.services.load_reference import load_reference

pytestmark = pytest.mark.django_db

CAP = {"subject": "scheme:KR-ETS", "param": "annual_cap", "valid_from": "2025-01-01"}


@pytest.fixture
def directory(tmp_path):
    return shutil.copytree(DIRECTORY, tmp_path / "reference")


def edit(directory, file, old, new):
    path = directory / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def counts(reports, what):
    return {report.table: getattr(report, what) for report in reports if getattr(report, what)}


def test_all_reference_data_is_there_after_the_load():
    """Every jurisdiction, scheme, registry, unit type, source and fact is a row."""
    load_reference()
    assert Jurisdiction.objects.count() == 15
    assert Scheme.objects.count() == 20
    assert Registry.objects.count() == 19
    assert UnitType.objects.count() == 37
    assert Source.objects.count() == 90
    assert Fact.objects.get(**CAP).value == "567100000"
    assert Fact.objects.filter(source_codes=[]).count() == 0


def test_relations_are_those_of_the_files():
    """Parents, schemes, issuing registries, conversions and aliases point where they should."""
    load_reference()
    assert Jurisdiction.objects.get(code="CN-SZ").parent.code == "CN-GD"
    assert Registry.objects.get(code="KR-ORS").jurisdiction.code == "KR"
    assert UnitType.objects.get(code="KOC").registry.code == "KR-ORS"
    assert UnitType.objects.get(code="KOC").converts_to.code == "KCU"
    assert UnitType.objects.get(code="ST-EXC").converts_to.code == "TK-SAI"
    assert UnitType.objects.get(code="TK-OG").transferable is False
    assert UnitTypeAlias.objects.get(alias="SZEA").unit_type.code == "SZA"


def test_names_are_read_in_the_language_of_the_reader(settings):
    """A unit type is named in the reader's language, and unofficial names are marked."""
    from django.utils import translation

    load_reference()
    allowance = UnitType.objects.get(code="KAU")
    with translation.override("ko"):
        assert allowance.name == "할당배출권"
    with translation.override("zh-hans"):
        assert allowance.name == "分配排放权（韩国）"
    assert allowance.names_unofficial == ["zh-hans", "ja"]


def test_a_second_load_changes_nothing():
    """All rows are unchanged the second time."""
    load_reference()
    again = load_reference()
    assert counts(again, "added") == counts(again, "updated") == counts(again, "kept") == {}
    assert sum(report.unchanged for report in again) == LoadedRow.objects.count()


def test_a_changed_file_changes_the_row_that_nobody_edited(directory):
    """A corrected value reaches the database with the next load."""
    load_reference()
    edit(directory, "unit_types.csv", "Korean Allowance Unit", "Korean allowance")
    assert counts(load_reference(directory=directory), "updated") == {"UnitType": 1}
    assert UnitType.objects.get(code="KAU").name_en == "Korean allowance"


def test_a_value_that_a_person_edited_is_kept(directory):
    """The load says so, and replaces it only when told to."""
    load_reference()
    Fact.objects.filter(**CAP).update(value="566000000", confidence="medium")
    edit(directory, "facts/markets.csv", "567.1 Mt", "567.10 Mt")
    kept = counts(load_reference(), "kept")
    assert list(kept) == ["Fact"]
    assert "annual_cap" in kept["Fact"][0]
    assert Fact.objects.get(**CAP).value == "566000000"
    assert counts(load_reference(overwrite=True), "updated") == {"Fact": 1}
    assert Fact.objects.get(**CAP).value == "567100000"


def test_a_row_that_a_person_removed_stays_away(directory):
    """Neither the same file nor a newer one brings it back, unless told to."""
    load_reference()
    Fact.objects.filter(**CAP).delete()
    edit(directory, "facts/markets.csv", "567.1 Mt", "567.10 Mt")
    for given in (DIRECTORY, directory):
        assert list(counts(load_reference(directory=given), "kept")) == ["Fact"]
        assert not Fact.objects.filter(**CAP).exists()
    assert counts(load_reference(overwrite=True), "added") == {"Fact": 1}
    assert Fact.objects.get(**CAP).value == "567100000"


def test_a_row_that_the_files_no_longer_have_stays(directory):
    """Units and accounts may hang on it: removing it is a person's decision."""
    load_reference()
    edit(directory, "unit_type_aliases.csv", "SZEA,SZA,", "SZEB,SZA,")
    load_reference(directory=directory)
    assert UnitTypeAlias.objects.filter(alias__in=["SZEA", "SZEB"]).count() == 2


def test_which_registries_a_node_hosts_is_its_own_choice():
    """A load says it for new registries only; the mechanism of Article 6.4 is elsewhere."""
    japan = Jurisdiction.objects.create(code="JP", level="party", name_en="Japan")
    tokyo = Jurisdiction.objects.create(
        code="JP-13", level="subnational", parent=japan, name_en="Tokyo"
    )
    scheme = Scheme.objects.create(
        code="JP-13-TCTP", jurisdiction=tokyo, kind="ets", name_en="Tokyo"
    )
    Registry.objects.create(
        code="JP-13-REG", scheme=scheme, jurisdiction=tokyo, name_en="Tokyo", hosted=False
    )
    load_reference(overwrite=True)
    assert not Registry.objects.get(code="JP-13-REG").hosted
    assert Registry.objects.get(code="JP-13-REG").name_en == "Tokyo reduction account book"
    assert Registry.objects.get(code="KR-ETRS").hosted
    assert not Registry.objects.get(code="A64-REG").hosted


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_gives_units_their_meaning_is_not_changed(directory, overwrite):
    """A unit type keeps its registry and kind for ever: all such changes are told, none made."""
    load_reference()
    edit(directory, "unit_types.csv", "KAU,KR-ETRS,allowance", "KAU,KR-ORS,credit")
    edit(directory, "unit_types.csv", "Beijing Emission Allowance", "Another name")
    with pytest.raises(RuleViolated) as refusal:
        load_reference(directory=directory, overwrite=overwrite)
    assert refusal.value.codes == ["REFERENCE_ROW_IS_FIXED"] * 2
    assert [failure.data["column"] for failure in refusal.value.failures] == ["registry", "kind"]
    assert UnitType.objects.get(code="BEA").name_en == "Beijing Emission Allowance"


def test_every_uncertain_value_is_a_row_with_source_and_confidence():
    """Uses, conversions, periods and calendars are facts beside the others."""
    load_reference()
    use = Fact.objects.get(subject="unit_type:TK-EXC", topic="use", param="JP-11-TSETS via ST-TK")
    assert (use.valid_from, use.confidence) == ("2011-04", "medium")
    period = Fact.objects.get(subject="scheme:JP-11-TSETS", topic="period", param="P1")
    assert (period.valid_from, period.valid_to) == ("2011-04-01", "2015-04-01")
    surrender = Fact.objects.get(subject="scheme:KR-ETS", param="surrender 2025")
    assert (surrender.value, surrender.jurisdiction.code) == ("2026-08-31", "KR")
    notice = Fact.objects.get(subject="scheme:CN-SH-ETS", param="surrender 2025")
    assert (notice.value, notice.condition) == ("2026-09-30/2026-12-31", "provisional")
    assert not Fact.objects.filter(confidence="").exists()


def test_every_row_says_where_it_comes_from_and_how_far_it_can_be_trusted():
    """Names and statuses are values too: their rows have sources that exist, and a confidence."""
    load_reference()
    known = set(Source.objects.values_list("code", flat=True))
    for model in (Jurisdiction, Scheme, Registry, UnitType, UnitTypeAlias, Fact):
        for row in model.objects.all():
            assert row.source_codes and known.issuperset(row.source_codes), row
            assert row.confidence in ("high", "medium", "low", "unknown"), row
    assert Registry.objects.get(code="CN-REG").source_codes == ["S12", "MEM"]
    assert Scheme.objects.get(code="CN-BJ-ETS").confidence == "medium"
    assert UnitTypeAlias.objects.get(alias="SZEA").is_official
    assert not UnitTypeAlias.objects.get(alias="iKOC").is_official


def test_a_fact_says_how_its_value_is_read_and_for_which_period():
    """Facts have the type and the period of the files; those of tables and calendars as well."""
    load_reference()

    def read(**wanted):
        fact = Fact.objects.get(**wanted)
        return fact.value, fact.value_type, fact.period

    assert read(**CAP) == ("567100000", "integer", "2025")
    assert read(subject="scheme:KR-ETS", param="surrender 2025") == ("2026-08-31", "date", "2025")
    assert read(subject="scheme:CN-SH-ETS", param="surrender 2025") == (
        "2026-09-30/2026-12-31",
        "date_range",
        "2025",
    )
    assert read(subject="unit_type:KOC", topic="conversion") == ("1", "rational", "")
    assert read(subject="scheme:JP-11-TSETS", topic="period", param="P1")[2] == "P1"
    unknown = Fact.objects.filter(value_type="unknown")
    assert unknown.exists()
    assert set(unknown.values_list("value", "confidence")) == {("", "unknown")}


def test_rows_of_an_older_version_gain_what_its_tables_had_no_columns_for(monkeypatch):
    """Columns that came later are filled, but for a row that a person had edited before."""
    with monkeypatch.context() as older:
        rows_of = module.rows_of
        older.setattr(
            module,
            "rows_of",
            lambda target, reference, places: [
                {name: row[name] for name in row if name not in target.later}
                for row in rows_of(target, reference, places)
            ],
        )
        load_reference()
    assert not Jurisdiction.objects.exclude(source_codes=[]).exists()
    assert not Fact.objects.exclude(value_type="", period="").exists()
    Scheme.objects.filter(code="KR-ETS").update(status="edited")
    reports = load_reference()
    assert counts(reports, "kept") == {"Scheme": ['["KR-ETS"]']}
    assert not Jurisdiction.objects.filter(source_codes=[]).exists()
    assert Fact.objects.get(**CAP).period == "2025"
    assert counts(load_reference(), "updated") == {}


def test_the_command_tells_what_it_did():
    """A line for each table, and a line for each row that it kept."""
    out = StringIO()
    call_command("load_reference", stdout=out)
    assert "UnitType: 37 added, 0 updated, 0 unchanged." in out.getvalue()
    Source.objects.filter(code="S01").update(years="2017")
    out = StringIO()
    call_command("load_reference", stdout=out)
    assert "Source: 0 added, 0 updated, 89 unchanged." in out.getvalue()
    assert '["S01"]' in out.getvalue()


def test_the_command_writes_nothing_of_a_broken_file(directory):
    """Every broken row is told with file, line and column, and no table has a row."""
    edit(directory, "unit_types.csv", "Korean Allowance Unit", "")
    edit(directory, "facts/markets.csv", "567100000", "567.1")
    with pytest.raises(CommandError) as refusal:
        call_command("load_reference", directory=str(directory))
    text = str(refusal.value)
    assert "unit_types.csv:33: name_en: The cell is empty. Give a value. [CELL_EMPTY]" in text
    assert "facts/markets.csv:" in text
    for model in (Source, Jurisdiction, Fact, UnitType, LoadedRow):
        assert not model.objects.exists()


def test_a_directory_that_is_not_there_is_told(tmp_path):
    """Each missing file is a line of the message."""
    with pytest.raises(CommandError) as refusal:
        call_command("load_reference", directory=str(tmp_path / "nowhere"))
    assert str(refusal.value).count("FILE_UNREADABLE") == 16
