"""Strict reading of CSV files: every broken row is told with file, line, column and remedy.

A file is read to its end whatever is found in it, so that one reading tells all that must be
mended. Nothing here touches the database.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .broken import Broken, gettext_noop


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in a file, where it is, and how to mend it."""

    file: str
    line: int
    column: str
    broken: Broken = field(compare=False)

    @property
    def code(self):
        return self.broken.code


class BrokenFiles(Exception):
    """Files that cannot be loaded; `problems` lists all that is wrong with them, in order."""

    def __init__(self, problems):
        self.problems = sorted(problems)
        super().__init__(
            "\n".join(f"{p.file}:{p.line}: {p.column}: {p.broken}" for p in self.problems)
        )


@dataclass(frozen=True)
class Column:
    """A column, and how its text becomes a value. An empty cell is None unless required."""

    name: str
    read: Callable[[str], object]
    required: bool = True


@dataclass(frozen=True)
class Table:
    """The columns of a file, in order, and those that together name a row."""

    file: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """The values of one line of a file, by column."""

    file: str
    line: int
    values: dict

    def __getitem__(self, column):
        return self.values[column]


def read_table(directory, table, problems):
    """The rows of a file that can be read; what is wrong is added to `problems`."""

    def report(line, column, broken):
        problems.append(Problem(table.file, line, column, broken))

    text = _text(Path(directory) / table.file, report)
    rows, seen = [], {}
    for line, cells in _records(text, table, report):
        values = _values(line, cells, table, report)
        if values is None:
            continue
        key = tuple(values[name] for name in table.key)
        if key in seen:
            report(
                line,
                table.key[-1],
                Broken(
                    "ROW_REPEATED",
                    gettext_noop("%(key)s is also on line %(first)s."),
                    gettext_noop("Keep one of the two rows."),
                    key=", ".join("-" if part is None else str(part) for part in key),
                    first=seen[key],
                ),
            )
            continue
        seen[key] = line
        rows.append(Row(table.file, line, values))
    return rows


def _text(path, report):
    """The text of a file; empty, and reported, where there is none or it is not UTF-8."""
    try:
        # Spreadsheet programs put a byte order mark before the text; it is no part of it.
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        report(
            0,
            "-",
            Broken(
                "FILE_UNREADABLE",
                gettext_noop("The file cannot be read: %(reason)s."),
                gettext_noop("Restore the file, or give the right directory."),
                reason=error.strerror or str(error),
            ),
        )
    except UnicodeDecodeError as error:
        report(
            error.object[: error.start].count(b"\n") + 1,
            "-",
            Broken(
                "FILE_NOT_UTF8",
                gettext_noop("The file is not UTF-8 text."),
                gettext_noop("Save it as UTF-8."),
            ),
        )
    return None


def _records(text, table, report):
    """(line, cells) of each record after the header that has as many cells as columns."""
    if text is None:
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    names = [column.name for column in table.columns]
    line = 1
    try:
        for number, cells in enumerate(reader):
            if number == 0:
                if not _header_is_right(cells, names, report):
                    return
            elif len(cells) == len(names):
                yield line, cells
            elif cells:
                report(line, names[min(len(cells), len(names) - 1)], _wrong_width(cells, names))
            line = reader.line_num + 1
    except csv.Error as error:
        report(
            line,
            "-",
            Broken(
                "ROW_UNREADABLE",
                gettext_noop("The row cannot be read as CSV: %(reason)s."),
                gettext_noop("Close every quoted cell, and double a quote inside one."),
                reason=str(error),
            ),
        )
        return
    if line == 1:
        _header_is_right([], names, report)


def _header_is_right(cells, names, report):
    if cells == names:
        return True
    wrong = [name for name in names if name not in cells]
    wrong += [name for name in cells if name not in names]
    report(
        1,
        wrong[0] if wrong else cells[0],
        Broken(
            "HEADER_WRONG",
            gettext_noop("The columns are not those that are expected; look at %(wrong)s.")
            if wrong
            else gettext_noop("The columns are not in the order that is expected."),
            gettext_noop("Write the first line so: %(header)s"),
            wrong=", ".join(name or "-" for name in wrong),
            header=",".join(names),
        ),
    )
    return False


def _wrong_width(cells, names):
    return Broken(
        "ROW_WIDTH_WRONG",
        gettext_noop("The row has %(found)s cells; there are %(expected)s columns."),
        gettext_noop("Quote cells that contain a comma; give an empty cell for no value."),
        found=len(cells),
        expected=len(names),
    )


def _values(line, cells, table, report):
    """The values of a row by column; None where a cell is broken, each of them reported."""
    values, is_whole = {}, True
    for column, cell in zip(table.columns, cells, strict=True):
        try:
            values[column.name] = _value(column, cell)
        except Broken as broken:
            report(line, column.name, broken)
            is_whole = False
    return values if is_whole else None


def _value(column, cell):
    if cell != cell.strip() or any(ord(character) < 32 for character in cell):
        raise Broken(
            "CELL_HAS_STRAY_SPACE",
            gettext_noop("The cell has white space at an end, or a control character in it."),
            gettext_noop("Remove it."),
        )
    if cell:
        return column.read(cell)
    if column.required:
        raise Broken(
            "CELL_EMPTY",
            gettext_noop("The cell is empty."),
            gettext_noop("Give a value."),
        )
    return None
