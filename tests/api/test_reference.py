"""Jurisdictions, schemes, registries, unit types and transaction types."""

import pytest

from registry.models import Fact, Jurisdiction, Source, UnitType, UnitTypeAlias


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("jurisdictions", "KR"),
        ("schemes", "K-ETS"),
        ("registries", "KR-ETRS"),
        ("unit-types", "KAU"),
    ],
)
def test_things_are_listed_and_found_by_code(auditor, path, code):
    """Each list is in the order of the codes, and each of its items is found alone."""
    listed = auditor.get(path).json()
    codes = [item["code"] for item in listed["items"]]
    assert codes == sorted(codes)
    assert listed["next"] is None
    found = auditor.get(f"{path}/{code}")
    assert found.status_code == 200
    assert found.json() == listed["items"][codes.index(code)]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("jurisdictions/XX", "UNKNOWN_JURISDICTION"),
        ("schemes/XX", "UNKNOWN_SCHEME"),
        ("registries/XX", "UNKNOWN_REGISTRY"),
        ("unit-types/XX", "UNKNOWN_UNIT_TYPE"),
    ],
)
def test_unknown_things_are_not_found(auditor, path, problem):
    """What does not exist is 404 with its own code."""
    answer = auditor.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, problem)


@pytest.mark.parametrize(
    ("path", "query", "codes"),
    [
        ("jurisdictions", {"level": "party"}, ["CN", "JP", "KR"]),
        ("schemes", {"jurisdiction": "KR", "kind": "crediting"}, ["KR-OFFSET"]),
        ("registries", {"jurisdiction": "KR"}, ["KR-ETRS", "KR-ORS"]),
        ("registries", {"scheme": "K-ETS"}, ["KR-ETRS"]),
        ("unit-types", {"registry": "KR-ETRS"}, ["KAU", "KCU"]),
        ("unit-types", {"kind": "credit"}, ["KCU", "KOC"]),
    ],
)
def test_lists_are_filtered(auditor, path, query, codes):
    """Filters hold together."""
    assert [item["code"] for item in auditor.get(path, query).json()["items"]] == codes


def test_unit_type_is_found_by_alias(auditor, world):
    """An alias leads to the unit type; a code wins over an alias of the same spelling."""
    UnitTypeAlias.objects.create(alias="Korean allowance", unit_type=world.kau, note="spoken")
    UnitTypeAlias.objects.create(alias="KCU", unit_type=world.kau)
    found = auditor.get("unit-types/Korean allowance").json()
    assert found["code"] == "KAU"
    (alias,) = [each for each in found["aliases"] if each["alias"] == "Korean allowance"]
    assert alias == {
        "alias": "Korean allowance",
        "is_official": False,
        "note": "spoken",
        "sources": [],
        "confidence": "",
    }
    assert auditor.get("unit-types/KCU").json()["code"] == "KCU"


def test_names_are_in_the_language_of_the_request(auditor, world):
    """The name follows Accept-Language, and is English where the language has none."""
    UnitType.objects.filter(pk=world.kau.pk).update(name_ko="할당배출권")
    korean = auditor.get("unit-types/KAU", **{"accept-language": "ko-KR"}).json()
    assert korean["name"] == "할당배출권"
    assert korean["names"] == {"en": "KAU", "zh-hans": "", "ja": "", "ko": "할당배출권"}
    assert auditor.get("unit-types/KAU", **{"accept-language": "ja"}).json()["name"] == "KAU"


def test_transaction_types_are_those_in_force(auditor):
    """Every type is listed once with its rules, page by page."""
    page = auditor.get("transaction-types", {"limit": "10"}).json()
    codes = [item["code"] for item in page["items"]]
    while page["next"] is not None:
        page = auditor.get(page["next"]).json()
        codes += [item["code"] for item in page["items"]]
    assert len(codes) > 20
    assert {"transfer", "issue", "reverse", "freeze"} < set(codes)
    assert len(codes) == len(set(codes))


def test_things_say_where_they_come_from(auditor, world):
    """Sources are codes, and the confidence is a word."""
    Jurisdiction.objects.filter(code="KR").update(source_codes=["S29", "MEM"], confidence="low")
    found = auditor.get("jurisdictions/KR").json()
    assert (found["sources"], found["confidence"]) == (["S29", "MEM"], "low")


@pytest.fixture
def facts(world):
    """Three facts about a scheme and one about a unit type, of two jurisdictions."""
    korea, japan = (Jurisdiction.objects.get(code=code) for code in ("KR", "JP"))
    stated = {"jurisdiction": korea, "subject": "scheme:K-ETS", "topic": "cap", "param": "annual"}
    Fact.objects.create(value="1", value_type="integer", period="2024", valid_from="2024", **stated)
    Fact.objects.create(
        value="2",
        value_type="integer",
        unit="tCO2e",
        period="2025",
        valid_from="2025",
        source_codes=["S29"],
        source_note="published",
        confidence="high",
        **stated,
    )
    Fact.objects.create(value="no", **{**stated, "topic": "banking"})
    Fact.objects.create(subject="unit_type:GXA", topic="cap", param="annual", jurisdiction=japan)


def test_facts_are_listed_with_their_sources(auditor, facts):
    """Each fact says what it is about, its value and type, for when, and how it is known."""
    first = auditor.get("facts", {"subject": "scheme:K-ETS", "topic": "cap", "limit": "1"}).json()
    rest = auditor.get(first["next"]).json()
    assert rest["next"] is None
    assert [fact["value"] for fact in first["items"] + rest["items"]] == ["1", "2"]
    assert rest["items"][0] == {
        "jurisdiction": "KR",
        "subject": "scheme:K-ETS",
        "topic": "cap",
        "param": "annual",
        "value": "2",
        "value_type": "integer",
        "unit": "tCO2e",
        "valid_from": "2025",
        "valid_to": "",
        "period": "2025",
        "condition": "",
        "note": "published",
        "sources": ["S29"],
        "confidence": "high",
    }


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ({}, ["1", "2", "no", ""]),
        ({"jurisdiction": "JP"}, [""]),
        ({"topic": "banking"}, ["no"]),
        ({"param": "annual", "jurisdiction": "KR", "topic": "cap"}, ["1", "2"]),
        ({"subject": "scheme:CN-ETS"}, []),
    ],
)
def test_facts_are_filtered(auditor, facts, query, values):
    """Filters hold together."""
    assert [fact["value"] for fact in auditor.get("facts", query).json()["items"]] == values


def test_sources_are_listed_by_code(auditor):
    """Whoever reads a code of a source finds there what it is."""
    for code in ("S02", "S01"):
        Source.objects.create(
            code=code, kind="report", where="a page", what=f"about {code}", years="2016"
        )
    listed = auditor.get("sources", {"limit": "1"}).json()
    assert listed["items"] == [
        {
            "code": "S01",
            "kind": "report",
            "where": "a page",
            "what": "about S01",
            "years": "2016",
            "how_read": "",
        }
    ]
    assert [item["code"] for item in auditor.get(listed["next"]).json()["items"]] == ["S02"]
