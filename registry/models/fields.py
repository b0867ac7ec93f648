"""Column types and lookups that PostgreSQL has and Django has not."""

from django.db import models


class TransactionIdField(models.BigIntegerField):
    """PostgreSQL's 64-bit transaction id (xid8). Written by the database only."""

    def db_type(self, connection):
        return "xid8"

    def get_internal_type(self):
        return "BigIntegerField"

    def from_db_value(self, value, expression, connection):
        return None if value is None else int(value)


@models.Field.register_lookup
@models.ForeignObject.register_lookup
class AnyOf(models.Lookup):
    """`= ANY (array)`: one parameter, however many values.

    `in` has a parameter for each, which Django prepares one by one: for a thousand values that
    takes longer than the query.
    """

    lookup_name = "any_of"

    def get_prep_lookup(self):
        return list(self.rhs)

    def as_sql(self, compiler, connection):
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} = ANY (%s)", [*parameters, self.rhs]
