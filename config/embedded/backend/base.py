"""Django's PostgreSQL backend, on the embedded server that it starts when first needed."""

from django.db.backends.postgresql import base

from config.embedded import postgresql
from config.embedded.backend.client import DatabaseClient


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection reads the password of its own role only, and only when it connects."""

    client_class = DatabaseClient

    def get_new_connection(self, conn_params):
        params = {
            **conn_params,
            "host": str(postgresql.ensure()),
            "port": 5432,
            "password": postgresql.password(conn_params["user"]),
        }
        try:
            return super().get_new_connection(params)
        except self.Database.OperationalError:
            # The server may have been killed since this process last looked.
            params["host"] = str(postgresql.ensure(again=True))
            return super().get_new_connection(params)
