import re

from tests.config.homes import PROJECT

PAGE = (PROJECT / "docs" / "operations.md").read_text()
READ = re.compile(
    r"""(?:env\.\w+|environ\.get|getenv|setdefault|read_secret)\(\s*["']([A-Z_]+)["']"""
    r"""|environ\[["']([A-Z_]+)["']\]"""
)
# What scripts, make and compose take from the environment: ${NAME…} and NAME ?=.
TAKEN = re.compile(r"\$\{([A-Z_]+)|^([A-Z_]+) \?=", re.MULTILINE)
SCRIPTS = ["Makefile", "compose.yaml", "config/compose/roles.sh"]


def names(pattern, sources):
    return {
        name
        for source in sources
        for found in pattern.finditer(source.read_text())
        for name in found.groups()
        if name
    }


def test_every_variable_is_documented():
    """What the code reads from the environment is on the page, and nothing that nobody reads."""
    read = names(READ, [*(PROJECT / "config").rglob("*.py"), PROJECT / "manage.py"])
    taken = names(TAKEN, [PROJECT / script for script in SCRIPTS])
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    documented = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    assert read - documented == set()
    assert documented - read - taken == set()


def test_file_variables_are_those_that_may_be_files():
    """`<NAME>_FILE` works for exactly the variables that the page marks."""
    marked = set(re.findall(r"^\| `([A-Z_]+)` \| \*file\*", PAGE, re.MULTILINE))
    secrets = {
        name
        for source in (PROJECT / "config").rglob("*.py")
        for name in re.findall(r'read_secret\("([A-Z_]+)"\)', source.read_text())
    }
    assert marked == secrets
