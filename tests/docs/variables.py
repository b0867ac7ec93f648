"""The variables of the environment that a node reads, found in the source."""

import ast
import re
from pathlib import Path

from tests.docs.pages import ROOT

# In shell and in compose.yaml: ${NAME} or ${NAME:-default}.
IN_SHELL = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\b")
READERS = {"get", "pop", "setdefault", "getenv", "str", "bool", "int", "list"}
SHELL = ("config/compose/roles.sh", "config/compose/secrets.sh", "compose.yaml")


def read_by_a_node() -> set[str]:
    """Those of config, of the programs that use it, and of what comes with compose."""
    found = set()
    for path in [*sorted((ROOT / "config").rglob("*.py")), ROOT / "manage.py", *_commands()]:
        found |= in_python(path.read_text())
    for name in SHELL:
        found |= set(IN_SHELL.findall((ROOT / name).read_text()))
    if re.search(r"^PYTHON \?=", (ROOT / "Makefile").read_text(), re.MULTILINE):
        found.add("PYTHON")
    return found


def in_python(source: str) -> set[str]:
    """The names that are looked up in os.environ, by environs, or as secrets."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            found |= _text(node.slice)
        elif isinstance(node, ast.Call) and node.args:
            called = ast.unparse(node.func)
            place, _dot, name = called.rpartition(".")
            if name in READERS and place in ("os.environ", "os", "env"):
                found |= _text(node.args[0])
            elif name == "read_secret":
                # Each secret may also be named by a file.
                found |= {f"{text}{end}" for text in _text(node.args[0]) for end in ("", "_FILE")}
    return found


def _text(node) -> set[str]:
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def _commands() -> list[Path]:
    return sorted((ROOT / "registry" / "management").rglob("*.py"))
