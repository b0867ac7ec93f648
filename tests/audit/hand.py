"""A hand that writes raw SQL into a ledger, as the gate would or as it never would."""

import psycopg2
from django.db import connections

from registry.lines import Line
from tests.databases import Copy


class Hand:
    """Raw statements on one connection; what is not committed is gone afterwards."""

    def __init__(self, url, ledger=None):
        self.connection = psycopg2.connect(url)
        self.ledger = ledger
        self.world = ledger.world if ledger else None

    @classmethod
    def of_owner(cls):
        return cls(Copy(connections["owner"].settings_dict["NAME"]).owner_url)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.rollback()
        self.connection.close()

    def run(self, sql, *parameters):
        cursor = self.connection.cursor()
        cursor.execute(sql, parameters or None)
        return cursor

    def one(self, sql, *parameters):
        """The first value of the first row."""
        return self.run(sql, *parameters).fetchone()[0]

    def without(self, table, *names):
        """Drop constraints and unique indexes that would refuse a row."""
        for name in names:
            self.run(f"ALTER TABLE registry_{table} DROP CONSTRAINT IF EXISTS {name}")
            self.run(f"DROP INDEX IF EXISTS {name}")

    def copy(self, table, where, **changes):
        """Insert a copy of one row with some columns changed (to SQL); the new row's id."""
        columns = [
            row[0]
            for row in self.run(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
                " AND NOT attisdropped AND attgenerated = '' AND attname <> 'id'",
                f"registry_{table}",
            )
        ]
        if "id" in changes:
            columns.append("id")
        values = [str(changes.get(name, f'"{name}"')) for name in columns]
        names = ", ".join(f'"{name}"' for name in columns)
        return self.one(
            f"INSERT INTO registry_{table} ({names}) SELECT {', '.join(values)}"
            f" FROM registry_{table} WHERE {where} LIMIT 1 RETURNING id"
        )

    def block(self, account, serial, unit_type=None):
        """The id of the open holding of an account in which a serial lies."""
        return self.one(
            "SELECT id FROM registry_holding WHERE account_id = %s AND unit_type_id = %s"
            " AND %s BETWEEN first AND last AND closed_by_id IS NULL",
            account,
            unit_type or self.world.kau.pk,
            serial,
        )

    def draft(self, type_code, line: Line, **changes):
        """A completed transaction with one line, and the id of its posting that is to come."""
        id_ = self.one("SELECT nextval('registry_posting_id_seq')")
        source, destination, first = (
            "NULL" if value is None else value
            for value in (line.source, line.destination, line.first)
        )
        self.copy(
            "transaction",
            "status = 4 AND posting_id IS NOT NULL",
            **{
                "type_id": f"(SELECT id FROM registry_transactiontype WHERE code = '{type_code}')",
                "key": f"'by hand {id_}'",
                "status": 4,
                "payload_hash": "NULL",
                "approvals_needed": "0",
                "execute_at": "NULL",
                "due_at": "NULL",
                "expires_at": "NULL",
                "attributes": "'{}'",
                "reverses_id": "NULL",
                "posting_id": id_,
                "lines": f"ARRAY[ROW({source}, {destination}, {line.unit_type}, {line.quantity},"
                f" NULL, {first}, NULL, NULL, '', NULL, '')::registry_line]",
                **changes,
            },
        )
        return id_

    def post(self, id_, kind, message_id=None):
        self.run(
            "INSERT INTO registry_posting (id, transaction_id, kind, message_id, xid, salt,"
            " recorded_at) SELECT %s, t.id, %s, %s, pg_current_xact_id(),"
            " decode(repeat('5a', 32), 'hex'), clock_timestamp()"
            " FROM registry_transaction t WHERE t.posting_id = %s",
            id_,
            kind,
            message_id,
            id_,
        )

    def move(self, block, account, **changes):
        """Move a whole block as a delivery would; the posting's id."""
        source, unit_type, first, quantity = self.run(
            "SELECT account_id, unit_type_id, first, last - first + 1 FROM registry_holding"
            " WHERE id = %s",
            block,
        ).fetchone()
        line = Line(source, account, unit_type, quantity, first=first)
        id_ = self.draft("delivery", line, **changes)
        self.close(block, id_)
        self.open(block, id_, account_id=account)
        self.post(id_, "move")
        return id_

    def close(self, block, id_):
        self.run(
            "UPDATE registry_holding SET closed_by_id = %s, closed_xid = pg_current_xact_id()"
            " WHERE id = %s",
            id_,
            block,
        )

    def open(self, block, id_, **changes):
        """Open a holding like the block, with changes; its id."""
        values = {"opened_by_id": id_, "opened_xid": "pg_current_xact_id()"}
        values.update(closed_by_id="NULL", closed_xid="NULL", **changes)
        return self.copy("holding", f"id = {block}", **values)

    def cross(self, world, type_code, line: Line):
        """Take units of `home` in at the neighbour, or give them back; the posting's id."""
        inwards = line.source is None
        last = line.first + line.quantity - 1
        ends = [world.home.pk, world.neighbour.pk]
        message = self.one(
            "INSERT INTO registry_verifiedmessage (digest, sender_id, receiver_id, verified_at)"
            " VALUES (decode(md5(random()::text), 'hex'), %s, %s, now()) RETURNING id",
            *(ends if inwards else reversed(ends)),
        )
        self.run(
            "INSERT INTO registry_messageblock (message_id, unit_type_id, serials)"
            " VALUES (%s, %s, int8range(%s, %s))",
            message,
            line.unit_type,
            line.first,
            last + 1,
        )
        id_ = self.draft(type_code, line, registry_id=world.neighbour.pk)
        if inwards:
            like = self.block_like(line)
            changes = {"registry_id": world.neighbour.pk, "is_foreign": "true"}
            changes.update(account_id=line.destination, first=line.first, last=last)
            self.open(like, id_, **changes)
        else:
            block = self.block_like(line, account=line.source)
            self.close(block, id_)
            self.open(block, id_, last=line.first - 1)
            self.open(block, id_, first=last + 1)
        self.post(id_, "post_in" if inwards else "post_out", message)
        return id_

    def block_like(self, line, account=None):
        return self.one(
            "SELECT id FROM registry_holding WHERE unit_type_id = %s AND %s BETWEEN first AND last"
            " AND closed_by_id IS NULL AND coalesce(account_id = %s, NOT is_foreign)",
            line.unit_type,
            line.first,
            account,
        )
