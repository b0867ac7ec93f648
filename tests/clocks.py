"""What only the passing of time brings about otherwise."""

from tests.audit.hand import Hand


def owner_says(sql):
    """Runs a statement that only the owner of the tables may."""
    with Hand.of_owner() as hand:
        hand.run(sql)
        hand.connection.commit()


def owner_sets(number, assignment):
    """Moves the clock of one row, as nobody but the owner of the tables can."""
    guards = "ALTER TABLE registry_transaction {} TRIGGER transaction_state_follows_the_table"
    with Hand.of_owner() as hand:
        hand.run(guards.format("DISABLE"))
        hand.run(f"UPDATE registry_transaction SET {assignment} WHERE id = %s", number)
        hand.run(guards.format("ENABLE ALWAYS"))
        hand.connection.commit()
