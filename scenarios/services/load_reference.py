"""Write the reference data to the registry's tables."""

import hashlib
import json
from dataclasses import dataclass, field

from django.db import DEFAULT_DB_ALIAS
from django.utils.translation import gettext_lazy as _

from registry import models
from registry.errors import Failure, RuleViolated
from registry.services.load_reference_rows import digested, loading
from scenarios.hosting import hosted_places
from scenarios.models import LoadedRow
from scenarios.reference import DIRECTORY, read_reference
from scenarios.reference_rows import TARGETS, rows_of

# What the history says of a loading.
WHAT = "manage.py load_reference"


@dataclass
class TableReport:
    """What became of the rows of one table.

    `kept` names those that a person had edited or removed.
    """

    table: str
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: list = field(default_factory=list)


def load_reference(*, directory=DIRECTORY, overwrite=False, using=DEFAULT_DB_ALIAS, hosts=()):
    """Adds and updates the reference rows; returns a TableReport for each table.

    Once two system administrators are there, `using` is an alias of the owner of the database:
    others change rows by proposals, and what the owner loads is remembered as a loading.

    `hosts` are codes of jurisdictions, such as CN: registries of these and of what lies in them are
    kept by this node, when their rows are added; all others are partners on other nodes, known by
    their reference data only. Without it the node keeps all but those outside all Parties.

    A row that a person has edited or removed since it was loaded stays so, unless `overwrite` is
    set. Rows that are no longer in the files stay: units and accounts may hang on them.

    Raises: BrokenFiles, Broken (HOST_UNKNOWN), RuleViolated (REFERENCE_ROW_IS_FIXED,
    REFERENCE_DATA_NEED_APPROVAL), with nothing written.
    """
    reference = read_reference(directory)
    places = hosted_places(reference, hosts)
    rows = {target: rows_of(target, reference, places) for target in TARGETS}
    with loading(WHAT, using=using):
        failures = [f for target in TARGETS for f in _moved(target, rows[target], using)]
        if failures:
            raise RuleViolated(*failures)
        return [_load(target, rows[target], overwrite, using) for target in TARGETS]


def _moved(target, rows, using):
    """Failures for rows whose files say something else of what is fixed for ever."""
    if not target.fixed:
        return
    present = _present(target, rows[0].keys(), _rows(target, using))
    for row in rows:
        _pk, found = present.get(_key(target, row), (None, row))
        for column in target.fixed:
            if found[column] != row[column]:
                yield Failure(
                    "REFERENCE_ROW_IS_FIXED",
                    _("The files change what gives units and accounts their meaning."),
                    _("Put the value back, or add a row with another code."),
                    data={
                        "table": target.name,
                        "code": row["code"],
                        "column": column,
                        "database": found[column],
                        "files": row[column],
                    },
                )


def _rows(target, using):
    return getattr(models, target.name).objects.using(using)


def _load(target, rows, overwrite, using):
    report = TableReport(target.name)
    present = _present(target, rows[0].keys(), _rows(target, using))
    kept = LoadedRow.objects.using(using)
    loaded = dict(kept.filter(table=target.name).values_list("key", "digest"))
    remembered, new = {}, []
    for row in rows:
        key = _key(target, row)
        wanted = {name: row[name] for name in row if name not in target.created_with}
        found = present.get(key)
        if found is None and key in loaded and not overwrite:
            report.kept.append(key)
            continue
        if found is None:
            new.append(row)
        elif found[1] == wanted:
            report.unchanged += 1
        elif overwrite or loaded.get(key) == _digest(target, found[1]):
            ids = _ids(target, using)
            _rows(target, using).filter(pk=found[0]).update(**_with_ids(target, wanted, ids))
            report.updated += 1
        else:
            report.kept.append(key)
            continue
        if loaded.get(key) != _digest(target, wanted):
            remembered[key] = _digest(target, wanted)
    _add(target, new, using)
    report.added = len(new)
    kept.bulk_create(
        [LoadedRow(table=target.name, key=key, digest=d) for key, d in remembered.items()],
        update_conflicts=True,
        unique_fields=["table", "key"],
        update_fields=["digest"],
    )
    return report


def _add(target, rows, using):
    """Adds rows; those that name a row of their own table come after it, generation by one."""
    own = [column for column, name in target.codes if name == target.name]
    while rows:
        missing = {row["code"] for row in rows} if own else set()
        ready = [row for row in rows if not any(row[column] in missing for column in own)]
        ids, model = _ids(target, using), getattr(models, target.name)
        made = [model(**_with_ids(target, digested(target.name, row), ids)) for row in ready]
        _rows(target, using).bulk_create(made)
        rows = [row for row in rows if row not in ready] if own else []


def _ids(target, using):
    """Ids by code, for each table that this one refers to."""
    return {
        name: dict(getattr(models, name).objects.using(using).values_list("code", "pk"))
        for __, name in target.codes
    }


def _present(target, names, rows):
    """The rows that the table has, by key: (id, values with codes in the place of ids)."""
    names = [name for name in names if name not in target.created_with]
    codes = {column for column, __ in target.codes}
    columns = [f"{name}__code" if name in codes else name for name in names]
    present = {}
    for pk, *values in rows.values_list("pk", *columns):
        row = {name: _plain(value) for name, value in zip(names, values, strict=True)}
        present[_key(target, row)] = (pk, row)
    return present


def _key(target, row):
    return json.dumps([row[name] for name in target.key], ensure_ascii=False)


def _with_ids(target, row, ids):
    """A row as the model's columns: ids in the place of codes."""
    columns = dict(row)
    for column, name in target.codes:
        code = columns.pop(column)
        columns[f"{column}_id"] = None if code is None else ids[name][code]
    return columns


def _plain(value):
    return value.isoformat() if hasattr(value, "isoformat") else value


def _digest(target, row):
    said = {name: row[name] for name in row if row[name] or name not in target.later}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
