"""One text, everything it may mean: serials, accounts, holders, transactions."""

from dataclasses import dataclass, field

from django.db.models import Q

from registry import account_numbers
from registry.errors import DomainError, Failure
from registry.models import Account, AccountHolder, Transaction

from . import accounts, scope, serials

SHOWN = 20
LONGEST_NUMBER = 18
# A name is looked for by its letters only when there are enough of them to tell it from others.
SHORTEST_NAME = 2


@dataclass(frozen=True)
class Found:
    """What a text was found to mean; each list has at most `SHOWN` entries and one more.

    `meanings` are the readings of the text as a serial, `blocks` what holds such serials now;
    `failures` say why it is no serial, where nothing else was found.
    """

    text: str
    meanings: list[serials.Meaning] = field(default_factory=list)
    blocks: list[dict] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    holders: list[AccountHolder] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def is_empty(self):
        rows = (self.accounts, self.holders, self.transactions)
        return not any(rows) and not any(meaning.located for meaning in self.meanings)


def find(actor, text) -> Found:
    """Everything that a text may mean, for an actor.   Raises: NotPermitted (NO_ACTOR)."""
    text = text.strip()
    readable = accounts.visible(actor)
    if not text:
        return Found(text)
    if account_numbers.is_valid(text.upper()):
        return Found(text, accounts=list(readable.filter(number=text.upper())))
    number = text.removeprefix("#").replace(",", "")
    if number.isdecimal():
        return Found(text, transactions=_transaction(actor, number))
    meanings, blocks, failures = _serials(actor, text)
    named = Q(name__icontains=text) | Q(number__istartswith=text)
    return Found(
        text,
        meanings=meanings,
        blocks=blocks,
        accounts=list(readable.filter(named).order_by("pk")[: SHOWN + 1]) if _is_name(text) else [],
        holders=_holders(actor, text) if _is_name(text) else [],
        failures=failures,
    )


def _is_name(text):
    return len(text) >= SHORTEST_NAME


def _transaction(actor, number):
    rows = scope.in_scope(Transaction.objects.select_related("type", "registry"), actor)
    return list(rows.filter(pk=int(number))) if len(number) <= LONGEST_NUMBER else []


def _holders(actor, text):
    """Holders with an account that the actor reads, and those without any."""
    readable = scope.in_scope(Account.objects.filter(holder__isnull=False), actor)
    rows = AccountHolder.objects.filter(Q(name__icontains=text) | Q(code__istartswith=text))
    return list(rows.filter(pk__in=readable.values("holder")).order_by("code")[: SHOWN + 1])


def _serials(actor, text):
    try:
        return *serials.search(actor, text, limit=SHOWN), []
    except DomainError as error:
        return [], [], list(error.failures)
