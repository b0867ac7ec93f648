"""Migrations, run by the role that owns the tables."""

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections

from config import databases
from registry import grants


class Command(migrate.Command):
    """Django's command, on the alias "owner" unless another is named.

    Afterwards the application's role is given its rights: a new table has none.
    """

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(database="owner")
        for action in parser._actions:
            if action.dest == "database":
                action.choices = (*connections, "owner")

    def handle(self, *args, **options):
        if options["database"] == "owner" and "owner" not in connections.settings:
            given = databases.owner() or databases.configured()["default"]
            connections.settings["owner"] = connections.configure_settings({"default": given})[
                "default"
            ]
        super().handle(*args, **options)
        self.grant(options["database"])

    def grant(self, alias):
        application = settings.DATABASES["default"]["USER"]
        if alias != "owner" or connections[alias].settings_dict["USER"] == application:
            return
        grants.apply(connections[alias], application)
