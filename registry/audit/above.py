"""What apps above the ledger add to the audit, by dotted path in settings.CONCORD["AUDITS"].

Each is a module with RULES; FIGURES, the names of what they count; APP, by which the app's tables
and functions begin; EXPECTED, the file of what must stand around its tables, in the form of
expected.toml; and MIGRATIONS, the directory whose functions are compared with the database.
"""

from importlib import import_module

from django.conf import settings


def modules() -> list:
    return [import_module(path) for path in settings.CONCORD["AUDITS"]]
