"""What a rule of style is, and how it is applied to the tree. Nothing here imports Django."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DIRECTORIES = (
    *("benchmarks", "config", "federation", "linking", "mrv", "registry", "scenarios"),
    "tests",
)


@dataclass(frozen=True)
class File:
    """A file of the project: its path below the root, and its text."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)

    @property
    def module(self) -> str:
        """The dotted name under which the file is imported."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def package(self) -> str:
        return self.module if self.path.endswith("__init__.py") else self.module.rpartition(".")[0]


@dataclass(frozen=True)
class Rule:
    """A rule, and examples of what keeps it and of what breaks it.

    `find` yields what is wrong in a file, with the remedy. `under` limits the rule to paths that
    begin so.
    """

    name: str
    find: Callable[[File], Iterator[str]]
    good: tuple[File, ...]
    bad: tuple[File, ...]
    under: tuple[str, ...] = DIRECTORIES

    def __str__(self):
        return self.name

    def applies_to(self, file: File) -> bool:
        return file.path.startswith(self.under)


@cache
def _parsed(text):
    return ast.parse(text)


@cache
def tree(suffix=".py") -> tuple[File, ...]:
    """The files of the project with this suffix, without the first migration.

    Django writes that one; nobody reads or edits it.
    """
    return tuple(
        File(str(path.relative_to(ROOT)), path.read_text())
        for directory in DIRECTORIES
        for path in sorted((ROOT / directory).rglob(f"*{suffix}"))
        if path.name != "0001_initial.py"
    )


def imported(file: File) -> Iterator[tuple[str, int]]:
    """Dotted names that a file imports, at its top or inside, and the lines.

    `from a import b` gives a.b: whether b is a module or not, its beginning tells the layer.
    """
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = file.package.split(".")
                kept = parents[: len(parents) - node.level + 1]
                base = ".".join([*kept, *filter(None, [node.module])])
            for alias in node.names:
                yield f"{base}.{alias.name}", node.lineno
