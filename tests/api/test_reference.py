"""Jurisdictions, schemes, registries, unit types and transaction types."""

import pytest

from registry.models import UnitType, UnitTypeAlias


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
    assert {"alias": "Korean allowance", "note": "spoken"} in found["aliases"]
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
    first = auditor.get("transaction-types", {"limit": "10"}).json()
    rest = auditor.get(first["next"]).json()
    codes = [item["code"] for item in first["items"] + rest["items"]]
    assert rest["next"] is None
    assert {"transfer", "issue", "reverse", "freeze"} < set(codes)
    assert len(codes) == len(set(codes))
