"""Every stable code that the project's source can answer with, and what is said with it.

Found by reading the source, so that a code is not missed because no test happens to cause it.
"""

import ast
import re
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
CHECK_ID = re.compile(r"config\.[EW]\d{3}")
IN_SQL = re.compile(r"'code',\s*'([A-Z_]+)'|'([A-Z_]+)' AS code|UNION ALL\s+SELECT '([A-Z_]+)'")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
TRANSLATED = {"_", "gettext_noop"}
ERRORS = {
    *("InvalidInput", "NotPermitted", "NotFound", "Conflict", "RuleViolated", "Unavailable"),
    "KeyUnavailable",
}
# Names in capitals that are no codes.
OTHERS = {
    # Beginnings of codes, by which registry/api/errors.py finds the field.
    "UNKNOWN_SOURCE",
    "UNKNOWN_DESTINATION",
    # A class of criteria in the assessment of readiness.
    "NO_NEED",
    # Settings of the registry.
    *("KEY_PROVIDER", "KEYS_DIR", "NODE_NAME", "NODE_NAME_FALLBACK"),
    "ENVIRONMENT_TEXT",
    *(
        "BEHIND_PROXY",
        "CONTENT_LENGTH",
        "NOTICE_HOURS_AHEAD",
        "RATE_LIMITS",
        *("REMOTE_ADDR", "HTTP_ACCEPT", "CONTENT_LENGTH"),
        "SECRET_KEY",
        *("ACCEPTANCE_LASTS", "ACCEPTANCE_SECONDS", "PEER_SKEW", "PEER_SKEW_SECONDS"),
        "WEBHOOK_NETWORKS",
        *("NODE_URL", "PEER_NETWORKS", "PEER_LIMITS"),
    ),
}


@dataclass
class Code:
    """Where a code is found, the messages that go with it, and the classes that carry it."""

    places: list = field(default_factory=list)
    messages: set = field(default_factory=set)
    classes: set = field(default_factory=set)


@cache
def found() -> dict[str, Code]:
    """All codes of the apps and of config by name; the audit's rules are no errors."""
    codes = {}
    for path in source_files():
        place = str(path.relative_to(ROOT))
        tree = ast.parse(path.read_text())
        for name, line in names(tree, anywhere=not place.startswith("config/")):
            codes.setdefault(name, Code()).places.append(f"{place}:{line}")
        for name, message, error in sayings(tree):
            if name in codes:
                codes[name].messages.add(message)
                codes[name].classes.update({error} - {None})
    for path in sorted((ROOT / "registry" / "migrations").glob("*.sql")):
        for groups in IN_SQL.findall(path.read_text()):
            codes.setdefault("".join(groups), Code()).places.append(path.name)
    return codes


def source_files():
    for app in ("registry", "linking", "mrv", "scenarios", "config"):
        for path in sorted((ROOT / app).rglob("*.py")):
            if "audit" not in path.parts and path.parent.name != "migrations":
                yield path


def names(tree, *, anywhere):
    """(code, line) of each code in a module.

    In most modules every text in capitals is a code. In `config`, where variables of the
    environment look alike, a code is the value of "problem" or the id of a system check.
    """
    listed = {
        id(text)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        for text in ast.walk(node)
    }
    for node in ast.walk(tree):
        if anywhere and id(node) not in listed and _is_code(node):
            yield node.value, node.lineno
        elif not anywhere and isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "problem" and _is_code(value):
                    yield value.value, value.lineno
        elif isinstance(node, ast.keyword) and node.arg == "id":
            text = getattr(node.value, "value", None)
            if isinstance(text, str) and CHECK_ID.fullmatch(text):
                yield text, node.value.lineno


def sayings(tree):
    """(code, message, class or None) wherever a message follows its code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _in_order(node.args, _class_around(tree).get(id(node)))
        elif isinstance(node, ast.Tuple):
            yield from _in_order(node.elts, next(iter(_class_names(node.elts)), None))
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if key is not None and _is_code(key) and isinstance(value, ast.Tuple):
                    yield from _in_order([key, *value.elts], None)
        elif isinstance(node, ast.ClassDef):
            said = {
                ast.unparse(line.targets[0]): line.value
                for line in node.body
                if isinstance(line, ast.Assign)
            }
            if "code" in said and "message" in said:
                yield from _in_order([said["code"], said["message"]], "RuleViolated")


def _in_order(parts, error):
    for code, text in pairwise(parts):
        if _is_code(code) and _is_translated(text):
            yield code.value, shown(text.args[0].value), error


def shown(message):
    """A message as a page shows it: with an ellipsis for what is filled in."""
    return PLACEHOLDER.sub("…", message)


@cache
def _class_around(tree):
    """The error class of each failure that is an argument of one."""
    return {
        id(inner): next(iter(_class_names([node.func])))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _class_names([node.func])
        for argument in node.args
        for inner in ast.walk(argument)
        if isinstance(inner, ast.Call)
    }


def _class_names(nodes):
    found = [node.id if isinstance(node, ast.Name) else getattr(node, "attr", "") for node in nodes]
    return [name for name in found if name in ERRORS]


def _is_code(node):
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and NAME.fullmatch(node.value) is not None
        and node.value not in OTHERS
    )


def _is_translated(node):
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in TRANSLATED
        and bool(node.args)
        and isinstance(node.args[0], ast.Constant)
    )
