import shutil
from datetime import date

import pytest

from scenarios.reference import DIRECTORY, read_reference
from scenarios.tables import BrokenFiles


@pytest.fixture(scope="module")
def reference():
    return read_reference()


@pytest.fixture
def directory(tmp_path):
    return shutil.copytree(DIRECTORY, tmp_path / "reference")


def edit(directory, file, old, new):
    """Replace the first `old` in a file; the line on which it stood."""
    path = directory / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def problems_of(directory):
    with pytest.raises(BrokenFiles) as refusal:
        read_reference(directory)
    return refusal.value.problems


KAU = "KAU,KR-ETRS,allowance,allowance,tCO2e,1,yes,calendar_year,KAU{yy}"
SEOUL = "KR-11,subnational,KR,KR-11,Asia/Seoul,KRW,Seoul"
CAP = "scheme:KR-ETS,cap,annual_cap,567100000,integer,tCO2e,2025-01-01,2026-01-01"

# file, what stands there, what is put there, column, code
BROKEN_ROWS = [
    ("unit_types.csv", KAU, KAU.replace("KR-ETRS", "KR-ETRX"), "registry", "CODE_UNKNOWN"),
    ("unit_types.csv", KAU, KAU.replace("KAU,", "K AU,"), "code", "CELL_NOT_ACCEPTED"),
    ("unit_types.csv", KAU, KAU.replace("allowance,", "permit,", 1), "kind", None),
    ("unit_types.csv", KAU, KAU.replace(",1,", ",0,"), "tonnes_per_unit", None),
    ("unit_types.csv", KAU, KAU.replace(",1,", ",1/0,"), "tonnes_per_unit", None),
    ("unit_types.csv", KAU, KAU.replace(",1,", ",1e0,"), "tonnes_per_unit", None),
    ("unit_types.csv", KAU, KAU.replace("yes", "Yes"), "transferable", None),
    ("unit_types.csv", KAU, KAU.replace("{yy}", "{n}"), "label_forms", None),
    ("unit_types.csv", KAU, KAU.replace("calendar_year", "lunar_year"), "vintage_rule", None),
    ("unit_types.csv", KAU, KAU + ",more", "confidence", "ROW_WIDTH_WRONG"),
    ("unit_types.csv", KAU, KAU.replace(",tCO2e", ""), "confidence", "ROW_WIDTH_WRONG"),
    ("unit_types.csv", KAU, KAU.replace("KAU,", "KOC,"), "code", "ROW_REPEATED"),
    ("unit_types.csv", "Korean Allowance Unit", "", "name_en", "CELL_EMPTY"),
    ("unit_types.csv", "Korean Allowance Unit", " Korean", "name_en", "CELL_HAS_STRAY_SPACE"),
    ("unit_types.csv", "Korean Allowance Unit", "K\x07U", "name_en", "CELL_HAS_STRAY_SPACE"),
    ("unit_types.csv", "Korean Allowance Unit", "K" * 201, "name_en", "CELL_TOO_LONG"),
    ("unit_types.csv", "zh_hans;ja,S03,high", "zh;ja,S03,high", "names_unofficial", None),
    ("unit_types.csv", "zh_hans;ja,S03,high", "ja;ja,S03,high", "names_unofficial", None),
    ("unit_types.csv", "zh_hans;ja,S03,high", "ja,S03,sure", "confidence", None),
    ("unit_types.csv", "code,registry", "code,book", "registry", "HEADER_WRONG"),
    ("jurisdictions.csv", SEOUL, SEOUL.replace(",KR,", ",,", 1), "parent", "PARENT_WRONG"),
    (
        "jurisdictions.csv",
        SEOUL,
        SEOUL.replace("subnational,KR,", "subnational,KR-11,"),
        "parent",
        "ROW_REFERS_TO_ITSELF",
    ),
    ("jurisdictions.csv", "Asia/Seoul", "Asia/Gangnam", "time_zone", "CELL_NOT_ACCEPTED"),
    ("jurisdictions.csv", "Asia/Seoul", "../../etc/passwd", "time_zone", "CELL_NOT_ACCEPTED"),
    ("jurisdictions.csv", "KRW", "won", "currency", "CELL_NOT_ACCEPTED"),
    ("schemes.csv", "2015-01-01", "2015-13-01", "started", "CELL_NOT_ACCEPTED"),
    ("schemes.csv", "2015-01-01", "01.01.2015", "started", "CELL_NOT_ACCEPTED"),
    (
        "periods.csv",
        "2015-01-01,2018-01-01",
        "2015-01-01,2015-01-01",
        "ends_before",
        "INTERVAL_EMPTY",
    ),
    (
        "calendar_events.csv",
        "2026-09-30,2026-12-31",
        "2027-09-30,2026-12-31",
        "latest_date",
        "INTERVAL_EMPTY",
    ),
    ("unit_type_conversions.csv", "KOC,KCU,1", "KOC,KOC,1", "to_unit_type", "ROW_REFERS_TO_ITSELF"),
    (
        "unit_type_conversions.csv",
        "ST-EXC,TK-SAI",
        "TK-SAI,ST-EXC,1,,S43,high\nST-EXC,TK-SAI",
        "to_unit_type",
        "ROW_REFERS_TO_ITSELF",
    ),
    ("unit_type_conversions.csv", "KOC,KCU,1", "KOC,KCU,0", "ratio", "NUMBER_NOT_POSITIVE"),
    ("unit_type_aliases.csv", "SZEA,SZA", "KAU,SZA", "alias", "ALIAS_IS_A_CODE"),
    ("unit_type_uses.csv", "CEA,CN-ETS", "CEA,CN-EST", "scheme", "CODE_UNKNOWN"),
    ("facts/markets.csv", CAP, CAP.replace("567100000", "567.1"), "value", None),
    ("facts/markets.csv", CAP, CAP.replace("567100000", ""), "value", "CELL_EMPTY"),
    ("facts/markets.csv", CAP, CAP.replace("567100000", "-1"), "value", None),
    ("facts/markets.csv", CAP, CAP.replace("KR-ETS", "KR-ETZ"), "subject", "SUBJECT_UNKNOWN"),
    (
        "facts/markets.csv",
        CAP,
        CAP.replace("integer", "unknown"),
        "confidence",
        "FACT_UNKNOWN_HALF",
    ),
    (
        "facts/markets.csv",
        CAP,
        CAP.replace("2026-01-01", "2024-01-01"),
        "valid_to",
        "INTERVAL_EMPTY",
    ),
    (
        "facts/rules.csv",
        "TK-EXC;TK-SME,unit_types",
        "TK-EXC;TK-SM,unit_types",
        "value",
        "CODE_UNKNOWN",
    ),
    ("facts/rules.csv", ",1/3,rational", ",0.33.3,rational", "value", "CELL_NOT_ACCEPTED"),
    ("facts/rules.csv", "08-31,month_day", "08-32,month_day", "value", "CELL_NOT_ACCEPTED"),
    (
        "facts/rules.csv",
        ",unknown,,2026-01-01",
        ",text,,2026-01-01",
        "confidence",
        "FACT_UNKNOWN_HALF",
    ),
    ("sources.csv", "S01,report", "S02,report", "code", "ROW_REPEATED"),
    ("sources.csv", "S01,report,", 'S01,"report,', "-", "ROW_UNREADABLE"),
]


@pytest.mark.parametrize(("file", "old", "new", "column", "code"), BROKEN_ROWS)
def test_a_broken_row_is_told_by_file_line_and_column(directory, file, old, new, column, code):
    """Each broken cell is found where it stands, with what is wrong and how to mend it."""
    line = edit(directory, file, old, new)
    if code == "ROW_REPEATED":
        # The second of two equal rows is the one too many.
        line += 1
    problems = problems_of(directory)
    places = [(problem.file, problem.line, problem.column) for problem in problems]
    assert (file, line, column) in places
    problem = problems[places.index((file, line, column))]
    assert code in (None, problem.code)
    assert problem.broken.message % problem.broken.data
    assert problem.broken.hint % problem.broken.data


def test_all_broken_rows_are_told_at_once(directory):
    """Three broken cells in two files are three problems, in the order of files and lines."""
    edit(directory, "unit_types.csv", "Korean Allowance Unit", "")
    edit(directory, "unit_types.csv", "China Emission Allowance", "")
    edit(directory, "jurisdictions.csv", "KRW", "won")
    assert [(p.file, p.line, p.column) for p in problems_of(directory)] == [
        ("jurisdictions.csv", 4, "currency"),
        ("unit_types.csv", 2, "name_en"),
        ("unit_types.csv", 33, "name_en"),
    ]


def test_a_missing_file_is_told(directory):
    """A file that is not there is a problem of its own, not a stack trace."""
    (directory / "periods.csv").unlink()
    assert [(p.file, p.code) for p in problems_of(directory)] == [
        ("periods.csv", "FILE_UNREADABLE")
    ]


def test_an_empty_file_lacks_its_header(directory):
    """An empty file is not a table without rows."""
    (directory / "periods.csv").write_bytes(b"")
    assert [p.code for p in problems_of(directory)] == ["HEADER_WRONG"]


def test_another_encoding_is_told_with_its_line(directory):
    """Text that is not UTF-8 is refused where it begins to be wrong."""
    path = directory / "jurisdictions.csv"
    path.write_bytes(path.read_bytes().replace("東京都".encode(), "東京都".encode("shift_jis")))
    problems = problems_of(directory)
    assert [(p.file, p.line, p.code) for p in problems] == [
        ("jurisdictions.csv", 13, "FILE_NOT_UTF8")
    ]


def test_a_byte_order_mark_and_windows_lines_do_no_harm(directory, reference):
    """What a spreadsheet program saves reads the same."""
    path = directory / "jurisdictions.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_reference(directory).jurisdictions == reference.jurisdictions


def test_the_same_fact_in_two_files_is_told(directory):
    """A fact is stated once, whichever file it stands in."""
    header, row = "facts/schemes.csv", CAP + ",2025,,,S29,high\n"
    path = directory / header
    path.write_text(path.read_text(encoding="utf-8") + row, encoding="utf-8")
    assert [p.code for p in problems_of(directory)] == ["FACT_REPEATED"]


def test_what_is_there(reference):
    """The Parties, the places, the schemes with their registries, and 37 unit types."""
    parties = {row["code"] for row in reference.jurisdictions if row["level"] == "party"}
    assert parties == {"CN", "JP", "KR"}
    assert len(reference.jurisdictions) == 15
    assert len(reference.schemes) == 20
    assert len(reference.registries) == 19
    assert len(reference.unit_types) == 37


def test_a_jurisdiction_can_have_several_registries(reference):
    """Korea has its emissions trading registry and the offset registry; China and Japan too."""
    scheme = {row["code"]: row["jurisdiction"] for row in reference.schemes}
    registries = {}
    for row in reference.registries:
        registries.setdefault(scheme[row["scheme"]], []).append(row["code"])
    assert registries["KR"] == ["KR-ETRS", "KR-ORS"]
    assert registries["CN"] == ["CN-REG", "CN-CCER-REG"]
    assert set(registries["JP"]) == {"JP-GX-REG", "JP-GXL-REG", "JP-JCREDIT-REG", "JP-JCM-REG"}


@pytest.mark.parametrize(
    ("subject", "param", "valid_from", "tonnes"),
    [
        # 567.1 Mt for each of 2024 and 2025, without reserves (S29).
        ("scheme:KR-ETS", "annual_cap", date(2025, 1, 1), 567_100_000),
        # About 8 Gt for 2024, with steel, cement and aluminium (S12, S04).
        ("scheme:CN-ETS", "annual_cap", date(2024, 1, 1), 8_000_000_000),
        # ICAP's figures of 2025 through a secondary source (S04; S13, S14).
        ("scheme:CN-BJ-ETS", "annual_cap", date(2022, 1, 1), 44_000_000),
        ("scheme:CN-SH-ETS", "annual_cap", date(2023, 1, 1), 105_000_000),
        ("scheme:CN-GD-ETS", "annual_cap", date(2023, 1, 1), 297_000_000),
        ("scheme:CN-SZ-ETS", "annual_cap", date(2024, 1, 1), 33_500_000),
        ("scheme:CN-TJ-ETS", "annual_cap", date(2023, 1, 1), 74_000_000),
        ("scheme:CN-HB-ETS", "annual_cap", date(2023, 1, 1), 179_000_000),
        ("scheme:CN-FJ-ETS", "annual_cap", date(2022, 1, 1), 116_200_000),
        ("scheme:JP-13-TCTP", "annual_cap", date(2024, 4, 1), 12_200_000),
    ],
)
def test_published_caps(reference, subject, param, valid_from, tonnes):
    """The caps are the published ones, in whole tonnes."""
    assert reference.fact(subject, "cap", param, valid_from)["value"] == str(tonnes)


def test_phase_4_of_korea_adds_up(reference):
    """Pre-allocation, other reserve and stabilisation reserve are phase 4, to the rounding."""
    start = date(2026, 1, 1)

    def cap(param):
        return int(reference.fact("scheme:KR-ETS", "cap", param, start)["value"])

    parts = sum(
        cap(param)
        for param in ("phase_pre_allocation", "phase_reserve_other", "phase_reserve_stabilisation")
    )
    # Published to 10,000 t each: 2,362.99 + 89.04 + 85.28 Mt against 2,537.295393 Mt.
    assert abs(parts - cap("phase_total")) <= 3 * 10_000
    assert cap("phase_pre_allocation_power") + cap("phase_pre_allocation_other") == cap(
        "phase_pre_allocation"
    )


def test_every_fact_has_a_source(reference):
    """No value stands without a source; one from memory alone is never of high confidence
    unless it says that something is not allowed."""
    for row in reference.facts:
        assert row["sources"]
        if row["sources"] == ("MEM",) and row["confidence"] == "high":
            assert row["value"] in ("no", None)


def test_the_jurisdiction_of_a_subject(reference):
    """A fact about a unit type belongs to the jurisdiction whose scheme issues it."""
    assert reference.jurisdiction_of("unit_type:KOC") == "KR"
    assert reference.jurisdiction_of("unit_type:TK-EXC") == "JP-13"
    assert reference.jurisdiction_of("scheme:CN-SZ-ETS") == "CN-SZ"
    assert reference.jurisdiction_of("registry:A64-REG") == "UNFCCC"
    assert reference.jurisdiction_of("jurisdiction:JP") == "JP"


def test_names_are_in_four_languages(reference):
    """Everything named has a name in each language; what no official source says is marked."""
    for table in ("jurisdictions", "schemes", "registries", "unit_types"):
        for row in getattr(reference, table):
            assert all(row[f"name_{language}"] for language in ("en", "zh_hans", "ja", "ko"))
            assert row["names_unofficial"]
