"""`manage.py dbshell` on the embedded server."""

from django.db.backends.postgresql import client

from config.embedded import binaries, postgresql
from config.embedded.layout import layout


class DatabaseClient(client.DatabaseClient):
    @classmethod
    def settings_to_cmd_args_env(cls, settings_dict, parameters):
        settings = {
            **settings_dict,
            "HOST": str(postgresql.ensure()),
            "PORT": 5432,
            "PASSWORD": postgresql.password(settings_dict["USER"]),
        }
        arguments, environment = super().settings_to_cmd_args_env(settings, parameters)
        arguments[0] = str(binaries.postgresql(layout()) / "psql")
        return arguments, environment
