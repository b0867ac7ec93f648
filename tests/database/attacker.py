"""The raw statements that attacks are made of. Nothing here goes through the services."""

from collections import namedtuple
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from psycopg2.extras import Json

Block = namedtuple("Block", "id first last")


@dataclass(frozen=True)
class Expression:
    """SQL that is put into a statement as it is, in the place of a value."""

    sql: str


# The fields of a line, in the order of the type registry_line.
LINE = (
    "source",
    "destination",
    "unit_type",
    "quantity",
    "minimum",
    "first",
    "vintage",
    "entity",
    "period",
    "credit",
    "factor",
)
SALT = bytes(range(32))
NOW = Expression("clock_timestamp()")
THIS_TRANSACTION = Expression("pg_current_xact_id()")


class Attacker:
    """Raw statements on one connection; `facts` and `world` say where to aim."""

    def __init__(self, connection, facts=None):
        self.connection = connection
        self.facts = facts
        self.world = facts.world if facts else None

    def execute(self, sql, *parameters):
        cursor = self.connection.cursor()
        cursor.execute(sql, parameters)
        return cursor

    def one(self, sql, *parameters):
        return self.execute(sql, *parameters).fetchone()[0]

    def immediate(self):
        """Check now what is deferred to the commit."""
        self.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def copy(self, table, where, /, **changes):
        """Insert a copy of one row with some columns changed; the new row's primary key."""
        columns = self.execute(
            "SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attidentity <> ''"
            " FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0"
            " AND NOT a.attisdropped AND a.attgenerated = ''",
            f"registry_{table}",
        ).fetchall()
        names, values, parameters = [], [], []
        for name, type_, identity in columns:
            if name not in changes and identity:
                continue
            names.append(f'"{name}"')
            value = changes.pop(name, Expression(f'"{name}"'))
            if isinstance(value, Expression):
                values.append(value.sql)
            else:
                values.append(f"%s::{type_}")
                parameters.append(Json(value) if isinstance(value, dict) else value)
        assert not changes, f"registry_{table} has no columns {list(changes)}"
        cursor = self.execute(
            f"INSERT INTO registry_{table} ({', '.join(names)})"
            f" SELECT {', '.join(values)} FROM registry_{table} WHERE {where} LIMIT 1"
            " RETURNING *",
            *parameters,
        )
        assert cursor.rowcount == 1, f"no row of registry_{table} where {where}"
        return cursor.fetchone()[0]

    def block(self, account, serial, unit_type=None) -> Block:
        """The open block of an account in which a serial lies."""
        found = self.execute(
            "SELECT id, first, last FROM registry_holding WHERE account_id = %s"
            " AND unit_type_id = %s AND %s BETWEEN first AND last AND closed_by_id IS NULL",
            account,
            unit_type or self.world.kau.pk,
            serial,
        ).fetchone()
        return Block(*found)

    def line(self, **fields):
        """A line of a transaction, one unit from operator A to operator B, with changes."""
        values = {
            "source": self.world.at_home.operator_a,
            "destination": self.world.at_home.operator_b,
            "unit_type": self.world.kau.pk,
            "quantity": 1,
            **fields,
        }
        assert set(values) <= set(LINE), values
        texts = ["" if values.get(name) is None else str(values[name]) for name in LINE]
        return f'"({",".join(texts)})"'

    def ends(self, type_code):
        """The accounts that a line of this type must have, and the one that it must not have."""
        if type_code in ("issue_at_once", "post_in"):
            return {"source": None}
        return {"destination": None} if type_code == "post_out" else {}

    def draft(self, type_code="delivery", **changes) -> int:
        """A completed transaction of a type that asks for no approval; its posting's id.

        `lines` are texts that `line` made; by default one that suits the type.
        """
        id_ = changes.pop("posting_id", None) or self.unposted()
        lines = changes.pop("lines", [self.line(**self.ends(type_code))])
        values = {
            "lines": "{" + ",".join(lines) + "}",
            "registry_id": self.world.home.pk,
            "type_id": self.type_id(type_code),
            "key": f"attack-{uuid4()}",
            "reverses_id": None,
            "posting_id": id_,
            "status": 4,
            "approvals_needed": 0,
            "execute_at": None,
            "due_at": None,
            "expires_at": None,
            **changes,
        }
        self.copy("transaction", "status = 4 AND posting_id IS NOT NULL", **values)
        return id_

    def unposted(self) -> int:
        """An id that no posting will have."""
        return self.one("SELECT nextval('registry_posting_id_seq')")

    def type_id(self, code):
        return self.one("SELECT id FROM registry_transactiontype WHERE code = %s", code)

    def close(self, block: Block, draft):
        self.execute(
            "UPDATE registry_holding SET closed_by_id = %s, closed_xid = pg_current_xact_id()"
            " WHERE id = %s",
            draft,
            block.id,
        )

    def open(self, block: Block, draft, **changes):
        """Open a holding like `block`, with changes."""
        values = {
            "opened_by_id": draft,
            "opened_xid": THIS_TRANSACTION,
            "closed_by_id": None,
            "closed_xid": None,
            **changes,
        }
        return self.copy("holding", f"id = {block.id}", **values)

    def post(self, draft, kind="move", *, message_id=None, transaction_id=None, salt=SALT):
        self.execute(
            "INSERT INTO registry_posting (id, transaction_id, kind, message_id, salt) VALUES"
            " (%s, coalesce(%s, (SELECT id FROM registry_transaction WHERE posting_id = %s)),"
            " %s, %s, %s)",
            draft,
            transaction_id,
            draft,
            kind,
            message_id,
            salt,
        )

    def move(self, block: Block, account, **drafted):
        """A whole move of one block, as the gate would write it."""
        draft = self.draft(**drafted)
        self.close(block, draft)
        self.open(block, draft, account_id=account)
        self.post(draft)
        return draft

    def issue(self, draft, unit_type, first, last, **changes):
        """An issuance row of a posting that is being written."""
        values = {
            "unit_type_id": unit_type,
            "first": first,
            "last": last,
            "vintage_from": date(2025, 1, 1),
            "posting_id": draft,
            "xid": THIS_TRANSACTION,
            **changes,
        }
        return self.copy("issuance", "true", **values)

    def message(self, sender, receiver, unit_type, first, last):
        """A verified message that names one range; its id."""
        id_ = self.one(
            "INSERT INTO registry_verifiedmessage (digest, sender_id, receiver_id, verified_at)"
            " VALUES (decode(md5(random()::text), 'hex'), %s, %s, clock_timestamp())"
            " RETURNING id",
            sender.pk,
            receiver.pk,
        )
        self.name_in_message(id_, unit_type, first, last)
        return id_

    def name_in_message(self, message_id, unit_type, first, last):
        self.execute(
            "INSERT INTO registry_messageblock (message_id, unit_type_id, serials)"
            " VALUES (%s, %s, int8range(%s, %s))",
            message_id,
            unit_type,
            first,
            last + 1,
        )

    def approval(self, transaction_id, **changes):
        """A good approval by the second administrator, with changes."""
        payload_hash = self.one(
            "SELECT payload_hash FROM registry_transaction WHERE id = %s", transaction_id
        )
        values = {
            "transaction_id": transaction_id,
            "person_id": self.world.administrator_2.person_id,
            "api_key_id": None,
            "approved": True,
            "payload_hash": payload_hash,
            **changes,
        }
        return self.copy("approval", "true", **values)
