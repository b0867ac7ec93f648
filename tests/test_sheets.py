"""registry/sheets.py: rows of files, and what makes a row or a file unreadable."""

import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from registry import sheets
from registry.errors import InvalidInput

COLUMNS = {"name": True, "units": False}


def of_csv(text, columns=None):
    content = text if isinstance(text, bytes) else text.encode()
    return list(sheets.rows(io.BytesIO(content), "csv", columns or COLUMNS))


def workbook(*lines, sheets_more=0):
    book = Workbook()
    for line in lines:
        book.active.append(line)
    for _number in range(sheets_more):
        book.create_sheet()
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def of_xlsx(*lines, **more):
    return list(sheets.rows(workbook(*lines, **more), "xlsx", COLUMNS))


def codes(rows):
    return [
        (failure.line, failure.data.get("column", ""), failure.code)
        for row in rows
        for failure in row.failures
    ]


def refused(call, *args, **kwargs):
    with pytest.raises(InvalidInput) as caught:
        call(*args, **kwargs)
    return [(f.code, f.line, f.data.get("column", "")) for f in caught.value.failures]


def test_csv_with_a_byte_order_mark_and_quotes():
    """Rows are told by the numbers of a spreadsheet; empty cells and rows are left out."""
    rows = of_csv('\ufeffname,units\r\n"A, B",10\r\n,\r\n 京都 ,\r\n')
    assert [(row.number, row.cells) for row in rows] == [
        (2, {"name": "A, B", "units": "10"}),
        (4, {"name": "京都"}),
    ]
    assert codes(rows) == []


def test_both_forms_say_the_same():
    """Whole numbers and dates of a workbook are read as their texts in a CSV would be."""
    rows = of_xlsx(["name", "units"], ["A", 10], [date(2026, 1, 1), 10.5], [None, 1.0])
    assert [row.cells for row in rows] == [
        {"name": "A", "units": "10"},
        {"name": "2026-01-01", "units": "10.5"},
        {"units": "1"},
    ]
    assert codes(rows) == [(4, "name", "CELL_EMPTY")]


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-A1", " =1", '"\tx"'])
def test_formula_in_a_csv(text):
    """What a spreadsheet would run is refused by its own code; a signed number is a number."""
    rows = of_csv(f"name,units\n{text},-5\n")
    assert codes(rows) == [(2, "name", "FORMULA_IN_CELL")]
    assert rows[0].cells == {"units": "-5"}


def test_formula_in_a_workbook():
    """A formula is refused, also one whose value would be a plain number."""
    rows = of_xlsx(["name", "units"], ["A", "=1+1"])
    assert codes(rows) == [(2, "units", "FORMULA_IN_CELL")]


def test_header_is_told_by_column_and_all_at_once():
    """Columns that are missing, unknown or named twice are all named."""
    assert refused(of_csv, "units,units,=x,nome\nA,1,2,3\n") == [
        ("COLUMN_REPEATED", 1, "units"),
        ("UNKNOWN_COLUMN", 1, "=x"),
        ("UNKNOWN_COLUMN", 1, "nome"),
        ("COLUMN_MISSING", 1, "name"),
    ]


def test_rows_that_can_not_be_read_are_told_alone():
    """A row with too many cells, or with a quotation mark astray, does not hide the others."""
    rows = of_csv('name,units\nA,1,2\n"x"y,1\nB,2\n')
    assert codes(rows) == [(2, "", "ROW_MALFORMED"), (3, "", "ROW_MALFORMED")]
    assert rows[-1].cells == {"name": "B", "units": "2"}


def test_files_without_rows():
    """A header alone is no file to work on, nor is nothing at all."""
    assert refused(of_csv, "name,units\n") == [("FILE_HAS_NO_ROWS", None, "")]
    assert refused(of_csv, "") == [("FILE_HAS_NO_ROWS", None, "")]
    assert refused(of_xlsx, ["name"]) == [("FILE_HAS_NO_ROWS", None, "")]


def test_text_in_another_encoding():
    """The row from which on the text is not UTF-8 is named."""
    assert refused(of_csv, "name\n京都\n".encode("shift_jis")) == [("FILE_NOT_UTF8", 2, "")]


def test_workbooks_that_are_none():
    """A broken archive, another archive, and more than one sheet are refused."""
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as packed:
        packed.writestr("x", "y")
    other.seek(0)
    for file in (io.BytesIO(b"PK\x03\x04 broken"), other):
        assert refused(lambda file=file: list(sheets.rows(file, "xlsx", COLUMNS))) == [
            ("FILE_IS_BROKEN", None, "")
        ]
    assert refused(of_xlsx, ["name"], ["A"], sheets_more=1) == [("SHEETS_ARE_NOT_ONE", None, "")]


def test_workbook_that_would_be_too_large(monkeypatch):
    """What an archive would become is known before any of it is unpacked."""
    monkeypatch.setattr(sheets, "LARGEST_UNPACKED", 100)
    assert refused(of_xlsx, ["name"], ["A"]) == [("FILE_IS_TOO_LARGE_UNPACKED", None, "")]


def test_file_with_too_many_rows(monkeypatch):
    """Rows are counted while they are read, empty ones among them: none after the last is read."""
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    assert len(of_csv("name\nA\nB\n")) == 2
    assert refused(of_csv, "name\nA\n\nB\n") == [("TOO_MANY_ROWS", 4, "")]


def test_row_with_too_many_columns():
    """A row that would take all memory is refused by its width."""
    wide = ",".join("x" * (sheets.MOST_COLUMNS + 1))
    assert codes(of_csv(f"name\n{wide}\nA\n")) == [(2, "", "ROW_MALFORMED")]
