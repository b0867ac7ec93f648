"""Composites and arrays as PostgreSQL reads them from text.

One text of ten thousand lines is far faster for the server to read than as many parameters.
"""

import re

_quotes = re.compile(r'["\\]')
_plain = re.compile(r"[\w.:+-]+", re.ASCII)


def composite(values) -> str:
    """Values as the fields of a composite: numbers, texts, bytes, composites, or None."""
    return f"({','.join([_field(value) for value in values])})"


def array(composites) -> str:
    """Composites, or None, as the elements of an array."""
    return f"{{{','.join(['NULL' if each is None else _quoted(each) for each in composites])}}}"


def _field(value):
    if value is None:
        return ""
    if type(value) is int:
        return str(value)
    text = f"\\x{value.hex()}" if type(value) is bytes else str(value)
    return text if _plain.fullmatch(text) else _quoted(text)


def _quoted(text):
    return f'"{_quotes.sub(_escaped, text)}"'


def _escaped(found):
    return f"\\{found[0]}"
