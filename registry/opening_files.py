"""The files of a registry that moves here, read row by row. Pure.

accounts.csv, holdings.csv and totals.csv come as the old registry wrote them; mapping.toml says
what its codes are called here. Every row that is wrong is told, not only the first.
"""

import csv
import hashlib
import io
import itertools
import re
import tomllib
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy as _

from .errors import Failure
from .serials.plain_text import plain

ACCOUNTS, HOLDINGS, TOTALS, MAPPING = "accounts.csv", "holdings.csv", "totals.csv", "mapping.toml"
COLUMNS = {
    ACCOUNTS: ("account", "name", "kind", "holder", "holder_name"),
    HOLDINGS: ("account", "unit_type", "vintage", "quantity", "serial_first", "serial_last"),
    TOTALS: ("account", "unit_type", "quantity"),
}
EMPTY_ALLOWED = {"holder", "holder_name", "serial_first", "serial_last"}
TABLES = ("accounts", "account_kinds", "unit_types", "holders")
MOST_UNITS = 10**12
LONGEST = 300
YEAR = re.compile(r"(?:19|20)[0-9]{2}")
DAYS = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})/([0-9]{4}-[0-9]{2}-[0-9]{2})")
SERIAL = re.compile(r"(.*?)([0-9]{1,18})")


@dataclass(frozen=True)
class Run:
    """Serials of the old registry: what stands before their numbers, and the numbers."""

    prefix: str
    first: int
    last: int


@dataclass(frozen=True)
class Row:
    """A row of a file with its place; `cells` by column, as text."""

    file: str
    number: int
    cells: dict

    def failure(self, code, message, hint, **data):
        place = {"file": self.file, "row": str(self.number)}
        return Failure(code, message, hint, data=place | data)

    def invalid(self, column, hint):
        return self.failure(
            "OPENING_CELL_INVALID",
            _("A cell can not be read."),
            hint,
            column=column,
            value=self.cells[column],
        )


@dataclass(frozen=True)
class Held:
    """A block of the old registry. The vintage is half-open, as an issuance has it."""

    row: Row
    account: str
    unit_type: str
    vintage: tuple[date, date, str]
    quantity: int
    run: Run | None


@dataclass
class Books:
    """What the files say, in the old registry's codes, and the SHA-256 of each file.

    `totals` maps an account and a unit type to their row and units.
    """

    mapping: dict
    digests: dict[str, str]
    accounts: dict[str, Row] = field(default_factory=dict)
    holdings: list[Held] = field(default_factory=list)
    totals: dict[tuple[str, str], tuple[Row, int]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    def here(self, table, code):
        """What a code of the old registry is called here: the same, unless it is mapped."""
        return self.mapping.get(table, {}).get(code, code)


def read(files: dict[str, bytes]) -> Books:
    """The books of the old registry. `failures` has all that is wrong with the files."""
    digests = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
    books = Books({}, digests)
    for name in (*COLUMNS, MAPPING):
        if name not in files:
            books.failures.append(unreadable(name, _("The file is missing.")))
    if MAPPING in files:
        books.mapping = _mapping(files[MAPPING], books.failures)
    for row in _rows(ACCOUNTS, files, books.failures):
        _keep_once(books, books.accounts, row.cells["account"], row, row)
    for row in _rows(HOLDINGS, files, books.failures):
        _read_holding(row, books)
    for row in _rows(TOTALS, files, books.failures):
        units = _quantity(row, books, least=0)
        if units is not None:
            place = row.cells["account"], row.cells["unit_type"]
            _keep_once(books, books.totals, place, row, (row, units))
    _require_serials_once(books)
    if not books.failures:
        _require_ties(books)
    return books


def unreadable(file, message):
    hint = _("Give accounts.csv, holdings.csv, totals.csv and mapping.toml, in UTF-8.")
    return Failure("OPENING_FILE_UNREADABLE", message, hint, data={"file": file})


def _mapping(content, failures):
    try:
        said = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        failures.append(unreadable(MAPPING, _("The file can not be read.")))
        return {}
    wrong = [key for key in said if key != "source" and key not in TABLES]
    source = said.get("source")
    if type(source) is not str or not 0 < len(source) <= LONGEST:
        wrong.append("source")
    for table in TABLES:
        codes = said.get(table, {})
        if type(codes) is not dict or any(type(code) is not str for code in codes.values()):
            wrong.append(table)
    for key in wrong:
        failures.append(
            Failure(
                "OPENING_MAPPING_INVALID",
                _("The mapping has a part that means nothing, or lacks its source."),
                _(
                    "It has a text, source, and the tables accounts, account_kinds, unit_types and "
                    "holders, each from an old code to one of here."
                ),
                data={"file": MAPPING, "key": key},
            )
        )
    return {} if wrong else said


def _rows(file, files, failures):
    """The rows that have a cell for each column and no empty one that must be filled."""
    if file not in files:
        return
    try:
        lines = list(csv.reader(io.StringIO(files[file].decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error):
        failures.append(unreadable(file, _("The file can not be read.")))
        return
    columns = COLUMNS[file]
    if not lines or tuple(lines[0]) != columns:
        failures.append(
            Failure(
                "OPENING_COLUMNS_WRONG",
                _("The first row does not name the columns of this file."),
                _("Name exactly these, in this order: %(columns)s")
                % {"columns": ",".join(columns)},
                data={"file": file},
            )
        )
        return
    for number, cells in enumerate(lines[1:], 2):
        row = Row(file, number, dict(zip(columns, cells, strict=False)))
        empty = [name for name in columns if name not in EMPTY_ALLOWED and not row.cells.get(name)]
        too_long = any(len(cell) > LONGEST or "\0" in cell for cell in cells)
        if len(cells) != len(columns) or empty or too_long:
            failures.append(
                row.failure(
                    "OPENING_ROW_INCOMPLETE",
                    _("The row lacks a cell, has one too many, or one that is too long."),
                    _("Fill every column but holder, holder_name and the serials."),
                    columns=",".join(empty),
                )
            )
        else:
            yield row


def _keep_once(books, kept, key, row, value):
    if key in kept:
        books.failures.append(
            row.failure(
                "OPENING_ROW_TWICE",
                _("The row says something that an earlier one has said."),
                _("Leave one of the two out."),
                account=row.cells["account"],
            )
        )
    else:
        kept[key] = value


def _quantity(row, books, *, least):
    text = row.cells["quantity"]
    if text.isascii() and text.isdecimal() and least <= int(text) <= MOST_UNITS:
        return int(text)
    books.failures.append(row.invalid("quantity", _("Write whole units, in digits alone.")))
    return None


def _read_holding(row, books):
    before = len(books.failures)
    quantity = _quantity(row, books, least=1)
    vintage = _vintage(row.cells["vintage"])
    if vintage is None:
        hint = _(
            "Write a year, or the first day and the day after the last: 2025-04-01/2026-04-01."
        )
        books.failures.append(row.invalid("vintage", hint))
    run = _run(row, quantity, books)
    if len(books.failures) == before:
        cells = row.cells
        books.holdings.append(
            Held(row, cells["account"], cells["unit_type"], vintage, quantity, run)
        )


def _vintage(text):
    if YEAR.fullmatch(text):
        return date(int(text), 1, 1), date(int(text) + 1, 1, 1), text
    days = DAYS.fullmatch(text)
    try:
        first, end = (date.fromisoformat(day) for day in days.groups())
    except (AttributeError, ValueError):
        return None
    return (first, end, text) if first < end else None


def _run(row, quantity, books):
    first, last = row.cells["serial_first"], row.cells["serial_last"]
    if not first and not last:
        return None
    ends = [SERIAL.fullmatch(plain(text)) for text in (first, last)]
    if all(ends) and ends[0][1] == ends[1][1]:
        run = Run(ends[0][1], int(ends[0][2]), int(ends[1][2]))
        if quantity is None or run.last - run.first + 1 == quantity:
            return run
    books.failures.append(
        row.failure(
            "OPENING_SERIALS_WRONG",
            _("The serials are not a run of as many units as the quantity says."),
            _("Both ends have the same text before their numbers, which differ by the quantity."),
            serial_first=first,
            serial_last=last,
        )
    )
    return None


def _require_serials_once(books):
    """Two blocks of the old registry never had the same serials."""
    runs = sorted(
        (held for held in books.holdings if held.run is not None),
        key=lambda held: (held.run.prefix, held.run.first),
    )
    for one, other in itertools.pairwise(runs):
        if one.run.prefix == other.run.prefix and other.run.first <= one.run.last:
            books.failures.append(serials_twice(other))


def serials_twice(held):
    """The failure of a block whose serials another one has."""
    return held.row.failure(
        "OPENING_SERIALS_TWICE",
        _("Other units have these serials already."),
        _("Compare the two blocks with the books of the old registry."),
        serial_first=held.row.cells["serial_first"],
        serial_last=held.row.cells["serial_last"],
    )


def _require_ties(books):
    """What the holdings add up to is what the old registry's totals say, for each account."""
    sums = {}
    for held in books.holdings:
        place = held.account, held.unit_type
        sums[place] = sums.get(place, 0) + held.quantity
    for account, unit_type in sorted(sums.keys() | books.totals.keys()):
        held = sums.get((account, unit_type), 0)
        _row, total = books.totals.get((account, unit_type), (None, 0))
        if held != total:
            books.failures.append(
                Failure(
                    "OPENING_TOTALS_DIFFER",
                    _("The holdings do not add up to the totals of the old registry."),
                    _("Correct the file that is wrong; nothing is written before they tie."),
                    data={
                        "account": account,
                        "unit_type": unit_type,
                        "holdings": str(held),
                        "total": str(total),
                    },
                )
            )
