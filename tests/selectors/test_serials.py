"""What a typed serial means here: which unit type it is about, and what is wrong with it."""

import pytest

from registry.errors import DomainError, InvalidInput, NotFound
from registry.models import UnitTypeAlias
from registry.selectors.serials import meanings, search
from registry.serials.own import Block, printed, spoken
from tests.world import moved, stock

CODES = "KR-ETRS", "KAU"


@pytest.fixture
def traded(world):
    """A has KAU 1–990, B has 991–1000."""
    stock(world, operator_a=1000)
    moved(world, world.at_home.operator_a, world.at_home.operator_b, 10, first=991)
    return world


def _ranges(world, text, limit=100, actor=None):
    _meanings, rows = search(actor or world.auditor, text, limit=limit)
    return [(row["unit_type__code"], row["first"], row["last"]) for row in rows]


@pytest.mark.parametrize(
    "text",
    [
        printed(Block(*CODES, 985, 995)),
        spoken(Block(*CODES, 985, 995)),
        printed(Block(*CODES, 985, 995)).lower(),
        "KAU 985-995",
        "kau 985 – 995",
        "ＫＡＵ　９８５～９９５",
        "KAU25 985-995",
        "할당배출권 985-995",
    ],
)
def test_blocks_are_found_in_every_way_of_writing(traded, text):
    """By containment: every block that has any of the serials."""
    UnitTypeAlias.objects.create(alias="할당배출권", unit_type=traded.kau)
    assert _ranges(traded, text) == [("KAU", 1, 990), ("KAU", 991, 1000)]


def test_one_serial_is_in_one_block(traded):
    """And a serial that was not issued in none."""
    assert _ranges(traded, printed(Block(*CODES, 991, 991))) == [("KAU", 991, 1000)]
    assert _ranges(traded, printed(Block(*CODES, 1001, 2000))) == []


def test_more_blocks_than_asked_for(traded):
    """One more than the limit says that there are more."""
    assert len(_ranges(traded, "KAU 1-1000", limit=1)) == 2


def test_readers_find_what_they_may_read(traded):
    """An actor without a role in the registry finds nothing there."""
    from registry.actors import actor_for
    from registry.models import Person
    from registry.services import people

    person = people.add_person(actor=traded.system, username="reader", display_name="reader")
    people.give_role(
        actor=traded.system,
        person_id=person.pk,
        role="auditor",
        registry_id=traded.neighbour.pk,
    )
    reader = actor_for(Person.objects.get(pk=person.pk))
    assert _ranges(traded, "KAU 1-1000", actor=reader) == []


def test_aliases_are_compared_as_plain_text(traded):
    """An alias with a long vowel, which input methods and this reader write as a dash."""
    UnitTypeAlias.objects.create(alias="カーボン枠", unit_type=traded.kau)
    (meaning,) = meanings("カーボン枠 5")
    assert meaning.unit_type == traded.kau


def test_code_wins_over_an_alias(traded):
    """A name that is both is the unit type whose code it is."""
    UnitTypeAlias.objects.create(alias="kau", unit_type=traded.koc)
    (meaning,) = meanings("kau 5")
    assert meaning.unit_type == traded.kau


@pytest.mark.parametrize(
    ("text", "form", "alias"),
    [
        ("GS1-1-IN-GS4533-2-2020-22653-106-111", "gold_standard", "GS VER"),
        ("ACR-US-934-2024-2891-58384 to 58673", "american_carbon_registry", "ERT"),
        ("CA0004-GHA01-GHA-1-2023", "itmo", "itmo"),
        ("JCM-JP-MN001-2016-1-40", "jcm", "JCM"),
    ],
)
def test_serials_of_other_registries_are_read_not_located(traded, text, form, alias):
    """Their numbers count within a batch or a project; the unit type is known by an alias."""
    (meaning,), rows = search(traded.auditor, text, limit=100)
    assert (meaning.reading.form.name, meaning.unit_type, rows) == (form, None, [])
    UnitTypeAlias.objects.create(alias=alias, unit_type=traded.koc)
    (meaning,), rows = search(traded.auditor, text, limit=100)
    assert (meaning.unit_type, meaning.located, rows) == (traded.koc, False, [])


def test_all_meanings_are_told(traded):
    """A text in two forms has two."""
    UnitTypeAlias.objects.create(alias="EUA", unit_type=traded.cea)
    found = meanings("DE-1-1-1001-2000-1-1-")
    assert [(each.reading.form.name, each.unit_type) for each in found] == [
        ("kyoto", None),
        ("eu_ets", traded.cea),
    ]


def test_serial_of_an_unknown_registry_is_read(traded):
    """The check digits are right, but this node knows no such unit type, or of another home."""
    for codes in (("JP-13-REG", "TK-EXC"), ("CN-ETR", "KAU")):
        (meaning,), rows = search(traded.auditor, printed(Block(*codes, 1, 5)), limit=100)
        assert (meaning.unit_type, meaning.located, rows) == (None, False, [])


def _refused(text, error=InvalidInput):
    with pytest.raises(error) as caught:
        meanings(text, parameter="text")
    (failure,) = caught.value.failures
    assert failure.data["parameter"] == "text"
    return failure


def test_wrong_check_digits_tell_digits_from_letters(traded):
    """Where the codes exist a digit is wrong; where they do not, a letter is."""
    good = printed(Block(*CODES, 1000, 2000))
    digit = _refused(good.replace("2000", "2001"))
    assert (digit.code, digit.data["part"]) == ("SERIAL_CHECK_DIGITS_WRONG", "numbers")
    assert "a digit is wrong" in str(digit.message)
    for codes in ("KR-ETRS:KUA", "KR-ETSR:KAU", "KR-ORS:KAU"):
        letter = _refused(good.replace("KR-ETRS:KAU", codes))
        assert (letter.code, letter.data["part"]) == ("SERIAL_CHECK_DIGITS_WRONG", "codes")
        assert "the codes are wrong" in str(letter.message)
        assert "suggestion" not in letter.data


def test_codes_that_look_alike_are_suggested(traded):
    """A zero for a letter O in the code of a unit type that exists."""
    good = printed(Block("KR-ORS", "KOC", 5, 9))
    failure = _refused(good.replace("KOC", "K0C"))
    assert failure.data["suggestion"] == good
    assert good in str(failure.hint)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("KR-ETRS:KAU:1O00:31", "SERIAL_LETTER_IN_NUMBER"),
        ("KR-ETRS:KAU:1000", "SERIAL_CHECK_DIGITS_MISSING"),
        ("KR-ETRS:KAU: 1000:31", "SERIAL_SPACED_WRONG"),
        ("ACR-US-934-2024-289l-58384 to 58673", "SERIAL_LETTER_IN_NUMBER"),
        ("ACR-US-934-2024-2891-58673 to 58384", "BLOCK_BACKWARDS"),
        ("KAU", "SERIAL_NOT_UNDERSTOOD"),
        ("KAU 0", "SERIAL_NUMBER_INVALID"),
    ],
)
def test_findings_are_said_in_words(traded, text, code):
    """Each with what is wrong and how to mend it, nothing left to fill in."""
    failure = _refused(text)
    assert failure.code == code
    for said in (str(failure.message), str(failure.hint)):
        assert said and "%(" not in said


def test_name_of_no_unit_type(traded):
    """Numbers behind a name mean nothing without a unit type of that name."""
    failure = _refused("XYZ 5", NotFound)
    assert (failure.code, failure.data["name"]) == ("UNKNOWN_UNIT_TYPE", "XYZ")


def test_every_finding_has_words():
    """No code of the pure package is left without a text."""
    import re
    from pathlib import Path

    from registry import serial_texts, serials

    sources = Path(serials.__file__).parent.glob("*.py")
    codes = {
        code
        for path in sources
        for code in re.findall(r'"((?:SERIAL|BLOCK)_[A-Z_]+)"', path.read_text())
    }
    assert codes == set(serial_texts.TEXTS) | {"SERIAL_CHECK_DIGITS_WRONG"}
    assert len(codes) > 8


def test_every_form_has_a_name():
    """What people call it."""
    from registry.serial_texts import FORMS, form_name
    from registry.serials import reader

    assert set(FORMS) == {form.name for form in reader.FORMS}
    assert form_name("one that was added as data") == "one that was added as data"


def test_nobody_searches(traded):
    """Without an actor nothing is found."""
    with pytest.raises(DomainError) as caught:
        search(None, "KAU 5", limit=1)
    assert caught.value.code == "NO_ACTOR"
