"""Column types that PostgreSQL has and Django has not."""

from django.db import models


class TransactionIdField(models.BigIntegerField):
    """PostgreSQL's 64-bit transaction id (xid8). Written by the database only."""

    def db_type(self, connection):
        return "xid8"

    def get_internal_type(self):
        return "BigIntegerField"

    def from_db_value(self, value, expression, connection):
        return None if value is None else int(value)
