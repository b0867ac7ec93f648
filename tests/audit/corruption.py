"""What a corruption is: what somebody does to a sound ledger, and what the audit then says."""

from collections.abc import Callable
from dataclasses import dataclass, field

CORRUPTIONS = []


@dataclass(frozen=True)
class Corruption:
    """`run` writes as the owner, with the ordinary guards of the tables in `off` disabled, and
    returns the row that must be named: its table and its key. `rule` and `what` are the
    finding's. As `superuser`, foreign keys and ordinary triggers are off as well, by
    session_replication_role = replica."""

    rule: str
    what: str
    run: Callable
    off: tuple = field(default=())
    superuser: bool = False

    def __str__(self):
        return f"{self.rule}-{self.what}-{self.run.__name__}"


def corruption(rule, what, *off, superuser=False):
    """Register a function (hand) as a corruption that a rule must find."""

    def register(function):
        CORRUPTIONS.append(Corruption(rule, what, function, off, superuser))
        return function

    return register
