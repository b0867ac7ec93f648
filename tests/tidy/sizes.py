"""How long files and functions may be, how many arguments, and which names files have."""

import ast

from tests.tidy.rule import DIRECTORIES, File, Rule

FILE_LINES = 400
FUNCTION_LINES = 60
ARGUMENTS = 6
BANNED_FILES = ("utils", "helpers", "common", "core", "misc", "tools", "shared")


def files_are_short(file):
    lines = file.text.count("\n")
    if lines > FILE_LINES:
        yield f"{file.path} has {lines} lines; split it at a noun ({FILE_LINES} at most)"


def _functions(file):
    for node in ast.walk(file.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def functions_are_short(file):
    for node in _functions(file):
        lines = node.end_lineno - node.lineno + 1
        if lines > FUNCTION_LINES:
            yield f"{file.path}:{node.lineno} {node.name} has {lines} lines"


def functions_take_few_arguments(file):
    for node in _functions(file):
        given = node.args
        names = [a.arg for a in given.posonlyargs + given.args + given.kwonlyargs]
        names = [name for name in names if name not in ("self", "cls")]
        if len(names) > ARGUMENTS:
            yield f"{file.path}:{node.lineno} {node.name} takes {len(names)}; make a dataclass"


def files_say_what_they_hold(file):
    name = file.path.rpartition("/")[2].removesuffix(".py")
    if name in BANNED_FILES:
        yield f"{file.path}: name it after the noun or verb that it holds"


def _long(count):
    return "x = 0\n" * count


RULES = [
    Rule(
        "files are short",
        files_are_short,
        good=(File("registry/x.py", _long(FILE_LINES)),),
        bad=(File("registry/x.py", _long(FILE_LINES + 1)),),
    ),
    Rule(
        "functions are short",
        functions_are_short,
        good=(File("registry/x.py", "def f():\n" + "    x = 0\n" * (FUNCTION_LINES - 1)),),
        bad=(File("registry/x.py", "def f():\n" + "    x = 0\n" * FUNCTION_LINES),),
    ),
    Rule(
        "functions take few arguments",
        functions_take_few_arguments,
        good=(File("registry/x.py", "def f(self, a, b, c, *, d, e, g): ..."),),
        bad=(File("registry/x.py", "def f(a, b, c, *, d, e, g, h): ..."),),
        # A test's arguments are its fixtures.
        under=tuple(name for name in DIRECTORIES if name != "tests"),
    ),
    Rule(
        "files say what they hold",
        files_say_what_they_hold,
        good=(File("registry/account_numbers.py", ""),),
        bad=(File("registry/api/utils.py", ""),),
    ),
]
SQL_RULES = [
    Rule(
        "SQL files are short",
        files_are_short,
        good=(File("registry/migrations/x.sql", _long(FILE_LINES)),),
        bad=(File("registry/migrations/x.sql", _long(FILE_LINES + 1)),),
    )
]
