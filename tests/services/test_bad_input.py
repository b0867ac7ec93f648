"""What is not a number of units, a serial, an account or a text is refused before it is used.

Every service is asked; what it is asked for leaves no trace.
"""

from decimal import Decimal

import pytest

from registry.errors import DomainError, InvalidInput
from registry.lines import Line
from registry.models import Transaction
from registry.services.allocate import allocate, deliver_auction
from registry.services.approve import approve, reject
from registry.services.cancel import ACCOUNTS, cancel
from registry.services.consolidate import consolidate
from registry.services.convert import convert
from registry.services.freeze import freeze, release
from registry.services.issue import Issuance, issue
from registry.services.retire import retire
from registry.services.reverse import reverse
from registry.services.surrender import surrender
from registry.services.transfer import deliver, transfer
from registry.services.withdraw import withdraw
from tests.refused import refused
from tests.world import vintage

NOT_UNITS = [
    (1.5, "NOT_WHOLE_UNITS"),
    (1.0, "NOT_WHOLE_UNITS"),
    (float("nan"), "NOT_WHOLE_UNITS"),
    (Decimal("10"), "NOT_WHOLE_UNITS"),
    ("10", "NOT_WHOLE_UNITS"),
    ("1e3", "NOT_WHOLE_UNITS"),
    (True, "NOT_WHOLE_UNITS"),
    (None, "NOT_WHOLE_UNITS"),
    (0, "NOT_POSITIVE"),
    (-1, "NOT_POSITIVE"),
    (10**12 + 1, "TOO_LARGE"),
    (2**63, "TOO_LARGE"),
    (2**64, "TOO_LARGE"),
]
# What may be left out is not wrong when it is.
GIVEN_BUT_NOT_UNITS = [pair for pair in NOT_UNITS if pair[0] is not None]
MOVING = {
    "transfer": transfer,
    "deliver": deliver,
    "allocate": allocate,
    "deliver_auction": deliver_auction,
    "surrender": surrender,
    "retire": retire,
    "freeze": freeze,
    **dict.fromkeys(ACCOUNTS, cancel),
}


def _move(name, world, by, *lines):
    purpose = {"purpose": name} if name in ACCOUNTS else {}
    return refused(MOVING[name], lines=list(lines), key="bad", **purpose, **by)


def _line(world, name, **changes):
    home = world.at_home
    takes = {"allocate": home.government, "deliver_auction": home.auction}
    values = {
        "source": takes.get(name, home.operator_a),
        "destination": home.operator_b
        if name in ("transfer", "deliver", "allocate", "deliver_auction")
        else None,
        "unit_type": world.kau.pk,
        "quantity": 10,
        **changes,
    }
    return Line(**values)


@pytest.mark.parametrize("name", MOVING)
def test_quantity_that_is_no_number_of_units(name, world, by):
    """Fractions, zero, negative and huge numbers, texts and truth values are no units."""
    for quantity, code in NOT_UNITS:
        error = _move(name, world, by, _line(world, name, quantity=quantity))
        assert isinstance(error, InvalidInput)
        (failure,) = error.failures
        assert (failure.code, failure.line, failure.data["field"]) == (code, 1, "quantity")
    assert not Transaction.objects.exists()


@pytest.mark.parametrize("field", ["minimum", "first"])
def test_minimum_and_serial_are_whole(field, world, by):
    """The least quantity and the first serial are counted like units."""
    for value, code in GIVEN_BUT_NOT_UNITS:
        error = _move("transfer", world, by, _line(world, "transfer", **{field: value}))
        (failure,) = error.failures
        assert (failure.code, failure.data["field"]) == (code, field)


@pytest.mark.parametrize("field", ["source", "destination", "unit_type", "entity"])
def test_reference_that_is_no_number(field, world, by):
    """What names an account, a unit type or an entity is a positive number of the registry."""
    for value in (0, -1, 2**63, 1.0, "1", True):
        for name in ("transfer", "surrender"):
            error = _move(name, world, by, _line(world, name, **{field: value}))
            assert error.codes == ["INVALID_REFERENCE"]


@pytest.mark.parametrize("field", ["period", "factor_version"])
def test_text_that_is_none(field, world, by):
    """Texts are texts, not too long, and without the null character that no column takes."""
    for value in ("x" * 500, "20\x0025", 2025, None):
        error = _move("surrender", world, by, _line(world, "surrender", **{field: value}))
        assert error.codes == ["INVALID_TEXT"]


def test_vintage_that_is_no_day(world, by):
    """A vintage is a day, not a text, a year or a moment."""
    for value in ("2025-01-01", 2025, "'", world.at):
        error = _move("transfer", world, by, _line(world, "transfer", vintage_from=value))
        assert error.codes == ["INVALID_VINTAGE"]


def test_credit_that_is_no_number(world, by):
    """Credited tonnes are whole and not negative."""
    for value in (1.5, -1, 2**63, "1", True):
        error = _move("transfer", world, by, _line(world, "transfer", credited_tonnes=value))
        assert error.codes == ["INVALID_CREDIT"]


def test_all_broken_lines_are_named(world, by):
    """Every broken line has its failures, in the order of the lines."""
    error = _move(
        "transfer",
        world,
        by,
        _line(world, "transfer", quantity=0),
        _line(world, "transfer"),
        _line(world, "transfer", quantity=5, minimum=6),
        _line(world, "transfer", quantity=10, first=10**12),
        _line(world, "transfer", quantity=1.5, minimum=-1, source="A"),
    )
    assert [(failure.code, failure.line) for failure in error.failures] == [
        ("NOT_POSITIVE", 1),
        ("MINIMUM_ABOVE_QUANTITY", 3),
        ("SERIALS_OUT_OF_RANGE", 4),
        ("NOT_WHOLE_UNITS", 5),
        ("NOT_POSITIVE", 5),
        ("INVALID_REFERENCE", 5),
    ]


def test_no_lines(world, by):
    """A proposal that moves nothing is none."""
    for name in MOVING:
        assert _move(name, world, by).codes == ["NO_LINES"]


@pytest.mark.parametrize("key", ["", "x" * 201, None, 7, "a\x00b"], ids=repr)
def test_key_is_needed(key, world, by):
    """Without a key of 1 to 200 characters a repeated request could not be told from a new one."""
    for name, service in MOVING.items():
        purpose = {"purpose": name} if name in ACCOUNTS else {}
        error = refused(service, lines=[_line(world, name)], key=key, **purpose, **by)
        assert error.codes == ["KEY_MISSING"]


def test_reason_without_the_null_character(world, by):
    """A reason with a null character can not be stored, and says so."""
    line = _line(world, "transfer")
    error = refused(transfer, lines=[line], key="k", reason="a\x00b", **by)
    assert error.codes == ["INVALID_TEXT"]


def test_issued_quantity(world, by):
    """What is issued is counted like what is moved."""
    for quantity, code in NOT_UNITS:
        issuance = Issuance(world.kau.pk, [(world.at_home.government, quantity)], **vintage(2025))
        assert refused(issue, issuances=[issuance], key="i", **by).codes == [code]


def test_first_serial_of_an_issuance(world, by):
    """The serial from which an issuance counts is a serial."""
    blocks = [(world.at_home.government, 1)]
    for first, code in GIVEN_BUT_NOT_UNITS:
        issuance = Issuance(world.kau.pk, blocks, first=first, **vintage(2025))
        assert refused(issue, issuances=[issuance], key="i", **by).codes == [code]


@pytest.mark.parametrize("issuances", [[], "empty"])
def test_issuance_of_nothing(issuances, world, by):
    """No issuance, or one without blocks, brings nothing into being."""
    if issuances == "empty":
        issuances = [Issuance(world.kau.pk, [], **vintage(2025))]
    assert refused(issue, issuances=issuances, key="i", **by).codes == ["NO_LINES"]


def test_conversion_is_checked_like_the_rest(world, by):
    """Both sides of a conversion are checked for their form."""
    offsets = world.at_offsets
    issuance = Issuance(world.kcu.pk, [(world.at_home.operator_a, 1.5)], **vintage(2025))
    line = Line(offsets.operator_a, offsets.conversion, world.koc.pk, -3)
    error = refused(convert, lines=[line], issuances=[issuance], key="c", **by)
    assert error.codes == ["NOT_POSITIVE", "NOT_WHOLE_UNITS"]


@pytest.mark.parametrize("number", [0, -1, 10**9, 2**63 - 1, 2**63, 2**200], ids=str)
def test_transaction_that_does_not_exist(number, world, by):
    """Decisions about a transaction that is not there are refused alike by every service."""
    calls = {
        "approve": lambda: approve(
            actor=world.administrator_2,
            transaction_id=number,
            payload_hash=bytes(32),
            at=world.at,
        ),
        "reject": lambda: reject(
            actor=world.administrator_2,
            transaction_id=number,
            payload_hash=bytes(32),
            at=world.at,
        ),
        "withdraw": lambda: withdraw(actor=world.administrator_1, transaction_id=number),
        "reverse": lambda: reverse(transaction_id=number, key="r", **by),
    }
    for name, call in calls.items():
        assert refused(call).codes == ["UNKNOWN_TRANSACTION"], name
    assert refused(release, freeze_id=number, key="r", **by).codes == ["NOTHING_TO_RELEASE"]


@pytest.mark.parametrize("field", ["account_id", "unit_type_id"])
@pytest.mark.parametrize("value", [0, -1, 2**63, 10**9], ids=repr)
def test_consolidation_of_what_does_not_exist(field, value, world, by):
    """Accounts and unit types that are not there are refused, not looked for in vain."""
    values = {"account_id": world.at_home.operator_a, "unit_type_id": world.kau.pk}
    error = refused(consolidate, key="c", **{**values, field: value}, **by)
    assert isinstance(error, DomainError)
    assert error.code in (
        "INVALID_REFERENCE",
        "UNKNOWN_SOURCE_ACCOUNT",
        "UNKNOWN_UNIT_TYPE",
    )


def test_text_of_an_issuance(world, by):
    """Attributes of an issuance are texts that fit; a broken one is found before the approval."""
    blocks = [(world.at_home.government, 1)]
    for name in ("legal_basis", "project", "activity", "sector", "mitigation_type"):
        for value in ("x" * 301, "a\x00b", None, 7):
            issuance = Issuance(world.kau.pk, blocks, **{name: value}, **vintage(2025))
            (failure,) = refused(issue, issuances=[issuance], key="i", **by).failures
            assert (failure.code, failure.data["field"]) == ("INVALID_TEXT", name)
