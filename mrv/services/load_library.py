"""Load the factor sets and sector templates that come with Concord; what is there already stays."""

import csv
import tomllib
from datetime import date
from pathlib import Path

from django.db import transaction

from mrv.models import FactorSet

from .factors import NewFactor, NewFactorSet, add_factor_set, add_template

DATA = Path(__file__).parents[1] / "data"


@transaction.atomic
def load_library(*, actor, at, directory=DATA) -> tuple[int, int]:
    """Adds what is missing; the number of factor sets added, and of templates there now.

    Raises: NotPermitted, InvalidInput.
    """
    there = set(FactorSet.objects.values_list("code", "version"))
    added = 0
    for new in factor_sets(directory):
        if (new.code, new.version) not in there:
            add_factor_set(actor=actor, new=new)
            added += 1
    paths = sorted((directory / "sectors").glob("*.toml"))
    for path in paths:
        add_template(actor=actor, document=tomllib.loads(path.read_text()), at=at)
    return added, len(paths)


def factor_sets(directory) -> list[NewFactorSet]:
    """The sets of factor_sets.csv with their rows of factors.csv."""
    factors = {}
    for row in _rows(directory / "factors.csv"):
        key = (row.pop("set"), row.pop("version"))
        factors.setdefault(key, []).append(NewFactor(**row))
    return [
        NewFactorSet(
            code=row["code"],
            version=int(row["version"]),
            name=row["name"],
            source=row["source"],
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            factors=tuple(factors.pop((row["code"], row["version"]), ())),
        )
        for row in _rows(directory / "factor_sets.csv")
    ]


def _rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
