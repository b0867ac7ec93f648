"""Reading requests: strict JSON, and forms that report everything that is wrong with them.

A form is a serializer class whose fields are those of registry/api/fields.py: the same
declaration reads requests and documents them.
"""

import codecs
import json

from django.utils.translation import gettext_lazy as _
from rest_framework import parsers, serializers

from registry.errors import Failure, InvalidInput

from .fields import Number, Refused
from .requests import body_of


class JsonNumber(str):
    """A number in JSON, as it was written. It is not text, so that fields can tell."""

    __slots__ = ()


class StrictJsonParser(parsers.JSONParser):
    """JSON as RFC 8259 has it: UTF-8, no NaN, no name twice, no depth without end."""

    def parse(self, stream, media_type=None, parser_context=None):
        """Raises: InvalidInput (BODY_TOO_LARGE, MALFORMED_JSON)."""
        try:
            text = codecs.decode(body_of(parser_context["request"]), "utf-8")
        except ValueError as error:
            raise _malformed(error) from error
        return read_json(text)


def read_json(text):
    """The value of a JSON text.   Raises: InvalidInput (MALFORMED_JSON)."""
    try:
        return json.loads(
            text,
            parse_int=JsonNumber,
            parse_float=JsonNumber,
            parse_constant=_refuse_constant,
            object_pairs_hook=_members,
        )
    except (ValueError, RecursionError) as error:
        raise _malformed(error) from error


def _malformed(error):
    return InvalidInput(
        Failure(
            "MALFORMED_JSON",
            _("The body is not JSON in UTF-8."),
            _("Check brackets, quotation marks, and that no name is given twice."),
            data={"reason": str(error)[:200]},
        )
    )


def read_form(form, request):
    """What the body says.   Raises: InvalidInput with all that is wrong."""
    failures = []
    found = read_object(form, request.data, "", failures)
    if failures:
        raise InvalidInput(*failures)
    return found


def read_query(form, request):
    """What the query says.   Raises: InvalidInput with all that is wrong."""
    failures = []
    given = {}
    for name, values in request.query_params.lists():
        if len(values) > 1:
            failures.append(
                Failure(
                    "PARAMETER_REPEATED",
                    _("The parameter is given more than once."),
                    _("Give it once."),
                    data={"parameter": name},
                )
            )
        given[name] = values[-1]
    found = read_object(form, given, None, failures)
    if failures:
        raise InvalidInput(*failures)
    return found


def read_path(field, name, value):
    """One value of the address.   Raises: InvalidInput."""
    try:
        return field.read(value)
    except Refused as refused:
        raise InvalidInput(_placed(refused.failure, None, name)) from refused


def number_of(text, name="number"):
    """A number in the address.   Raises: InvalidInput."""
    return read_path(Number(), name, text)


def read_object(form, given, pointer, failures):
    """The fields of an object that could be read; the others are told in `failures`.

    `pointer` is the JSON pointer of the object, or None for the parameters of an address.
    """
    if type(given) is not dict:
        failures.append(
            _failure("WRONG_TYPE", _("This must be an object."), _("Write { … }."), pointer)
        )
        return {}
    fields = form._declared_fields
    for name in given.keys() - fields.keys():
        failures.append(_unknown(pointer, name))
    found = {}
    for name, field in fields.items():
        if name not in given:
            if field.required:
                failures.append(missing(pointer, name))
            continue
        value = given[name]
        if isinstance(field, serializers.BaseSerializer):
            found[name] = _read_nested(field, value, f"{pointer}/{name}", failures)
        else:
            try:
                found[name] = field.read(value)
            except Refused as refused:
                failures.append(_placed(refused.failure, pointer, name))
    return found


def missing(pointer, name):
    """The failure of a required value that is not there."""
    return _placed(
        Failure(
            "FIELD_MISSING",
            _("This is required."),
            _("See the API description for what is required."),
        ),
        pointer,
        name,
    )


def _read_nested(field, value, pointer, failures):
    if isinstance(field, serializers.ListSerializer):
        if type(value) is not list:
            failures.append(
                _failure("WRONG_TYPE", _("This must be a list."), _("Write [ … ]."), pointer)
            )
            return []
        form = field.child
        return [
            read_object(form, item, f"{pointer}/{index}", failures)
            for index, item in enumerate(value)
        ]
    return read_object(field, value, pointer, failures)


def _unknown(pointer, name):
    if pointer is None:
        return Failure(
            "UNKNOWN_PARAMETER",
            _("There is no such parameter here."),
            _("See the API description for the parameters of this address."),
            data={"parameter": name},
        )
    return _placed(
        Failure(
            "UNKNOWN_FIELD",
            _("There is no such field here."),
            _("See the API description for the fields of this object."),
        ),
        pointer,
        name,
    )


def _placed(failure, pointer, name):
    # A name may hold half a character, which no answer can repeat.
    name = name[:200].encode(errors="replace").decode()
    if pointer is None:
        where = {"parameter": name}
    else:
        where = {"pointer": f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"}
    return Failure(failure.code, failure.message, failure.hint, failure.line, where)


def _failure(code, message, hint, pointer):
    return Failure(code, message, hint, data={"pointer": pointer})


def _refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def _members(pairs):
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a name is given twice in one object")
    return members
