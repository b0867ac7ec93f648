"""What the registry asks of those above it, filled by dotted path in settings.CONCORD.

CHECKS  classes that examine a proposal (registry/checks/base.py)
VALUE   function (line, registry_id, at) -> Value: what a use of units counts for
BASES   function (entity_id, kind, period) -> tonnes or None
PANELS  functions (actor) -> panel for the work queue
"""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Value:
    """What units count for: tonnes credited, and the version of the factor applied."""

    credited_tonnes: int
    factor_version: str = ""


@cache
def load(path):
    return import_string(path)


@cache
def instance(path):
    return load(path)()


def checks():
    """One instance of each check; checks keep no state."""
    return [instance(path) for path in settings.CONCORD["CHECKS"]]


def value(*args, **kwargs) -> Value:
    return load(settings.CONCORD["VALUE"])(*args, **kwargs)


def bases(*args, **kwargs):
    return load(settings.CONCORD["BASES"])(*args, **kwargs)


def panels():
    return [load(path) for path in settings.CONCORD["PANELS"]]
