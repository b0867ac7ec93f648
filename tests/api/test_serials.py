"""Serials as text: in answers, and in the search for blocks."""

import pytest

from registry.lines import Line
from registry.posting import sequence
from registry.serials.own import Block, parse, printed, spoken
from registry.services.transfer import transfer
from tests.world import moved, stock

CODES = "KR-ETRS", "KAU"


@pytest.fixture
def told(world):
    """1,000 KAU to A; 10 from A to B; 5 from B to A."""
    stock(world, operator_a=1000)
    moved(world, world.at_home.operator_a, world.at_home.operator_b, 10)
    moved(world, world.at_home.operator_b, world.at_home.operator_a, 5)
    sequence(100)
    return world


def _same(item):
    """The printed serial of an item is that of its block."""
    block = item["block"]
    found = parse(item["serial"])
    assert (found.registry, found.unit_type) == CODES
    assert (block["unit_type"], int(block["first"]), int(block["last"])) == (
        found.unit_type,
        found.first,
        found.last,
    )
    return item["serial"]


def test_answers_print_serials(told, auditor, numbers):
    """Holdings, blocks, movements and histories have the serial to copy; blocks stay as proposals
    take them.
    """
    held = auditor.get("holdings", {"account": numbers("operator_a")}).json()["items"]
    (block,) = auditor.get("blocks", {"unit_type": "KAU", "serial": "7"}).json()["items"]
    assert [_same(item) for item in (*held, block)][-1] == printed(Block(*CODES, 6, 10))
    assert set(block["block"]) == {"unit_type", "first", "last"}
    newest = auditor.get("transactions").json()["items"][0]["id"]
    (move,) = auditor.get(f"transactions/{newest}/movements").json()["items"]
    assert _same(move) == printed(Block(*CODES, 1, 5))
    stays = auditor.get("blocks/history", {"unit_type": "KAU", "serial": "7"}).json()["items"]
    assert {stay["serial"] for stay in stays} == {printed(Block(*CODES, 7, 7))}


def test_proposals_print_named_and_reserved_serials(told, auditor):
    """The lines that name serials, and the blocks that wait; null where none are named."""
    home = told.at_home
    lines = [
        Line(home.operator_a, home.operator_b, told.kau.pk, 5, first=101),
        Line(home.operator_a, home.operator_b, told.kau.pk, 5),
    ]
    outcome = transfer(actor=told.administrator_1, lines=lines, key=told.key(), at=told.at)
    found = auditor.get(f"transactions/{outcome.transaction_id}").json()
    named, unnamed = found["lines"]
    assert (_same(named), unnamed["serial"], unnamed["block"]) == (
        printed(Block(*CODES, 101, 105)),
        None,
        None,
    )
    assert printed(Block(*CODES, 101, 105)) in {each["serial"] for each in found["reserved"]}


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (printed(Block(*CODES, 5, 11)), "concord"),
        (spoken(Block(*CODES, 5, 11)), "concord"),
        ("KAU 5-11", "unit_type_and_number"),
        ("ＫＡＵ ５～１１", "unit_type_and_number"),
    ],
)
def test_blocks_are_found_by_text(told, auditor, text, form):
    """The same blocks as by unit type and numbers, and how the text was read."""
    found = auditor.get("blocks", {"text": text}).json()
    by_numbers = auditor.get("blocks", {"unit_type": "KAU", "first": "5", "last": "11"}).json()
    assert found["items"] == by_numbers["items"] != []
    (meaning,) = found["meanings"]
    assert (meaning["form"], meaning["unit_type"], meaning["located"], meaning["established"]) == (
        form,
        "KAU",
        True,
        True,
    )
    assert (meaning["first"], meaning["last"]) == ("5", "11")
    assert by_numbers["meanings"] == []


def test_blocks_by_text_are_limited(told, auditor):
    """As by numbers."""
    few = auditor.get("blocks", {"text": "KAU 5-11", "limit": "2"}).json()
    assert (len(few["items"]), few["truncated"]) == (2, True)


def test_serials_of_other_registries_are_explained(told, auditor):
    """What the serial tells, in the elements of its form; nothing is found by its numbers."""
    text = "CAR-1-US-1480-46-1156-FL-2026-10272-852724 to 860723"
    found = auditor.get("blocks", {"text": text}, **{"accept-language": "en"}).json()
    assert (found["items"], found["truncated"]) == ([], False)
    (meaning,) = found["meanings"]
    assert meaning == {
        "form": "climate_action_reserve",
        "name": "Climate Action Reserve credit",
        "established": True,
        "serial": text,
        "first": "852724",
        "last": "860723",
        "elements": {
            "unit": "1",
            "country": "US",
            "project": "1480",
            "project_type": "46",
            "developer": "1156",
            "state": "FL",
            "vintage": "2026",
            "batch": "10272",
        },
        "unit_type": None,
        "located": False,
    }
    assumed = auditor.get("blocks", {"text": "JCM-JP-MN001-2016-1-40"}).json()["meanings"][0]
    assert (assumed["form"], assumed["established"]) == ("jcm", False)


def test_history_is_found_by_text(told, auditor):
    """The same stays as by unit type and numbers."""
    by_text = auditor.get("blocks/history", {"text": printed(Block(*CODES, 3, 3))}).json()
    assert by_text == auditor.get("blocks/history", {"unit_type": "KAU", "serial": "3"}).json()
    assert len(by_text["items"]) == 3


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"text": printed(Block(*CODES, 5, 11))[:-1] + "x"}, "SERIAL_LETTER_IN_NUMBER"),
        ({"text": printed(Block(*CODES, 5, 11)).replace("11", "12")}, "SERIAL_CHECK_DIGITS_WRONG"),
        ({"text": ""}, "SERIAL_NOT_UNDERSTOOD"),
        ({"text": "x" * 201}, "TOO_LONG"),
        ({"text": "\0"}, "TEXT_NOT_STORABLE"),
        ({"text": "KAU 5", "serial": "5"}, "SERIALS_NOT_NAMED"),
        ({"text": "KAU 5", "unit_type": "KAU"}, "SERIALS_NOT_NAMED"),
        ({"serial": "5"}, "FIELD_MISSING"),
    ],
)
@pytest.mark.parametrize("path", ["blocks", "blocks/history"])
def test_bad_texts(told, auditor, path, query, code):
    """Each has its code, and names the parameter."""
    answer = auditor.get(path, query)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["errors"][0]["parameter"] == (
        "unit_type" if code == "FIELD_MISSING" else "text"
    )


def test_all_that_is_wrong_is_told(told, auditor):
    """Part, place and character of each finding."""
    answer = auditor.get("blocks", {"text": "KR-ETRS:K?U:1O00:60"})
    assert [(each["code"], each["data"]) for each in answer.json()["errors"]] == [
        ("SERIAL_CHARACTER_UNKNOWN", {"part": "unit_type", "found": "?", "position": "10"}),
        ("SERIAL_LETTER_IN_NUMBER", {"part": "first", "found": "O", "position": "14"}),
    ]


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("XYZ 5", 404, "UNKNOWN_UNIT_TYPE"),
        ("CA0004-GHA01-GHA-1-2023", 400, "SERIAL_NOT_LOCATED"),
    ],
)
def test_history_needs_units_of_this_node(told, auditor, text, status, code):
    """A serial whose numbers do not name units here has no history here."""
    answer = auditor.get("blocks/history", {"text": text})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
