"""Failures as they travel to another node."""

from django.utils import translation


def told(failures) -> list[dict]:
    """Failures in English: who reads them may be of any language, and has the codes."""
    with translation.override("en"):
        return [
            {
                "code": each.code,
                "message": str(each.message),
                "hint": str(each.hint),
                "data": {name: _plain(value) for name, value in each.data.items()},
            }
            for each in failures
        ]


def _plain(value):
    return value if isinstance(value, str | bool | type(None)) else str(value)
