"""Rows of CSV files and XLSX workbooks, one after the other: no file is in memory as a whole.

The first row names the columns. A row is told by the number that a spreadsheet gives it. Nothing
is taken for a value that a spreadsheet would run: a formula in a cell is refused, in both forms.
"""

import csv
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook

from .errors import Failure, InvalidInput

MOST_ROWS = 200_000
MOST_COLUMNS = 200
# What a workbook may become when it is unpacked, in bytes; a packed one has at most 32 MiB.
LARGEST_UNPACKED = 512 * 2**20
FORMULAS = ("=", "+", "-", "@")
RUN_AFTER = ("\t", "\r")
SIGNED = re.compile(r"[+-][0-9][0-9.,]*")
FORMULA = "f"
# What openpyxl and zipfile raise for files that are no workbooks, or broken ones.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, SyntaxError),
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, NotImplementedError),
)


@dataclass(slots=True)
class Row:
    """A row: its number in the file, the texts of its cells by column, and what is wrong with it.

    Empty cells are left out; of each failure `line` is the row and `data["column"]` the column.
    """

    number: int
    cells: dict = field(default_factory=dict)
    failures: list = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    is_formula: bool


def placed(failure: Failure, number, column="") -> Failure:
    """A failure with its row and its column."""
    data = {**failure.data, "column": column} if column else failure.data
    return Failure(failure.code, failure.message, failure.hint, number, data)


def rows(file, form, columns):
    """Yields the rows of a binary file; `columns` maps each name to whether it must be filled.

    Raises: InvalidInput with everything that makes the file unreadable from there on.
    """
    names, found = None, False
    for number, cells in READERS[form](file):
        if number > MOST_ROWS + 1:
            raise InvalidInput(too_many_rows())
        if names is None:
            names = _header(cells, columns)
        elif isinstance(cells, Failure):
            found = True
            yield Row(number, failures=[placed(cells, number)])
        elif any(cell.text for cell in cells):
            found = True
            yield _row(number, names, cells, columns)
    if not found:
        raise InvalidInput(
            Failure(
                "FILE_HAS_NO_ROWS",
                _("The file has no rows below its header."),
                _("Give the names of the columns in the first row, and a row for each item."),
            )
        )


def _row(number, names, cells, columns):
    row = Row(number)
    if len(cells) != len(names) and any(cell.text for cell in cells[len(names) :]):
        row.failures.append(placed(_malformed(f"{len(cells)} != {len(names)}"), number))
        return row
    for name, cell in zip(names, cells, strict=False):
        if cell.is_formula:
            row.failures.append(placed(_formula(), number, name))
        elif cell.text:
            row.cells[name] = cell.text
    wrong = {failure.data.get("column") for failure in row.failures}
    for name, is_required in columns.items():
        if is_required and name not in row.cells and name not in wrong:
            row.failures.append(placed(_empty(), number, name))
    return row


def _header(cells, columns):
    """The names of the columns.   Raises: InvalidInput with all that is wrong with them."""
    if isinstance(cells, Failure):
        raise InvalidInput(placed(cells, 1))
    names = [cell.text for cell in cells]
    while names and not names[-1]:
        names.pop()
    failures = []
    for index, name in enumerate(names):
        if name in names[:index]:
            failures.append(placed(_repeated(), 1, name[:100]))
        elif name not in columns:
            failures.append(placed(_unknown(columns), 1, name[:100]))
    failures.extend(
        placed(_missing(), 1, name)
        for name, is_required in columns.items()
        if is_required and name not in names
    )
    if failures:
        raise InvalidInput(*failures)
    return names


def _csv(file):
    """Yields the number and the cells of each row, or the failure of a row."""
    reader = csv.reader(_lines(file), strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield number, _malformed(str(error))
            continue
        except UnicodeDecodeError as error:
            raise InvalidInput(
                Failure(
                    "FILE_NOT_UTF8",
                    _("The file is not UTF-8 text."),
                    _("Save it as UTF-8."),
                    number,
                )
            ) from error
        if cells is None:
            return
        if len(cells) > MOST_COLUMNS:
            yield number, _malformed(f"{len(cells)} > {MOST_COLUMNS}")
        else:
            yield number, [_cell(text) for text in cells]


def _lines(file):
    """The lines of a binary file as text, with their ends."""
    for index, line in enumerate(file):
        yield line.decode("utf-8" if index else "utf-8-sig")


def _xlsx(file):
    """Yields the number and the cells of each row of the only sheet."""
    try:
        with zipfile.ZipFile(file) as packed:
            size = sum(part.file_size for part in packed.infolist())
        if size > LARGEST_UNPACKED:
            raise InvalidInput(too_large_unpacked(size))
        book = load_workbook(file, read_only=True, keep_links=False)
        if len(book.worksheets) != 1:
            raise InvalidInput(_sheets(len(book.worksheets)))
        (sheet,) = book.worksheets
        # What the sheet says of its own size is not believed.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(), 1):
            if len(cells) > MOST_COLUMNS:
                yield number, _malformed(f"{len(cells)} > {MOST_COLUMNS}")
            else:
                yield number, [_workbook_cell(cell) for cell in cells]
    except BROKEN as error:
        raise InvalidInput(
            Failure(
                "FILE_IS_BROKEN",
                _("The workbook can not be read."),
                _("Save it again as an XLSX workbook, or as CSV in UTF-8."),
                data={"reason": str(error)[:200]},
            )
        ) from error


def _workbook_cell(cell):
    value = cell.value
    if cell.data_type == FORMULA:
        return Cell(str(value), is_formula=True)
    if value is None:
        return Cell("", is_formula=False)
    if isinstance(value, bool):
        return Cell(str(value).lower(), is_formula=False)
    if isinstance(value, float) and value.is_integer():
        return Cell(str(int(value)), is_formula=False)
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return Cell(value.date().isoformat(), is_formula=False)
    if isinstance(value, date):
        return Cell(value.isoformat(), is_formula=False)
    return _cell(str(value))


def _cell(text):
    stripped = text.strip()
    is_formula = text.startswith(RUN_AFTER) or (
        stripped.startswith(FORMULAS) and SIGNED.fullmatch(stripped) is None
    )
    return Cell(stripped, is_formula=bool(stripped) and is_formula)


READERS = {"csv": _csv, "xlsx": _xlsx}


def _formula():
    return Failure(
        "FORMULA_IN_CELL",
        _("The cell has a formula, or what a spreadsheet would take for one."),
        _("Put the value itself into the cell."),
    )


def _malformed(reason):
    return Failure(
        "ROW_MALFORMED",
        _("The row can not be read."),
        _("Close every quoted cell, and give each row as many cells as the header has."),
        data={"reason": reason},
    )


def _empty():
    return Failure("CELL_EMPTY", _("The cell is empty."), _("Give a value."))


def _repeated():
    return Failure("COLUMN_REPEATED", _("There are two columns of this name."), _("Leave one out."))


def _unknown(columns):
    return Failure(
        "UNKNOWN_COLUMN",
        _("A file of this kind has no such column."),
        _("Use the names that data lists."),
        data={"columns": list(columns)},
    )


def _missing():
    return Failure("COLUMN_MISSING", _("This column is missing."), _("Add it to the header."))


def too_many_rows():
    return Failure(
        "TOO_MANY_ROWS",
        _("The file has more than 200,000 rows."),
        _("Divide it, and upload each part."),
        MOST_ROWS + 2,
    )


def too_large_unpacked(size):
    return Failure(
        "FILE_IS_TOO_LARGE_UNPACKED",
        _("Unpacked the file would be too large."),
        _("Save the rows as CSV in UTF-8, or divide the file."),
        data={"bytes": str(size)},
    )


def _sheets(count):
    return Failure(
        "SHEETS_ARE_NOT_ONE",
        _("The workbook must have exactly one sheet."),
        _("Keep the sheet with the rows only."),
        data={"sheets": str(count)},
    )
