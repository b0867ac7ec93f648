"""Put a reading on record before its answer is shown: one statement, and nothing else.

Outside of a transaction, as requests are answered, the statement commits by itself.
"""

import json
import re
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import Error
from django.utils.translation import gettext_lazy as _

from registry.errors import Failure, Unavailable
from registry.models.readings import LONGEST_NAME, LONGEST_PARAMETER, LONGEST_ROUTE
from registry.recording import write_reading

# A filter has a name such as Django and forms give; what is longer or odd is no filter.
NAME = re.compile(rf"\w{{1,{LONGEST_NAME}}}", re.ASCII)
MOST_NAMES = 20
GIVEN = "SELECT unnest(%s::bigint[])"
BY_CODE = "SELECT id FROM registry_registry WHERE code = ANY(%s::text[])"


@dataclass(frozen=True)
class Asked:
    """Who reads, by which face, and what: a route with the parameters and filters given to it."""

    person_id: int
    api_key_id: int | None
    face: str
    route: str
    parameters: dict
    filters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answered:
    """What is about to be shown: its status, and how many objects (None: not known yet).

    The registries whose data it is are named by ids, by codes, and by `of`: querysets of one
    column, their ids, which are read by the statement that writes the reading.
    """

    status: int
    count: int | None
    ids: frozenset[int] = frozenset()
    codes: frozenset[str] = frozenset()
    of: tuple = ()


def keep_reading(asked: Asked, answered: Answered) -> None:
    """Writes who reads what. If it can not be written, nothing may be shown.

    Raises: Unavailable (READING_NOT_KEPT).
    """
    shown = [
        *(asked.person_id, asked.api_key_id, asked.face, asked.route[:LONGEST_ROUTE]),
        json.dumps({name: _plain(value) for name, value in asked.parameters.items()}),
        sorted(name for name in set(asked.filters) if NAME.fullmatch(name))[:MOST_NAMES],
    ]
    try:
        write_reading(shown, *_registries(answered), [answered.count, answered.status])
    except Error as error:
        raise not_kept() from error


def not_kept() -> Unavailable:
    """The refusal of an answer whose reading is not on record."""
    return Unavailable(
        Failure(
            "READING_NOT_KEPT",
            _("Who reads this could not be put on record, so it is not shown."),
            _("Try again in a while; tell the operator of the node if it stays so."),
        )
    )


def _registries(answered):
    """The statement that finds the ids of registries, and its values."""
    parts, values = [GIVEN], [sorted(answered.ids)]
    if answered.codes:
        parts.append(BY_CODE)
        values.append(sorted(answered.codes))
    for rows in answered.of:
        try:
            sql, given = rows.order_by().query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(sql)
        values += given
    return " UNION ALL ".join(parts), values


def _plain(value):
    """A parameter as text that the database can hold."""
    text = str(value)[:LONGEST_PARAMETER]
    return "".join(each if each.isprintable() else "�" for each in text)
