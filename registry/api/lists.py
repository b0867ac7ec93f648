"""Lists as NDJSON and CSV, by Accept: whole and streamed, where JSON comes in pages.

The first page is read before the answer begins, so that what is wrong with a request is still
answered as a problem. CSV is for spreadsheets: UTF-8 with a byte order mark, CRLF, and no cell
that a spreadsheet would run as a formula.
"""

import csv
import io
import json
from itertools import chain

from django.http import StreamingHttpResponse
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer

from . import pages

PAGE = 1000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"


class NdjsonRenderer(BaseRenderer):
    media_type = "application/x-ndjson"
    format = "ndjson"


class CsvRenderer(BaseRenderer):
    media_type = "text/csv"
    format = "csv"


RENDERERS = [JSONRenderer, NdjsonRenderer, CsvRenderer]


def stream(view, request, names):
    """All items of a list from its cursor on, or as many as its limit."""
    after, most = pages.start(request, view.key_form), view.asked.get("limit")
    size = PAGE if most is None else min(most, PAGE)
    first = view.rows(request.actor, after=after, limit=size, **names)
    items = (_documents(view, page) for page in _pages(view, request, names, first, size, most))
    write = {"ndjson": _ndjson, "csv": _csv}[request.accepted_renderer.format]
    media_type = request.accepted_renderer.media_type
    return StreamingHttpResponse(
        write(chain.from_iterable(items), view.document),
        content_type=f"{media_type}; charset=utf-8" if media_type == "text/csv" else media_type,
    )


def _pages(view, request, names, page, size, most):
    while True:
        yield page[:size]
        if len(page) <= size or most is not None:
            return
        page = view.rows(request.actor, after=view.key(page[size - 1]), limit=size, **names)


def _documents(view, rows):
    return view.document(rows, many=True).data


def _ndjson(items, document):
    encode = JSONRenderer().render
    for item in items:
        yield encode(item) + b"\n"


def _csv(items, document):
    columns = list(_columns(document()))
    yield BYTE_ORDER_MARK + _line([".".join(path) for path in columns])
    for item in items:
        yield _line([_cell(item, path) for path in columns])


def _columns(document, before=()):
    for name, field in document.fields.items():
        if isinstance(field, serializers.Serializer):
            yield from _columns(field, (*before, name))
        else:
            yield (*before, name)


def _cell(item, path):
    for name in path:
        item = item.get(name) if item is not None else None
    if item is None:
        return ""
    if isinstance(item, list | dict):
        item = json.dumps(item, ensure_ascii=False, default=str)
    text = str(item).lower() if isinstance(item, bool) else str(item)
    return f"'{text}" if text.startswith(FORMULA) else text


def _line(cells):
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
