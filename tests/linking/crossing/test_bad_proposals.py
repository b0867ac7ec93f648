"""Proposals of units that are not there, or under no agreement, are rejected and change nothing."""

import pytest

from tests.linking.crossing.test_destination import refused

NONE = dict.fromkeys(("agreement", "version", "digest", "edge"))


def home(first, last, unit_type="KAU"):
    """The members of a proposal by which units come home."""
    block = {"first": str(first), "last": str(last), "certificate": None}
    said = {"method": "repatriation", "unit_type": unit_type, "blocks": [block]}
    return {**NONE, **said, "quantity": str(last - first + 1)}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        (home(1, 100), ["BLOCK_NOT_HELD_ABROAD"]),
        (home(1, 100, unit_type="CEA"), ["UNITS_OF_ANOTHER_HOME"]),
        (home(1, 100, unit_type="XYZ"), ["UNKNOWN_UNIT_TYPE"]),
        ({"agreement": "NO-SUCH"}, ["AGREEMENT_DIFFERS"]),
        ({"version": 7, "digest": "00" * 32}, ["AGREEMENT_DIFFERS"]),
    ],
    ids=["not_held", "of_another_home", "of_no_type", "no_agreement", "no_version"],
)
def test_rejected_with_its_code(linked, changes, codes):
    assert refused(linked, **changes) == codes
