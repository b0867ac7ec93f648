"""Forms of other registries: published serials are read and written again."""

import dataclasses
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.serials import itmo, kyoto, patterns, undp, unit_identifiers, verra
from registry.serials.findings import Broken
from registry.serials.reader import FORMS, LONGEST, letters_for_digits, read

EXAMPLES = tomllib.loads(Path(__file__).with_name("examples.toml").read_text(encoding="utf-8"))
BY_NAME = {form.name: form for form in FORMS}
CASES = [(form, case) for form, cases in EXAMPLES.items() for case in cases]
each_case = pytest.mark.parametrize(("form", "case"), CASES, ids=[c["text"] for _f, c in CASES])


def test_every_form_has_an_example():
    """Concord's own form has its own tests; forms that are data have examples beside them; old
    serials are known by the node."""
    told = {pattern.NAME for pattern in patterns.PATTERNS}
    assert set(EXAMPLES) | told | {"concord", "legacy"} == set(BY_NAME)


@each_case
def test_examples_are_read(form, case):
    """The ends of the run and the elements, by this form and no other."""
    ((reading), *others), findings = read(case["text"])
    assert (findings, others) == ([], [])
    assert (reading.form.name, reading.first, reading.last) == (form, case["first"], case["last"])
    assert case["elements"].items() <= reading.elements.items()


@each_case
def test_examples_are_written_again(form, case):
    """As they were found, or in the one way in which the form writes."""
    parse, printed = BY_NAME[form].parse, BY_NAME[form].printed
    text = printed(parse(case["text"]))
    assert text == case.get("written", case["text"])
    assert parse(text) == parse(case["text"])


@each_case
def test_examples_are_read_as_input_methods_type_them(form, case):
    """In full width, and in small letters where the form has none."""
    wide = "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in case["text"])
    parse = BY_NAME[form].parse
    assert parse(wide) == parse(case["text"])
    small = parse(case["text"].lower())
    assert (small.first, small.last) == (case["first"], case["last"])


@pytest.mark.parametrize("pattern", patterns.PATTERNS, ids=lambda pattern: pattern.NAME)
def test_forms_that_are_data(pattern):
    """Each has a source, a confidence, and examples that are read and written again."""
    assert pattern.told["source"]
    assert pattern.told["confidence"] in ("low", "unknown")
    assert len(pattern.told["note"]) > 50
    form = BY_NAME[pattern.NAME]
    assert not form.established
    for text in pattern.told["examples"]:
        (reading,), findings = read(text)
        assert (reading.form, findings, reading.printed) == (form, [], text)
        assert reading.unit_names and all(reading.unit_names)


def test_only_assumed_forms_are_called_so():
    """What a document or a published serial tells is established."""
    assert {form.name for form in FORMS if not form.established} == set(patterns.DATA)


def test_numbers_that_count_in_a_unit_type():
    """Only these can be looked up by their numbers alone."""
    counting = {form.name for form in FORMS if form.counts_in_unit_type}
    assert counting == {"concord", "legacy", "koc", "kau", "unit_type_and_number"}


def test_two_forms_that_understand_a_text_are_both_told():
    """An allowance of 2008-2012 was an assigned amount unit as well."""
    readings, findings = read("DE-1-1-1001-2000-1-1-")
    assert [reading.form.name for reading in readings] == ["kyoto", "eu_ets"]
    assert [reading.unit_names for reading in readings] == [("AAU",), ("EUA",)]
    assert findings == []


def test_the_separator_within_an_element_does_not_split_it():
    """UNDP's type "non-GHG" has the hyphen that separates; a longer activity does not shift it."""
    (reading,), _findings = read("KOR-non-GHG-2024-A12-7:9")
    assert reading.elements["kind"] == "non-GHG"
    assert (reading.elements["year"], reading.first, reading.last) == ("2024", 7, 9)
    assert itmo.parse("KOR-non-GHG-2024-A12-7:9") is None


def test_blocks_of_mitigation_outcomes():
    """Overlap is within one approach, registry, Party and vintage; numbers alone say nothing."""
    one = itmo.parse("CA0004-GHA01-GHA-1-2023 to CA0004-GHA01-GHA-100-2023")
    assert itmo.numbers(one) == (1, 100)
    assert itmo.identifiers(one) == ["CA0004-GHA01-GHA-1-2023", "CA0004-GHA01-GHA-100-2023"]
    assert itmo.overlap(one, dataclasses.replace(one, first=100, last=120))
    assert not itmo.overlap(one, dataclasses.replace(one, first=101, last=120))
    for change in ({"vintage": "2024"}, {"approach": "CA0005"}, {"registry": "GHA02"}):
        assert not itmo.overlap(one, dataclasses.replace(one, **change))


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("CA0004-GHA01-GHA-2-2023 to CA0004-GHA01-GHA-1-2023", "BLOCK_BACKWARDS", "last"),
        ("CA0004-GHA01-GHA-1-2023 to CA0004-GHA01-GHA-2-2024", "SERIAL_ENDS_DIFFER", "last"),
        ("CA0004-GHA01-GHA-1-2023 to CA0004-GHA01-CHE-2-2023", "SERIAL_ENDS_DIFFER", "last"),
        ("IN-5-1-2-2-0-17 to IN-5-2-2-2-0-18", "SERIAL_ENDS_DIFFER", "last"),
        ("ACR-US-934-2024-2891-58673 to 58384", "BLOCK_BACKWARDS", "last"),
        ("GB-0-10-9-5-0-0-", "BLOCK_BACKWARDS", "last"),
        ("CDM-6--5-9-1-1-1-44--20171331", "SERIAL_DATE_INVALID", "expiry"),
        (
            "9660-1-2-VCS-VCU-261-VER-US-14-1060-31022019-31122019-0",
            "SERIAL_DATE_INVALID",
            "vintage_first",
        ),
        ("KAU 5-4", "BLOCK_BACKWARDS", "last"),
        ("KAU 0", "SERIAL_NUMBER_INVALID", "first"),
        ("KAU 1-1,000,000,000,001", "SERIAL_NUMBER_INVALID", "last"),
        ("KAU", "SERIAL_NOT_UNDERSTOOD", ""),
        ("1000", "SERIAL_NOT_UNDERSTOOD", ""),
        ("CA0004-GHA01-GHA-1-2023/", "SERIAL_NOT_UNDERSTOOD", ""),
        ("KAU " + "1" * LONGEST, "SERIAL_NOT_UNDERSTOOD", ""),
        ("\u2603", "SERIAL_NOT_UNDERSTOOD", ""),
        ("", "SERIAL_NOT_UNDERSTOOD", ""),
    ],
)
def test_broken_serials_are_named(text, code, part):
    """A known form with a fault is not taken for another form."""
    readings, (finding,) = read(text)
    assert readings == []
    assert (finding.code, finding.part) == (code, part)


@pytest.mark.parametrize(
    ("text", "meant", "at"),
    [
        # As published by a shop for offsets: the flag at the end is the letter.
        (
            "15312-681393912-681394011-VCS-VCU-208-VER-CA-3-929-01012018-31122018-O",
            "15312-681393912-681394011-VCS-VCU-208-VER-CA-3-929-01012018-31122018-0",
            70,
        ),
        ("GS1-1-KE-GS7495-16-2O25-30645-608-30350", "GS1-1-KE-GS7495-16-2025-30645-608-30350", 21),
        ("ACR-US-934-2024-289l-58384 to 58673", "ACR-US-934-2024-2891-58384 to 58673", 20),
    ],
)
def test_letters_that_look_like_digits_are_named(text, meant, at):
    """With the text that would be right; a name with numbers is all that it can be otherwise."""
    readings, _findings = read(text)
    assert {reading.form.name for reading in readings} <= {"unit_type_and_number"}
    (finding,) = letters_for_digits(text)
    assert (finding.code, finding.suggestion, finding.at) == ("SERIAL_LETTER_IN_NUMBER", meant, at)


def _built(kind, **strategies):
    """Values of a form, with the ends of a run in their order."""
    ends = st.tuples(st.integers(1, 10**12), st.integers(0, 10**6))
    return st.builds(
        lambda ends, **given: kind(first=ends[0], last=ends[0] + ends[1], **given),
        ends,
        **strategies,
    )


DAYS = st.dates(date(1000, 1, 1), date(2999, 12, 31))
NUMBER = st.integers(1, 10**5).map(str)
COUNTRY = st.from_regex(r"\A[A-Z]{2}\Z")
VALUES = {
    "verra": _built(
        verra.VerifiedCarbonUnits,
        batch=NUMBER,
        programme=st.sampled_from(["VCS", None]),
        number=st.from_regex(r"\A[0-9]{3}\Z"),
        issued_in=st.sampled_from(["VER", "MER", "APX"]),
        country=COUNTRY,
        scope=st.none() | st.integers(1, 16).map(str),
        project=NUMBER,
        vintage_first=DAYS,
        vintage_last=DAYS,
        certified=st.booleans(),
    ),
    "kyoto": _built(
        unit_identifiers.UnitIdentifier,
        registry=COUNTRY,
        unit_type=st.integers(1, 7),
        supplementary=st.none() | st.integers(1, 10),
        original_period=st.integers(0, 3),
        applicable_period=st.integers(0, 3),
        lulucf=st.none() | st.integers(1, 7),
        project=st.none() | st.integers(1, 10**6),
        track=st.none() | st.integers(1, 2),
        expiry=st.none() | DAYS,
    ),
    "itmo": _built(
        itmo.MitigationOutcomes,
        approach=st.from_regex(r"\ACA[0-9]{4}\Z"),
        registry=st.from_regex(r"\A[A-Z]{3}[0-9]{2}\Z"),
        party=st.from_regex(r"\A[A-Z]{3}\Z"),
        vintage=st.from_regex(r"\A[0-9]{4}\Z"),
    ),
    "undp": _built(
        undp.NationalRegistryCredits,
        layout=st.just(0),
        party=COUNTRY,
        project=NUMBER,
        year=st.from_regex(r"\A[0-9]{4}\Z"),
        approach=st.from_regex(r"\ACA[0-9]{4}\Z"),
        to_party=COUNTRY,
    ),
}


@given(st.sampled_from(sorted(VALUES)).flatmap(lambda name: st.tuples(st.just(name), VALUES[name])))
def test_values_are_written_and_read_again(drawn):
    """Whatever the elements are, as far as the form allows them."""
    name, value = drawn
    assert BY_NAME[name].parse(BY_NAME[name].printed(value)) == value


# Batches of a year, which four forms have in different orders.
@pytest.mark.parametrize(
    "name", ["gold_standard", "climate_action_reserve", "american_carbon_registry"]
)
@given(data=st.data())
def test_credits_of_batches_are_written_and_read_again(name, data):
    """Values drawn from the form's own expression."""
    import importlib

    form = importlib.import_module(f"registry.serials.{name}").FORM
    text = data.draw(st.from_regex(re.compile(form.pattern, re.ASCII), fullmatch=True))
    value = BY_NAME[name].parse(text)
    if isinstance(value, Broken):
        assert [each.code for each in value.findings] == ["BLOCK_BACKWARDS"]
    else:
        assert BY_NAME[name].parse(BY_NAME[name].printed(value)) == value


def test_certified_emission_reductions_may_be_told_by_each_end():
    """Attestations have two identifiers; the same block has one in the other way of writing."""
    ends = kyoto.parse("IN-5-100-2-2-0-17 to IN-5-200-2-2-0-17")
    assert ends == kyoto.parse("IN-5-0-100-200-2-2-0-17")
    assert kyoto.parse("IN-5-100-2-2-0-17") == dataclasses.replace(ends, last=100)


@pytest.mark.parametrize("text", ["CA0004-GHA01-GHA-01-2023", "CA0004-GH01-GHA-1-2023"])
def test_other_texts_are_no_mitigation_outcomes(text):
    """Leading zeros, and a registry without its Party's three letters."""
    assert itmo.parse(text) is None


@given(st.text(max_size=60) | st.text("CAR-ACGS1VU0123:, toKk", max_size=60))
def test_any_text_has_readings_or_findings(text):
    """One of the two, and every reading can be written and read again."""
    readings, findings = read(text)
    assert bool(readings) != bool(findings)
    for reading in readings:
        again = reading.form.parse(reading.printed)
        assert (again.first, again.last) == (reading.first, reading.last)
        assert all(isinstance(value, str) and value for value in reading.elements.values())
