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
        # All rights change at once: a node that runs meanwhile never finds itself without any.
        with transaction.atomic(using=alias):
            grants.apply(connections[alias], application)
