"""What the registry asks of those above it, filled by dotted path in settings.CONCORD.

CHECKS  classes that examine a proposal (registry/checks/base.py)
VALUE   function (lines, registry_id, at) -> list of Value: what each line of a use counts for
BASES   function (whose, kind, period) -> tonnes or None; whose: the id of an entity, or the code of
        a jurisdiction
AUDITS  modules of rules for the audit (registry/audit/above.py)
PANELS  functions (actor) -> panel for the work queue
DUE     functions (): something is due at once, so that its workers need not wait for beat
STARTS  functions (actor) -> [(name, address)]: what a person may begin from the home page
"""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string

from .checks.base import Checklist


@dataclass(frozen=True)
class Value:
    """What units count for: tonnes credited, and the version of the factor applied.

    `remainder` says how many of the units count for nothing and to which kind of account of the
    same registry they go instead: (kind, units) each.
    """

    credited_tonnes: int
    factor_version: str = ""
    remainder: tuple = ()


class Checks(NamedTuple):
    """`existence` comes first: the others can look only at what exists."""

    existence: Checklist
    others: Checklist


@cache
def load(path):
    return import_string(path)


def checks() -> Checks:
    return _checks(tuple(settings.CONCORD["CHECKS"]))


@cache
def _checks(paths):
    """One instance of each check; checks keep no state."""
    every = [load(path)() for path in paths]
    return Checks(
        Checklist([check for check in every if not check.needs_existing]),
        Checklist([check for check in every if check.needs_existing]),
    )


def values(*args, **kwargs) -> list[Value]:
    return load(settings.CONCORD["VALUE"])(*args, **kwargs)


def bases(*args, **kwargs):
    return load(settings.CONCORD["BASES"])(*args, **kwargs)


def panels():
    return [load(path) for path in settings.CONCORD["PANELS"]]


def tell_due():
    for path in settings.CONCORD["DUE"]:
        load(path)()


def starts():
    return [load(path) for path in settings.CONCORD["STARTS"]]
