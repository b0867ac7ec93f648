"""Migrations, run by the role that owns the tables."""

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections, transaction

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

    def execute(self, *args, **options):
        # Before the system checks, which connect to the database that is named.
        if options["database"] == "owner" and "owner" not in connections.settings:
            connections.settings["owner"] = self.owner()
        return super().execute(*args, **options)

    def handle(self, *args, **options):
        super().handle(*args, **options)
        self.grant(options["database"])

    def owner(self):
        """The owner on an external server; without one, the application owns its tables."""
        given = databases.owner() or databases.configured()["default"]
        return connections.configure_settings({"default": given})["default"]

    def grant(self, alias):
        application = settings.DATABASES["default"]["USER"]
        if alias != "owner":
            return
        if connections[alias].settings_dict["USER"] == application:
            # It owns what it has just made, which its own check says.
            self.check(databases=["default"])
            return
        # All rights change at once: a node that runs meanwhile never finds itself without any.
        with transaction.atomic(using=alias):
            grants.apply(connections[alias], application)
