from datetime import date

import pytest

from scenarios.broken import Broken
from scenarios.reference import read_reference
from scenarios.vintages import Convention, check_forms, read


@pytest.fixture(scope="module")
def reference():
    return read_reference()


# unit type, label, first day, first day after, last day of use
READINGS = [
    ("KAU", "KAU25", "2025-01-01", "2026-01-01", None),
    ("KCU", "KCU25", "2025-01-01", "2026-01-01", None),
    ("i-KCU", "i-KCU26", "2026-01-01", "2027-01-01", None),
    # A reduction of 2021 that can be converted to the end of 2026; before 2024 to the end of 2023.
    ("KOC", "KOC21-26", "2021-01-01", "2022-01-01", "2026-12-31"),
    ("KOC", "KOC21-23", "2021-01-01", "2022-01-01", "2023-12-31"),
    ("i-KOC", "i-KOC24-29", "2024-01-01", "2025-01-01", "2029-12-31"),
    ("CEA", "CEA(24)", "2024-01-01", "2025-01-01", None),
    ("CEA", "CEA(19-20)", "2019-01-01", "2021-01-01", None),
    ("BEA", "BEA2022", "2022-01-01", "2023-01-01", None),
    ("FJEA", "FJEA22", "2022-01-01", "2023-01-01", None),
    ("SZA", "SZA-2024", "2024-01-01", "2025-01-01", None),
    ("SZA", "SZEA-2024", "2024-01-01", "2025-01-01", None),
    ("GXA", "FY2026", "2026-04-01", "2027-04-01", None),
    ("GXA", "GXA FY2026", "2026-04-01", "2027-04-01", None),
    ("GXL", "FY2023-2025", "2023-04-01", "2026-04-01", None),
    # Tokyo's first period began a year before Saitama's.
    ("TK-EXC", "P1", "2010-04-01", "2015-04-01", None),
    ("ST-EXC", "P1", "2011-04-01", "2015-04-01", None),
    ("TK-SME", "TK-SME P3", "2020-04-01", "2025-04-01", None),
    # A monitoring period is printed with its last day.
    ("CCER", "CCER 2022-01-01/2023-12-31", "2022-01-01", "2024-01-01", None),
    ("A6.4ER", "A6.4ER 2024-02-29/2024-02-29", "2024-02-29", "2024-03-01", None),
]


@pytest.mark.parametrize(("unit_type", "label", "first", "after", "until"), READINGS)
def test_a_label_is_read_as_its_interval(reference, unit_type, label, first, after, until):
    """Each scheme's labels mean the half-open interval that its convention says."""
    vintage = read(label, reference.convention(unit_type))
    assert vintage.label == label
    assert vintage.starts_on == date.fromisoformat(first)
    assert vintage.ends_before == date.fromisoformat(after)
    assert vintage.usable_until == (until and date.fromisoformat(until))


def test_a_conversion_window_may_cross_a_century():
    """A window is counted in years, not in the last two digits."""
    koc = Convention("KOC", "reduction_and_conversion_year", ("KOC{yy}-{yy+5}",))
    assert read("KOC98-03", koc).usable_until == date(2103, 12, 31)


REFUSALS = [
    ("KAU", "KAU2025", "VINTAGE_LABEL_UNKNOWN"),
    ("KAU", "kau25", "VINTAGE_LABEL_UNKNOWN"),
    ("KAU", "KAU25 ", "VINTAGE_LABEL_UNKNOWN"),
    ("KAU", "KAU２５", "VINTAGE_LABEL_UNKNOWN"),
    ("KAU", "", "VINTAGE_LABEL_UNKNOWN"),
    ("KOC", "KOC21-24", "VINTAGE_LABEL_UNKNOWN"),
    ("i-KOC", "i-KOC21-23", "VINTAGE_LABEL_UNKNOWN"),
    ("HBEA", "HBEA", "VINTAGE_LABEL_UNKNOWN"),
    ("CQEA", "CQEA-1", "VINTAGE_LABEL_UNKNOWN"),
    ("TK-EXC", "P0", "VINTAGE_LABEL_UNKNOWN"),
    ("TK-EXC", "P9", "VINTAGE_PERIOD_UNKNOWN"),
    ("CEA", "CEA(20-19)", "VINTAGE_EMPTY"),
    ("GXL", "FY2025-2023", "VINTAGE_EMPTY"),
    ("CCER", "CCER 2023-12-31/2022-01-01", "VINTAGE_EMPTY"),
    ("CCER", "CCER 2023-02-29/2023-12-31", "VINTAGE_DATE_UNKNOWN"),
    ("BEA", "BEA0000", "VINTAGE_DATE_UNKNOWN"),
    ("CCER", "CCER 9999-01-01/9999-12-31", "VINTAGE_DATE_UNKNOWN"),
]


@pytest.mark.parametrize(("unit_type", "label", "code"), REFUSALS)
def test_another_label_is_refused_with_what_would_do(reference, unit_type, label, code):
    """A label in no form of its unit type, or of no period, tells what it should be."""
    with pytest.raises(Broken) as refusal:
        read(label, reference.convention(unit_type))
    assert refusal.value.code == code
    assert refusal.value.hint % refusal.value.data


@pytest.mark.parametrize(
    ("rule", "form"),
    [
        ("calendar_year", "KAU"),
        ("calendar_year", "KAU{n}"),
        ("calendar_year", "KAU{yy}{yyyy}"),
        ("calendar_year", "KAU{yy"),
        ("reduction_and_conversion_year", "KOC{yy}-{yy_end}"),
        ("monitoring_period", "CCER {from}"),
    ],
)
def test_a_form_that_does_not_suit_its_rule_is_found(rule, form):
    """The reference files cannot hold a form from which no interval could be read."""
    assert [broken.code for broken in check_forms(rule, (form,))] == ["VINTAGE_FORM_UNKNOWN"]


def test_every_form_of_the_reference_data_suits_its_rule(reference):
    """All 37 unit types have labels that can be read."""
    assert len(reference.unit_types) == 37
    for row in reference.unit_types:
        assert list(check_forms(row["vintage_rule"], row["label_forms"])) == []
