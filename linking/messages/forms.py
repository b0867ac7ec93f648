"""Of which form the parts of a message are: objects, lists and values. Pure.

A value is read by a function, as in linking/edges/kinds.py: it raises Unreadable. Everything that
is wrong is found at once, each finding with a JSON pointer to its place.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from linking.edges.findings import Finding, Unreadable

Value = Callable[[object], object]
# What an object is beyond its members: yields (code, pointer inside it, particulars).
Rule = Callable[[dict], Iterator[tuple[str, str, dict]]]


def no_rule(_value) -> Iterator[tuple[str, str, dict]]:
    return iter(())


@dataclass(frozen=True)
class Object:
    """All members are there, null where there is nothing, and no other is.

    `rule` looks at an object whose members are all well formed.
    """

    members: Mapping[str, object]
    rule: Rule = no_rule


@dataclass(frozen=True)
class Listed:
    """A list of one thing, `least` at least and `most` at most."""

    item: object
    least: int = 0
    most: int = 10_000


@dataclass(frozen=True)
class OrNull:
    """The form, or null."""

    form: object


def findings(form, value, where: str = "") -> list[Finding]:
    """Everything that keeps a value from being of a form."""
    return list(_findings(form, value, where))


def _findings(form, value, where):
    if isinstance(form, OrNull):
        if value is not None:
            yield from _findings(form.form, value, where)
    elif isinstance(form, Object):
        yield from _of_object(form, value, where)
    elif isinstance(form, Listed):
        yield from _of_list(form, value, where)
    else:
        try:
            form(value)
        except Unreadable as unreadable:
            yield Finding(unreadable.code, where, unreadable.data)


def _of_object(form, value, where):
    if not isinstance(value, dict):
        yield Finding("WRONG_TYPE", where, {"wanted": "object"})
        return
    found = []
    for name in form.members:
        if name in value:
            found.extend(_findings(form.members[name], value[name], f"{where}/{name}"))
        else:
            found.append(Finding("FIELD_MISSING", f"{where}/{name}"))
    found.extend(
        Finding("UNKNOWN_FIELD", f"{where}/{_escaped(name)}")
        for name in sorted(value.keys() - form.members.keys())
    )
    if not found:
        found = [Finding(code, where + inside, data) for code, inside, data in form.rule(value)]
    yield from found


def _of_list(form, value, where):
    if not isinstance(value, list):
        yield Finding("WRONG_TYPE", where, {"wanted": "list"})
    elif not form.least <= len(value) <= form.most:
        yield Finding("WRONG_TYPE", where, {"wanted": f"{form.least} to {form.most} items"})
    else:
        for number, item in enumerate(value):
            yield from _findings(form.item, item, f"{where}/{number}")


def _escaped(name):
    """A member's name in a JSON pointer (RFC 6901, section 3)."""
    return name[:80].replace("~", "~0").replace("/", "~1")
