"""Lists as files: CSV for any number of rows, XLSX for as many as people look through.

A file holds the rows of the list as it was filtered and searched, in the columns that it shows. A
cell that begins like a formula is text: names are typed by people whom the reader does not know.
"""

import csv
from itertools import chain
from tempfile import TemporaryFile

from django.contrib.admin.utils import (
    display_for_field,
    display_for_value,
    label_for_field,
    lookup_field,
)
from django.db.models import Field
from django.http import FileResponse, StreamingHttpResponse
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

CSV, XLSX = "csv", "xlsx"
# A workbook is written whole before it is sent.
LARGEST_WORKBOOK = 50_000
# What spreadsheets take for the beginning of a formula, or drop before one.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
# By which spreadsheets know that a file is UTF-8.
MARK = "\ufeff"
CHUNK = 2000
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class _Echo:
    """A file that gives each line back to whoever wrote it."""

    def write(self, line):
        return line


def heading(pages):
    """The names of the columns of a list."""
    return [
        capfirst(str(label_for_field(name, pages.model, model_admin=pages)))
        for name in pages.list_display
    ]


def rows(pages, queryset):
    """The rows of a list as texts, read from the database piece by piece."""
    for row in queryset.iterator(chunk_size=CHUNK):
        yield [_text(pages, name, row) for name in pages.list_display]


def as_csv(pages, queryset, name):
    """A streamed CSV: UTF-8 with a mark, lines ended as RFC 4180 says."""
    writer = csv.writer(_Echo())
    lines = (
        writer.writerow([_harmless(text) for text in line])
        for line in chain([heading(pages)], rows(pages, queryset))
    )
    answer = StreamingHttpResponse(chain([MARK], lines), content_type=TYPES[CSV])
    return _named(answer, name, CSV)


def as_xlsx(pages, queryset, name):
    """A workbook with one sheet; every cell is text, so serials keep all their digits."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"
    for line in chain([heading(pages)], rows(pages, queryset)):
        sheet.append([_cell(sheet, text) for text in line])
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it
    book.save(file)
    file.seek(0)
    return _named(FileResponse(file, content_type=TYPES[XLSX]), name, XLSX)


def _text(pages, name, row):
    """What the list shows in a cell, without its markup."""
    field, _attr, value = lookup_field(name, row, pages)
    if field is None:
        shown = value if isinstance(value, str) else display_for_value(value, "")
    elif field.is_relation:
        shown = _related(field, row)
    elif isinstance(value, bool):
        shown = _("yes") if value else _("no")
    else:
        shown = display_for_field(value, field, "")
    return strip_tags(str(shown).replace("<br>", " "))


def _related(field: Field, row):
    found = getattr(row, field.name)
    return "" if found is None else found


def _harmless(text):
    return f"'{text}" if text.startswith(FORMULAS) else text


def _cell(sheet, text):
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell


def _named(answer, name, form):
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer
