import re

from tests.config.homes import PROJECT

PAGE = (PROJECT / "docs" / "operations.md").read_text()
READ = re.compile(
    r"""(?:env\.\w+|environ\.get|getenv|read_secret)\(\s*["']([A-Z_]+)["']"""
    r"""|environ\[["']([A-Z_]+)["']\]"""
)
# Django's own way to be told which settings to use; docs of Django.
NOT_OURS = {"DJANGO_SETTINGS_MODULE"}


def test_every_variable_is_documented():
    """What the code reads from the environment is on the page, and nothing else is."""
    sources = [*(PROJECT / "config").rglob("*.py"), PROJECT / "manage.py"]
    read = {
        name
        for source in sources
        for found in READ.finditer(source.read_text())
        for name in found.groups()
        if name
    }
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    documented = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}
    assert documented == read - NOT_OURS


def test_file_variables_are_those_that_may_be_files():
    """`<NAME>_FILE` works for exactly the variables that the page marks."""
    marked = set(re.findall(r"^\| `([A-Z_]+)` \| \*file\*", PAGE, re.MULTILINE))
    secrets = {
        name
        for source in (PROJECT / "config").rglob("*.py")
        for name in re.findall(r'read_secret\("([A-Z_]+)"\)', source.read_text())
    }
    assert marked == secrets
