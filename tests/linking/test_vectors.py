"""The worked cases of linking, from tests/vectors or from the directory in VECTORS_DIR."""

import json
import os
from pathlib import Path

import pytest

from tests.linking.vector_lifecycle import OPERATIONS

DIRECTORY = Path(os.environ.get("VECTORS_DIR") or Path(__file__).parents[1] / "vectors")
# What a case says that the code is to avoid, instead of what it does.
WARNINGS = {"wrong_float_floor", "if_foreign_purchases_count"}


def cases():
    """Every case of linking in the directory's files."""
    for path in sorted(DIRECTORY.glob("*.json")):
        said = json.loads(path.read_text())
        for case in said.get("vectors", []) if isinstance(said, dict) else []:
            if case.get("app") == "linking":
                yield pytest.param(case, id=f"{path.stem}-{case['id']}")


CASES = list(cases())


def test_there_are_cases():
    """An empty directory would pass for a proof."""
    assert CASES, f"no cases of linking in {DIRECTORY}"


@pytest.mark.parametrize("case", CASES)
def test_case(case):
    """The code gives what the case expects, figure by figure."""
    found = OPERATIONS[case["op"]](**case["inputs"])
    expected = {k: v for k, v in case["expected"].items() if k not in WARNINGS}
    assert {name: found[name] for name in expected} == expected
