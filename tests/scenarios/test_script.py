import shutil

import pytest

from scenarios.reference import read_reference
from scenarios.script import ROOT, holder_code, operators_at, read_script, scenario_names
from scenarios.script_rules import checked_script
from scenarios.tables import BrokenFiles


@pytest.fixture(scope="module")
def reference():
    return read_reference()


@pytest.fixture
def directory(tmp_path):
    return shutil.copytree(ROOT / "northeast_asia", tmp_path / "northeast_asia")


def edit(directory, file, old, new):
    path = directory / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


ISSUE = (
    "kau25-issue,2025-01-02,KR-ETRS,issue,KAU,KAU25,,government,567100000,1,,,"
    "scheme:KR-ETS cap annual_cap 2025-01-01"
)
CONVERT = "koc24-convert,2026-04-01,KR-ORS,convert,KOC,KOC24-29,KR-POWER,KCU25"
RELEASE = "KR-INDUSTRY-003,,10000,1,,kau25-freeze"

BROKEN_ROWS = [
    ("year.csv", ISSUE, ISSUE.replace("567100000", "567000000"), "tonnes", "FACT_DIFFERS"),
    ("year.csv", ISSUE, ISSUE.replace("2025-01-01", "2035-01-01"), "fact", "FACT_UNKNOWN"),
    ("year.csv", ISSUE, ISSUE.replace("annual_cap ", "annual_cap"), "fact", "FACT_UNKNOWN"),
    ("year.csv", ISSUE, ISSUE.replace("567100000", "567.1"), "tonnes", "CELL_NOT_ACCEPTED"),
    ("year.csv", ISSUE, ISSUE.replace("567100000", "0"), "tonnes", "CELL_NOT_ACCEPTED"),
    ("year.csv", ISSUE, ISSUE.replace("567100000", "-5"), "tonnes", "CELL_NOT_ACCEPTED"),
    ("year.csv", ISSUE, ISSUE.replace("567100000", "9223372036854775808"), "tonnes", None),
    ("year.csv", ISSUE, ISSUE.replace("KAU,KAU25", "KAU,KAU2025"), "vintage", None),
    ("year.csv", ISSUE, ISSUE.replace("KAU,KAU25", "KAV,KAU25"), "unit_type", "CODE_UNKNOWN"),
    ("year.csv", ISSUE, ISSUE.replace("KR-ETRS", "KR-ORS"), "registry", "REGISTRY_WRONG"),
    ("year.csv", ISSUE, ISSUE.replace("government", "auction"), "destination", "PLACE_WRONG"),
    ("year.csv", ISSUE, ISSUE.replace("government", "KR-PROJECT"), "destination", None),
    ("year.csv", ISSUE, ISSUE.replace("government", ""), "destination", "PLACE_WRONG"),
    ("year.csv", ISSUE, ISSUE.replace(",issue,", ",print,"), "step", "CELL_NOT_ACCEPTED"),
    ("year.csv", ISSUE, ISSUE.replace(",1,,,", ",1,2025,,"), "period", "PERIOD_WRONG"),
    ("year.csv", ISSUE, ISSUE.replace(",1,,,", ",1,,kau25-freeze,"), "undoes", "UNDOES_WRONG"),
    ("year.csv", CONVERT, CONVERT.replace("KCU25", "KAU25"), "destination", None),
    ("year.csv", CONVERT, CONVERT.replace(",KCU25", ","), "destination", "PLACE_WRONG"),
    ("year.csv", RELEASE, RELEASE.replace("kau25-freeze", "kau25-trade"), "undoes", None),
    (
        "year.csv",
        "kau25-release,2026-03-05",
        "kau25-release,2026-02-02",
        "undoes",
        "UNDOES_WRONG",
    ),
    ("year.csv", RELEASE, RELEASE.replace("10000", "9000"), "undoes", "UNDOES_WRONG"),
    ("year.csv", "KR-POWER-005,KR", "KR-POWER-060,KR", "source", "PLACE_WRONG"),
    ("year.csv", "KR-POWER-005,KR", "KR-POWER-5,KR", "source", "PLACE_WRONG"),
    ("year.csv", "12000,12,,,,assumed: voluntary cancellations", "12000,12,,,,", "reason", None),
    ("year.csv", "12000,12,,", "12000,12001,,", "lines", "LINES_TOO_MANY"),
    ("operators.csv", "power,59,", "power,60,", "operators", "FACT_DIFFERS"),
    ("operators.csv", "mixed,882,", "mixed,881,", "operators", "FACT_DIFFERS"),
    ("operators.csv", ",44000000,", ",44000001,", "tonnes", "FACT_DIFFERS"),
    ("operators.csv", "projects,25,,2000000", "projects,25,,24", "tonnes", "SIZE_TOO_SMALL"),
    ("operators.csv", "KR-ETRS;KR-ORS", "KR-ETRS;KR-ARS", "accounts", "CODE_UNKNOWN"),
    ("operators.csv", "KR-POWER,KR,", "KR-POWER,KP,", "jurisdiction", "CODE_UNKNOWN"),
    ("scenario.toml", "version = 1", 'version = "1"', "version", "SCENARIO_HEADING_WRONG"),
    ("scenario.toml", "version = 1", "", "version", "SCENARIO_HEADING_WRONG"),
    ("scenario.toml", "version = 1", "version = 1\nsize = 2", "size", "SCENARIO_HEADING_WRONG"),
    ("scenario.toml", "version = 1", "version =", "-", "SCENARIO_HEADING_WRONG"),
]


@pytest.mark.parametrize(("file", "old", "new", "column", "code"), BROKEN_ROWS)
def test_a_broken_row_is_told_by_file_line_and_column(
    directory, reference, file, old, new, column, code
):
    """Each broken cell is found where it stands, with what is wrong and how to mend it."""
    line = edit(directory, file, old, new)
    if file == "scenario.toml":
        # The heading is told as a whole.
        line = 1
    with pytest.raises(BrokenFiles) as refusal:
        checked_script(directory, reference)
    problems = refusal.value.problems
    places = [(problem.file, problem.line, problem.column) for problem in problems]
    assert (file, line, column) in places
    problem = problems[places.index((file, line, column))]
    assert code in (None, problem.code)
    assert problem.broken.message % problem.broken.data
    assert problem.broken.hint % problem.broken.data


def test_all_broken_rows_are_told_at_once(directory, reference):
    """A wrong cap and a wrong count in two files are both told."""
    edit(directory, "year.csv", ISSUE, ISSUE.replace("567100000", "567000000"))
    edit(directory, "operators.csv", "mixed,882,", "mixed,881,")
    with pytest.raises(BrokenFiles) as refusal:
        checked_script(directory, reference)
    assert [(p.file, p.code) for p in refusal.value.problems] == [
        ("operators.csv", "FACT_DIFFERS"),
        ("year.csv", "FACT_DIFFERS"),
    ]


def test_a_row_that_cannot_be_read_hides_no_other(directory, reference):
    """A cell that is no number and a wrong cap in the same file are both told."""
    edit(directory, "year.csv", ISSUE, ISSUE.replace("567100000", "567000000"))
    edit(directory, "year.csv", "8000000000,1,", "8Gt,1,")
    with pytest.raises(BrokenFiles) as refusal:
        checked_script(directory, reference)
    assert [p.code for p in refusal.value.problems] == ["FACT_DIFFERS", "CELL_NOT_ACCEPTED"]


def test_the_digest_is_that_of_the_content(directory):
    """Any change of a file makes another digest: what was loaded is known exactly."""
    before = read_script(directory, []).digest
    assert read_script(directory, []).digest == before
    edit(directory, "year.csv", "kau25-cancel,2026-09-01", "kau25-cancel,2026-09-02")
    assert read_script(directory, []).digest != before


def test_the_scenarios_that_can_be_loaded():
    """Each directory with a scenario.toml is a scenario, under the name that it says."""
    assert scenario_names() == ["northeast_asia"]
    for name in scenario_names():
        assert read_script(ROOT / name, []).name == name


def test_operators_are_found_by_group_and_by_number():
    """A group's prefix names all its operators, a code one of them, and nothing else any."""
    script = read_script(ROOT / "northeast_asia", [])
    power, beijing = script.group("KR-POWER"), script.group("CN-BJ")
    assert operators_at("KR-POWER", script) == (power, None)
    assert operators_at("KR-POWER-017", script) == (power, 17)
    assert operators_at("CN-BJ-017", script) == (beijing, 17)
    assert operators_at("CN-BJ-PROJECT", script)[1] is None
    for nobody in ("KR-POWER-000", "KR-POWER-060", "KR-POWER-17", "KR-POWER-०१७", "KR", "-1"):
        assert operators_at(nobody, script) == ()
    assert holder_code(power, 17) == "KR-POWER-017"
    assert holder_code(script.group("CN-POWER"), 17) == "CN-POWER-0017"
