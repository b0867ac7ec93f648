"""The text of an agreement for people: every field of an edge with its name and value in words,
and what differs between two texts."""

import json
from dataclasses import dataclass, field

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from . import wording

# Lists whose items are objects with fields of their own.
NESTED = ("quotas", "phases")
ORDER = list(wording.LABELS)


@dataclass(frozen=True)
class Row:
    """One field: where it stands (a JSON pointer), what it is called, what it says."""

    pointer: str
    label: str
    value: str


@dataclass
class Group:
    """Fields under a heading; `parts` are objects inside: a quota, a phase."""

    heading: str
    rows: list = field(default_factory=list)
    parts: list = field(default_factory=list)

    @property
    def is_empty(self):
        return not (self.rows or self.parts)


def groups(document, where="") -> list[Group]:
    """The fields of one edge in their groups; `where` is the pointer of the edge in its text."""
    found = []
    for heading, names in wording.GROUPS:
        group = Group(str(heading))
        for name in names:
            if name in document:
                _add(group, (name,), document[name], where)
        if not group.is_empty:
            found.append(group)
    return found


def _add(group, path, value, where):
    name = path[-1]
    if name in NESTED and isinstance(value, list):
        for number, item in enumerate(value):
            part = Group(_heading(name, number, item))
            _add_object(part, (*path, number), item, where)
            group.parts.append(part)
    elif isinstance(value, dict) and name != "converts_to":
        _add_object(group, path, value, where)
    else:
        group.rows.append(_row(path, value, where))


def _add_object(group, path, item, where):
    if not isinstance(item, dict):
        group.rows.append(_row(path, item, where))
        return
    for name in sorted(item, key=lambda name: _order((*path, name))):
        _add(group, (*path, name), item[name], where)


def _order(path):
    """The canonical text has fields by the alphabet; people read them by sense."""
    key = wording.key_of(path)
    return (ORDER.index(key) if key in ORDER else len(ORDER), key)


def _heading(name, number, item):
    if name == "quotas":
        return _("Quota %(number)s") % {"number": number + 1}
    n = item.get("n", number) if isinstance(item, dict) else number
    return _("Phase %(number)s") % {"number": n}


def _row(path, value, where):
    key = wording.key_of(path)
    pointer = "/".join([where, *map(str, path)])
    return Row(pointer, str(wording.LABELS.get(key, path[-1])), said(key, value))


NOTHING = "–"


def said(key, value) -> str:
    """The value of a field in words."""
    if value is None or value == []:
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    special = SPECIAL.get(key)
    if special is not None:
        return special(value)
    if isinstance(value, list):
        return ", ".join(said(key, item) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return wording.word(key, value)


def _vintages(value):
    return " … ".join(f"{number:+d}" if number else "0" for number in value)


def _conversions(value):
    return ", ".join(f"{one} → {other}" for one, other in value.items())


def _windows(value):
    return "; ".join(_window(each) for each in value)


def _window(each):
    if isinstance(each, str):
        return str(wording.DAYS.get(each, each))
    days = ", ".join(str(wording.DAYS.get(day, day)) for day in each.get("days", ()))
    hours = f"{each.get('from') or '00:00'} – {each.get('to') or '24:00'}"
    return f"{days} {hours} {each.get('zone', 'UTC')}"


def _triggers(value):
    order = [*wording.TRIGGERS]
    kinds = [each if isinstance(each, str) else each.get("kind") for each in value]
    places = {kind: order.index(kind) if kind in order else len(order) for kind in kinds}
    told = sorted(zip(kinds, value, strict=True), key=lambda pair: places[pair[0]])
    return "; ".join(_trigger(each) for _kind, each in told)


def _trigger(each):
    if isinstance(each, str):
        return wording.word("suspension.triggers", each)
    words = wording.word("suspension.triggers", each.get("kind"))
    if each.get("above") is None:
        return words
    told = {"trigger": words, "above": each["above"], "days": each.get("days", 1)}
    return _("%(trigger)s above %(above)s on %(days)s days in a row") % told


def _cut(value, key):
    """`split(1/4)` and `haircut(0.9)`: a word with a share."""
    name, _bracket, share = str(value).partition("(")
    text = wording.word(key, name)
    return f"{text} ({share.rstrip(')')})" if share else text


def _limit(value):
    text = str(value)
    return number_format(int(text), force_grouping=True) if text.isdecimal() else text


def _days(value):
    text = str(value).removeprefix("P").removesuffix("D")
    return _("%(days)s days") % {"days": text}


SPECIAL = {
    "vintage_window": _vintages,
    "converts_to": _conversions,
    "transfer_windows": _windows,
    "suspension.triggers": _triggers,
    "suspension.held": lambda value: _cut(value, "suspension.held"),
    "remainder_to": lambda value: _cut(value, "remainder_to"),
    "quotas.value": _limit,
    "suspension.grace": _days,
}


@dataclass(frozen=True)
class Difference:
    """One field in two texts; None where a text has no such field."""

    place: str
    label: str
    old: str | None
    new: str | None


def differences(before, after) -> list[Difference]:
    """What differs between two texts, in the order of the later one."""
    one, other = (_flat(text) for text in (before, after))
    found = []
    for key in [*other, *(key for key in one if key not in other)]:
        old, new = one.get(key), other.get(key)
        # A field that says nothing is as good as none.
        if (old[1] if old else NOTHING) != (new[1] if new else NOTHING):
            label = (new or old)[0]
            found.append(Difference(key[0], label, old and old[1], new and new[1]))
    return found


def _flat(text):
    """(place, pointer inside it) -> (label, value) of every field."""
    found = {}
    if not text:
        return found
    found["", "title"] = (_("title"), text["title"])
    for clause in text["clauses"]:
        place = _("Clause %(id)s") % {"id": clause["id"]}
        found[place, "text"] = (_("text"), clause["text"])
    for document in text["edges"]:
        for group in groups(document):
            _flatten(found, document["edge_id"], "", group)
    return found


def _flatten(found, place, prefix, group):
    for row in group.rows:
        label = f"{prefix} · {row.label}" if prefix else row.label
        found[place, row.pointer] = (label, row.value)
    for part in group.parts:
        inside = f"{prefix} · {part.heading}" if prefix else part.heading
        _flatten(found, place, inside, part)


def brief(document) -> str:
    """An edge in a few words: its factor and its quotas."""
    factor = document["factor"]
    told = [f"{wording.word('factor.kind', factor['kind'])} {factor['value']}"]
    told += [
        f"{wording.word('quotas.at', quota['at'])}: {_share(quota)}"
        for quota in document.get("quotas", ())
    ]
    return "; ".join(told)


def _share(quota):
    if quota["base"] == "absolute":
        return f"{_limit(quota['value'])} t"
    return f"{quota['value']} × {wording.word('quotas.base', quota['base'])}"


def changes(rows) -> list:
    """Changes of edges, each with `words` for its cause."""
    rows = list(rows)
    for row in rows:
        row.words = str(wording.CAUSES.get(row.cause, row.cause))
    return rows


def place(said, pointer) -> str:
    """What a JSON pointer into a text points at, in words."""
    parts = pointer.strip("/").split("/")
    if parts[0] != "edges" or len(parts) < 3 or not parts[1].isdecimal():
        return pointer
    number = int(parts[1])
    if number >= len(said["edges"]):
        return pointer
    for group in groups(said["edges"][number], f"/edges/{number}"):
        for row in _rows(group):
            if row.pointer == pointer:
                return row.label
    return pointer


def _rows(group):
    yield from group.rows
    for part in group.parts:
        yield from _rows(part)


def places(said) -> list:
    """(pointer, words) of everything in a text that a comment may be about."""
    found = [("/title", _("title"))]
    for number, clause in enumerate(said["clauses"]):
        found.append((f"/clauses/{number}/text", _("Clause %(id)s") % {"id": clause["id"]}))
    for number, document in enumerate(said["edges"]):
        for group in groups(document, f"/edges/{number}"):
            found.extend(
                (row.pointer, f"{document['edge_id']} · {row.label}") for row in _rows(group)
            )
    return found
