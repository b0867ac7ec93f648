"""Which field of a wizard a failure is about: beside it is where the person looks for it."""

PICKED = ("pick", "blocks", "serials", "unit_type")
TAKEN = ("quantity", "blocks", "serials")
NAMED = ("blocks", "serials", "quantity")
# Candidates in order; the first that the form has, and that says something, gets the failure.
PROPOSAL = {
    "SAME_ACCOUNT": ("destination", "source"),
    "SEVERAL_REGISTRIES": ("destination", "source"),
    "SOURCE_KIND_NOT_ALLOWED": ("source", "account"),
    "DESTINATION_KIND_NOT_ALLOWED": ("destination", "account"),
    "SOURCE_MISSING": ("source",),
    "DESTINATION_MISSING": ("destination", "account"),
    "ACCOUNT_NOT_USED": ("destination", "source"),
    "UNKNOWN_SOURCE_ACCOUNT": ("source", "account"),
    "UNKNOWN_DESTINATION_ACCOUNT": ("destination", "account"),
    "UNKNOWN_UNIT_TYPE": PICKED,
    "UNKNOWN_ENTITY": ("entity",),
    "VINTAGE_NOT_ALLOWED": PICKED,
    "RECONCILIATION_PENDING": PICKED,
    "ISSUANCE_CAP_EXCEEDED": ("quantity",),
    "NOT_REVERSIBLE": ("reverses",),
    "REVERSAL_WINDOW_CLOSED": ("reverses",),
    "UNKNOWN_TRANSACTION": ("reverses", "freeze"),
    "NOTHING_TO_RELEASE": ("freeze",),
    "NOTHING_TO_CONSOLIDATE": ("account",),
    "REASON_REQUIRED": ("reason",),
    "EXECUTION_IN_THE_PAST": ("execute_at",),
    "ISSUANCES_DO_NOT_MATCH_LINES": ("unit_type",),
    "UNIT_TYPE_STOPPED": PICKED,
    "DESTINATION_NOT_TRUSTED": ("destination",),
    "UNIT_KIND_NOT_ALLOWED": PICKED,
    "UNIT_TYPE_NOT_TRANSFERABLE": PICKED,
    "UNIT_TYPE_OF_ANOTHER_REGISTRY": PICKED,
    "NOT_CONVERTIBLE": PICKED,
    "CONVERSION_ACCOUNT_WRONG": ("destination",),
    "SERIALS_NAMED_TWICE": NAMED,
    "INSUFFICIENT_UNITS": TAKEN,
    "SERIALS_NOT_HELD": NAMED,
    "SERIALS_MARKED": NAMED,
    "SOURCE_ACCOUNT_BLOCKED": ("source", "account"),
    "DESTINATION_ACCOUNT_BLOCKED": ("destination", "account"),
    "HOLDING_LIMIT_EXCEEDED": ("destination", "account"),
    "DAILY_LIMIT_EXCEEDED": ("source",),
    "ENTITLEMENT_EXCEEDED": TAKEN,
    "LIMIT_EXCEEDED": TAKEN,
    "LIMIT_UNKNOWN": ("period", "entity"),
    "VINTAGE_NOT_AN_INTERVAL": ("vintage_to",),
    "NO_TERMINAL_ACCOUNT": ("source",),
}
# Names of the API's fields whose field here has another name.
RENAMED = {"block": "blocks", "unit_type": "pick", "first": "serials", "last": "serials"}
REQUEST = {
    "UNKNOWN_ENTITY": ("holder", "predecessor", "successor"),
    "HOLDER_HAS_A_SUCCESSOR": ("holder", "successor", "predecessor"),
    "HOLDER_IS_THE_SAME": ("holder", "successor"),
    "HOLDER_HAS_ACCOUNTS_ELSEWHERE": ("predecessor",),
    "UNKNOWN_ACCOUNT_CLASS": ("account_class",),
    "UNKNOWN_ACCOUNT_KIND": ("account_kind",),
    "UNKNOWN_ACCOUNT": ("account",),
    "STATUS_IS_SET": ("status",),
    "ACCOUNT_STOPPED": ("account",),
    "ACCOUNT_CLOSED": ("account",),
    "REQUEST_PENDING": ("account",),
    "UNKNOWN_PERSON": ("person", "representatives"),
    "RIGHT_NOT_GIVEN_HERE": ("right", "representatives"),
    "REPRESENTATIVE_EXISTS": ("person",),
    "TOO_MANY_REPRESENTATIVES": ("right",),
    "REPRESENTATIVE_NOT_SUSPENDED": ("representative",),
    "UNKNOWN_TRUSTED_ACCOUNT": ("trusted",),
    "ACCOUNT_IS_TRUSTED_ANYWAY": ("trusted",),
    "TRUSTED_ACCOUNT_LISTED": ("trusted",),
    "UNKNOWN_STOP": ("stop",),
}


def proposal_places(failure):
    """Names of the fields that a failure of a proposal may be about, the likeliest first."""
    return (*_pointed(failure), *PROPOSAL.get(failure.code, ()))


def request_places(failure):
    """Names of the fields that a failure of a request may be about, the likeliest first."""
    return (*_pointed(failure), *REQUEST.get(failure.code, ()))


def _pointed(failure):
    """What the JSON pointer of a failure ends with, which is a field of the API."""
    parts = failure.data.get("pointer", "").split("/")
    for part in reversed(parts):
        if part and not part.isdecimal():
            yield part
            if part in RENAMED:
                yield RENAMED[part]
