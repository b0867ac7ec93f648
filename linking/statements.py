"""Statements of a registry that can only export files: which serials it holds or has used. Pure.

CSV in UTF-8 with a header, or NDJSON: one object a line. Both have `first` and `last`, whole
numbers, both ends inclusive; other columns and members are the registry's own and are not read.
Every row that is wrong is told, and nothing is taken of a file with one.
"""

import csv
import io
import json
from dataclasses import dataclass
from enum import StrEnum

from linking.ranges import merged

MOST_ROWS = 1_000_000
MOST_TOLD = 100
LARGEST_SERIAL = 2**63 - 2
COLUMNS = ("first", "last")


class Form(StrEnum):
    CSV = "csv"
    NDJSON = "ndjson"


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a row; `row` counts the lines of the file from 1, 0 is the whole file."""

    code: str
    row: int
    value: str = ""


class Unreadable(ValueError):
    """A file is no statement; `findings` has at most the first hundred."""

    def __init__(self, findings):
        super().__init__(", ".join(f"{each.row}: {each.code}" for each in findings))
        self.findings = findings


def read(data: bytes, form: Form) -> list[tuple[int, int]]:
    """The runs of a statement, (first, last) each, from the lowest up, however it cuts them.

    Raises: Unreadable.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable([Wrong("STATEMENT_NOT_TEXT", 0)]) from error
    runs, wrong = [], []
    for row, cells in (_of_csv if form == Form.CSV else _of_ndjson)(text):
        if row > MOST_ROWS + 1:
            raise Unreadable([Wrong("STATEMENT_TOO_LONG", 0, str(MOST_ROWS))])
        found = cells if isinstance(cells, Wrong) else _run(row, cells)
        (wrong if isinstance(found, Wrong) else runs).append(found)
        if len(wrong) >= MOST_TOLD:
            break
    wrong = wrong or list(_overlaps(runs))[:MOST_TOLD]
    if wrong:
        raise Unreadable(wrong)
    return merged((first, last) for first, last, _row in runs)


def _of_csv(text):
    """(row, cells or what is wrong) of each row after the header."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        missing = [name for name in COLUMNS if header.count(name) != 1]
        if missing:
            yield 1, Wrong("STATEMENT_WITHOUT_COLUMN", 1, ", ".join(missing))
            return
        places = [header.index(name) for name in COLUMNS]
        for cells in rows:
            if not cells:
                continue
            if len(cells) != len(header):
                yield (
                    rows.line_num,
                    Wrong("STATEMENT_ROW_WRONG", rows.line_num, ",".join(cells)[:80]),
                )
            else:
                yield rows.line_num, [cells[place].strip() for place in places]
    except csv.Error as error:
        yield rows.line_num, Wrong("STATEMENT_ROW_WRONG", rows.line_num, str(error)[:80])


def _of_ndjson(text):
    for row, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            given = json.loads(line)
        except (ValueError, RecursionError):
            given = None
        if not isinstance(given, dict) or any(name not in given for name in COLUMNS):
            yield row, Wrong("STATEMENT_ROW_WRONG", row, line[:80])
        else:
            yield row, [given[name] for name in COLUMNS]


def _run(row, cells):
    """(first, last, row), or what is wrong with them."""
    first, last = (_serial(cell) for cell in cells)
    if first is None or last is None or last < first:
        return Wrong("STATEMENT_SERIALS_WRONG", row, "–".join(str(cell)[:30] for cell in cells))
    return first, last, row


def _serial(cell):
    """A whole number, as text or as a JSON number; None for anything else."""
    if type(cell) is int:
        number = cell
    elif isinstance(cell, str) and cell.isascii() and cell.isdecimal() and len(cell) <= 19:
        number = int(cell)
    else:
        return None
    return number if 1 <= number <= LARGEST_SERIAL else None


def _overlaps(runs):
    """Rows that name serials which a row with lower ones has named."""
    end = 0
    for first, last, row in sorted(runs):
        if first <= end:
            yield Wrong("STATEMENT_SERIALS_TWICE", row, f"{first}–{last}")
        end = max(end, last)
