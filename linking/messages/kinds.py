"""What messages between nodes are about, by name. Pure; docs/protocol.md describes each."""

from enum import StrEnum


class Kind(StrEnum):
    """The kinds of messages of protocol 1. Queries and their answers have kinds of their own."""

    PROPOSE = "propose"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    COMMITTED = "committed"
    COMPLETED = "completed"
    ABORT = "abort"
    ABORTED = "aborted"
    STATUS = "status"
    UNKNOWN = "unknown"
    ONWARD = "onward"
    WENT_ON = "went-on"
    STAYED = "stayed"
    USED = "used"
    USE_UNDONE = "use-undone"
    RETIRE_FOR = "retire-for"
    CREDITED = "credited"
    NOT_CREDITED = "not-credited"
    CARD = "card"
    TEST = "test"
    NOTICE = "notice"
    VERSION = "version"
    SIGNATURE = "signature"
    EDGE_CHANGE = "edge-change"
    COMMENT = "comment"
    REJECTION = "rejection"


# These speak of one transfer and name it; all others name none.
OF_TRANSFERS = (
    Kind.PROPOSE,
    Kind.ACCEPTED,
    Kind.REJECTED,
    Kind.COMMITTED,
    Kind.COMPLETED,
    Kind.ABORT,
    Kind.ABORTED,
    Kind.STATUS,
    Kind.UNKNOWN,
    Kind.ONWARD,
    Kind.WENT_ON,
    Kind.STAYED,
)
