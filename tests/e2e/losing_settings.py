"""A node that loses every second `committed` between its posting and its outbox. For tests only."""

from config.settings import *  # noqa: F403 - settings are a flat list of names

INSTALLED_APPS = [*INSTALLED_APPS, "tests.e2e.losing.Losing"]  # noqa: F405
