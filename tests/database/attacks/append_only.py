"""Attempts to change, delete and truncate what is written for good."""

from tests.database.attack import attack

CHANGED_BY_NOTHING = (
    "posting",
    "issuance",
    "use",
    "position",
    "transactionevent",
    "approval",
    "verifiedmessage",
    "messageblock",
    "issuancesignature",
    "accountevent",
    "batch",
    "batchitem",
    "batchdecision",
    "securityevent",
    "governancedecision",
    "governancedocument",
    "holdersuccession",
    "openingbalance",
    "openingtotal",
    "legacyblock",
    "taskevent",
    "referenceloading",
    "referencehistory",
)
# These change by rules of their own, but no row of them goes away.
NEVER_DELETED = (
    "holding",
    "mark",
    "transaction",
    "transactiontype",
    "account",
    "unittype",
    "registry",
    "accountholder",
    "person",
    "apikey",
    "keyrecord",
    "typeproposal",
    "representative",
    "registryrules",
    "accountclass",
    "governancerequest",
    "trustedaccount",
    "stop",
    "task",
    "referencechange",
    "upload",
)
# Single rows of these go away by approval; all at once would leave no trace.
NEVER_TRUNCATED = (
    "jurisdiction",
    "scheme",
    "corporategroup",
    "grouplimit",
    "unittypealias",
    "issuancecap",
    "calendarday",
    "calendaryear",
    "officehours",
    "fact",
    "source",
    "uploadpiece",
)


def _attack(table, verb, statement, rule):
    def run(db):
        db.execute(statement)

    run.__name__ = f"{verb}_{table}"
    attack(f"{table}_{rule}", trigger=f"{table}_{rule}")(run)


for name in CHANGED_BY_NOTHING:
    column = "position" if name == "position" else "id"
    # Not even to the same value.
    statement = f"UPDATE registry_{name} SET {column} = {column}"
    _attack(name, "update", statement, "is_append_only")

for name in CHANGED_BY_NOTHING + NEVER_DELETED:
    _attack(name, "delete", f"DELETE FROM registry_{name}", "is_append_only")

for name in CHANGED_BY_NOTHING + NEVER_DELETED + NEVER_TRUNCATED:
    _attack(name, "truncate", f"TRUNCATE registry_{name} CASCADE", "is_never_truncated")
