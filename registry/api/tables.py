"""Rows that arrive as NDJSON or CSV. A row that can not be read is refused alone."""

import codecs
import csv
import io

from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import BaseParser

from registry.errors import Failure, InvalidInput, RuleViolated

from .reading import read_json
from .requests import body_of

BLOCK = "block."


class RowsParser(BaseParser):
    def parse(self, stream, media_type=None, parser_context=None):
        """A list with an object or an InvalidInput for each row.   Raises: InvalidInput."""
        body = body_of(parser_context["request"], parser_context["view"].greatest_body)
        try:
            text = codecs.decode(body, "utf-8-sig")
        except UnicodeDecodeError as error:
            raise InvalidInput(
                Failure("BODY_NOT_UTF8", _("The body is not UTF-8 text."), _("Send it in UTF-8."))
            ) from error
        return list(self.rows(text))

    def rows(self, text):
        raise NotImplementedError


class NdjsonParser(RowsParser):
    media_type = "application/x-ndjson"

    def rows(self, text):
        for line in text.split("\n"):
            if line.strip():
                try:
                    yield read_json(line)
                except InvalidInput as error:
                    yield error


class CsvParser(RowsParser):
    """A header line names the fields; `block.unit_type`, `block.first`, `block.last` a block."""

    media_type = "text/csv"

    def rows(self, text):
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = None
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                yield _unreadable(str(error))
                continue
            if cells is None:
                return
            if header is None:
                header = cells
            elif cells and len(cells) != len(header):
                yield _unreadable(f"{len(cells)} != {len(header)}")
            elif cells:
                yield _object(header, cells)


def refuse_repeated(rows):
    """The items to carry out: of trades with one id in a file, the first."""
    seen, items = set(), []
    for row in rows:
        if row.item is None:
            continue
        if row.item.key in seen:
            row.refusal = RuleViolated(
                Failure(
                    "TRADE_REPEATED",
                    _("A trade with this id is in the file before."),
                    _("Give each trade an id of its own."),
                    data={"pointer": "/trade"},
                )
            )
        else:
            seen.add(row.item.key)
            items.append(row.item)
    return items


def _object(header, cells):
    """Empty cells are not given; columns of a block become one."""
    found, block = {}, {}
    for name, cell in zip(header, cells, strict=True):
        if cell and name.startswith(BLOCK):
            block[name.removeprefix(BLOCK)] = cell
        elif cell:
            found[name] = cell
    return {**found, "block": block} if block else found


def _unreadable(reason):
    return InvalidInput(
        Failure(
            "ROW_MALFORMED",
            _("The row can not be read."),
            _("Close every quoted cell, and give each row as many cells as the header has."),
            data={"reason": reason},
        )
    )
