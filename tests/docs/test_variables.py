"""docs/operations.md names every variable of the environment that a node reads."""

import re

from tests.docs import variables
from tests.docs.pages import page

HEADER = ("variable", "", "what it is")


def documented():
    """The names of the table, with <NAME>_FILE for those that may be named by a file."""
    for names, file, _meaning in page("docs/operations.md").rows(*HEADER):
        for name in re.findall(r"`([A-Z_]+)`", names):
            yield name
            if file == "*file*":
                yield f"{name}_FILE"


def test_variables_that_a_node_reads_are_documented():
    """The table has every variable that the source reads, and none that it does not."""
    listed = list(documented())
    assert set(listed) == variables.read_by_a_node()
    assert len(listed) == len(set(listed))
    assert len(listed) > 20


def test_reading_the_source_finds_each_way():
    """Each way in which a variable is read is seen; a variable that is only set is not."""
    source = """
import os
os.environ["ONE"]
os.environ.get("TWO", "x")
os.environ.setdefault("THREE", "x")
os.getenv("FOUR")
env.bool("FIVE", False)
databases.read_secret("SIX")
settings.get("NOT_ONE")
"""
    assert variables.in_python(source) == {"ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SIX_FILE"}
